import { ActionIcon, Tooltip } from "@mantine/core";
import { IconRegex } from "@tabler/icons-react";
import type { ReactNode } from "react";

interface Props {
    label: string;
    /** What it shows when one points at it, if not its label. */
    hint?: string;
    on: boolean;
    onToggle: () => void;
    small?: boolean;
    children: ReactNode;
}

/** A button that stays pressed. */
export function Toggle({ label, hint = label, on, onToggle, small = false, children }: Props) {
    return (
        <Tooltip label={hint}>
            <ActionIcon size={small ? "sm" : undefined} variant={on ? "light" : "subtle"} color={on ? undefined : "gray"} aria-label={label} aria-pressed={on} onClick={onToggle}>
                {children}
            </ActionIcon>
        </Tooltip>
    );
}

/** In a search box: whether its text is an expression. */
export function RegexToggle({ on, onToggle }: Pick<Props, "on" | "onToggle">) {
    return (
        <Toggle label="Regular expression" hint={on ? "Regular expression" : "Plain words"} on={on} onToggle={onToggle} small>
            <IconRegex size={14} />
        </Toggle>
    );
}
