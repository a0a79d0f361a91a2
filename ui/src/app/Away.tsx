import { useQueryClient } from "@tanstack/react-query";
import { IconPlugConnectedX } from "@tabler/icons-react";
import { useEffect, useRef } from "react";
import { useAway } from "../api/connection";
import classes from "./Frame.module.css";

/** Says that the server is away; when it is back, everything on the page is asked for once more. */
export function Away() {
    const away = useAway();
    const cache = useQueryClient();
    const was = useRef(false);
    useEffect(() => {
        if (was.current && !away) void cache.invalidateQueries();
        was.current = away;
    }, [away, cache]);
    if (!away) return null;
    return (
        <div className={classes.away} role="status">
            <IconPlugConnectedX size={16} />
            <span>
                The server does not answer. What you see is what it said last; this page goes on by itself when it is back. Start it with <code>ropewalk up</code>; runs go on without it.
            </span>
        </div>
    );
}
