import { ActionIcon, Indicator, Tooltip } from "@mantine/core";
import { IconBell } from "@tabler/icons-react";
import { Link } from "react-router";
import { useUnread } from "./hooks";

export function Bell() {
    const unread = useUnread();
    const words = unread > 0 ? `Notices, ${unread} unread` : "Notices";
    return (
        <Tooltip label={words}>
            <Indicator label={unread > 99 ? "99+" : unread} size={15} offset={5} disabled={unread === 0} color="red" zIndex={1}>
                <ActionIcon component={Link} to="/notices" variant="subtle" color="gray" aria-label={words}>
                    <IconBell size={17} />
                </ActionIcon>
            </Indicator>
        </Tooltip>
    );
}
