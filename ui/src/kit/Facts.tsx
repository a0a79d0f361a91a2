import type { ReactNode } from "react";
import classes from "./Facts.module.css";

export type Fact = [label: string, value: ReactNode];

function present(facts: (Fact | undefined | false)[]): Fact[] {
    return facts.filter((fact): fact is Fact => !!fact && fact[1] !== undefined && fact[1] !== null && fact[1] !== "");
}

/** The strip under a title: what people look for first. Facts without a value are left out. */
export function Facts({ of }: { of: (Fact | undefined | false)[] }) {
    return (
        <dl className={classes.facts}>
            {present(of).map(([label, value]) => (
                <div key={label} className={classes.fact}>
                    <dt>{label}</dt>
                    <dd>{value}</dd>
                </div>
            ))}
        </dl>
    );
}

/** The same, one under the other, for a panel. */
export function FactSheet({ of }: { of: (Fact | undefined | false)[] }) {
    return (
        <dl className={classes.sheet}>
            {present(of).map(([label, value]) => [<dt key={`${label}-k`}>{label}</dt>, <dd key={`${label}-v`}>{value}</dd>])}
        </dl>
    );
}
