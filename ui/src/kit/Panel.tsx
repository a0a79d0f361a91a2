import type { ReactNode } from "react";
import classes from "./Panel.module.css";

export function Panel({ title, aside, flush, children }: { title?: ReactNode; aside?: ReactNode; flush?: boolean; children: ReactNode }) {
    return (
        <section className={classes.panel}>
            {(title || aside) && (
                <header className={classes.head}>
                    <h2>{title}</h2>
                    {aside}
                </header>
            )}
            <div className={flush ? classes.flush : classes.body}>{children}</div>
        </section>
    );
}
