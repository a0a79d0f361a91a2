import { IconAlertTriangle, IconCircleCheck, IconCircleDashed, IconCircleX, IconClock, IconHandStop, IconHelpCircle, IconLoader2, IconMathMax, IconPlayerStop, IconVolumeOff } from "@tabler/icons-react";
import type { ComponentType } from "react";
import classes from "./StateChip.module.css";

type Tone = "good" | "bad" | "warn" | "busy" | "calm";
interface Look {
    icon: ComponentType<{ size?: number; stroke?: number; className?: string }>;
    word: string;
    tone: Tone;
    moving?: boolean;
}

const LOOKS: Record<string, Look> = {
    queued: { icon: IconClock, word: "Queued", tone: "warn" },
    waiting: { icon: IconCircleDashed, word: "Waiting", tone: "calm" },
    starting: { icon: IconLoader2, word: "Starting", tone: "busy", moving: true },
    running: { icon: IconLoader2, word: "Running", tone: "busy", moving: true },
    ending: { icon: IconPlayerStop, word: "Ending", tone: "busy" },
    succeeded: { icon: IconCircleCheck, word: "Succeeded", tone: "good" },
    failed: { icon: IconCircleX, word: "Failed", tone: "bad" },
    stopped: { icon: IconHandStop, word: "Stopped", tone: "calm" },
    lost: { icon: IconHelpCircle, word: "Lost", tone: "bad" },
    silent: { icon: IconVolumeOff, word: "Silent", tone: "warn" },
    number: { icon: IconMathMax, word: "Number", tone: "warn" },
    delivered: { icon: IconCircleCheck, word: "Delivered", tone: "good" },
    dead: { icon: IconCircleX, word: "Given up", tone: "bad" },
    warning: { icon: IconAlertTriangle, word: "Warning", tone: "warn" },
    normal: { icon: IconCircleCheck, word: "Normal", tone: "calm" },
};

const CAUSES: Record<string, string> = {
    "user-exit": "the program ended with an error",
    "out-of-memory": "out of memory",
    "timed-out": "timed out",
    "schedule-timeout": "no room in time",
    preempted: "preempted",
    "image-missing": "image missing",
    "source-missing": "source missing",
    "cluster-lost": "cluster lost",
    "setup-failed": "set-up failed",
    "environment-failed": "environment failed",
};

export function causeText(cause: string): string {
    return CAUSES[cause] ?? cause.replaceAll("-", " ");
}

/** Icon, word and colour: never colour alone. */
export function StateChip({ state, cause, plain }: { state: string; cause?: string; plain?: boolean }) {
    const look: Look = LOOKS[state] ?? { icon: IconHelpCircle, word: state, tone: "calm" };
    const Icon = look.icon;
    return (
        <span className={`${classes.chip} ${classes[look.tone]} ${plain ? classes.plain : ""}`} title={cause ? `${look.word}: ${causeText(cause)}` : undefined}>
            <Icon size={13} stroke={2.2} className={look.moving ? classes.spin : undefined} />
            {look.word}
        </span>
    );
}

export function isActive(state: string): boolean {
    return state === "queued" || state === "starting" || state === "running" || state === "ending";
}
