import { type ReactNode, useEffect } from "react";
import { Link } from "react-router";
import classes from "./PageTitle.module.css";

interface Props {
    title: string;
    crumbs?: { to: string; word: string }[];
    chip?: ReactNode;
    actions?: ReactNode;
    facts?: ReactNode;
}

/** The head of every page: where one is, the name and its state, the one action, the facts. */
export function PageTitle({ title, crumbs, chip, actions, facts }: Props) {
    useEffect(() => {
        document.title = `${title} · Ropewalk`;
    }, [title]);
    return (
        <>
            {crumbs && (
                <nav className={classes.crumb} aria-label="Path">
                    {crumbs.map((crumb) => (
                        <span key={crumb.to}>
                            <Link to={crumb.to}>{crumb.word}</Link> /
                        </span>
                    ))}
                </nav>
            )}
            <div className={classes.row}>
                <div className={classes.title}>
                    <h1>{title}</h1>
                    {chip}
                </div>
                {actions && <div className={classes.actions}>{actions}</div>}
            </div>
            {facts && <div className={classes.facts}>{facts}</div>}
        </>
    );
}
