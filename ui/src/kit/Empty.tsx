import { ActionIcon, CopyButton, Tooltip } from "@mantine/core";
import { IconCheck, IconCopy } from "@tabler/icons-react";
import type { ReactNode } from "react";
import classes from "./Empty.module.css";

/** Nothing here yet: one sentence, the next command, the button. */
export function Empty({ text, command, action, small, bare }: { text: ReactNode; command?: string; action?: ReactNode; small?: boolean; bare?: boolean }) {
    return (
        <div className={`${classes.empty} ${small ? classes.small : ""} ${bare ? classes.bare : ""}`}>
            <div>{text}</div>
            {command && <CommandHint command={command} />}
            {action}
        </div>
    );
}

/** The command line's word for what one sees, copied with one click. */
export function CommandHint({ command }: { command: string }) {
    return (
        <span className={classes.hint}>
            <code tabIndex={0}>{command}</code>
            <Copy text={command} what="command" />
        </span>
    );
}

export function Copy({ text, what = "text" }: { text: string; what?: string }) {
    return (
        <CopyButton value={text} timeout={1500}>
            {({ copied, copy }) => (
                <Tooltip label={copied ? "Copied" : `Copy ${what}`}>
                    <ActionIcon variant="subtle" color="gray" size="sm" onClick={copy} aria-label={`Copy ${what}`}>
                        {copied ? <IconCheck size={14} /> : <IconCopy size={14} />}
                    </ActionIcon>
                </Tooltip>
            )}
        </CopyButton>
    );
}
