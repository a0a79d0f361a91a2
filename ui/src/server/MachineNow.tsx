import type { RunNow } from "../api/types";
import { type Column, DataTable } from "../kit/DataTable";
import { Facts } from "../kit/Facts";
import { bytes } from "../kit/format";
import { Loaded } from "../kit/Loaded";
import { Panel } from "../kit/Panel";
import { projectColumn, runColumn } from "../run/columns";
import { runLink } from "../run/links";
import { useServerUse } from "./hooks";
import classes from "./Server.module.css";

type Amounts = RunNow["use"];

const MEGA = 1e6;

/** Each with what it is called and how it is read. */
const AMOUNTS: { id: keyof Amounts; title: string; show: (amount: number) => string }[] = [
    { id: "cpu", title: "CPU", show: percent },
    { id: "memory", title: "Memory", show: (amount) => bytes(amount * MEGA) },
    { id: "gpu", title: "GPU", show: percent },
    { id: "gpu_memory", title: "GPU memory", show: (amount) => bytes(amount * MEGA) },
    { id: "gpu_power", title: "GPU power", show: (amount) => `${amount.toFixed(0)} W` },
    { id: "gpu_temperature", title: "GPU temperature", show: (amount) => `${amount.toFixed(0)} °C` },
    { id: "disk_read", title: "Disk reads", show: perSecond },
    { id: "disk_write", title: "Disk writes", show: perSecond },
    { id: "net_in", title: "Network in", show: perSecond },
    { id: "net_out", title: "Network out", show: perSecond },
];

function percent(amount: number): string {
    return `${amount.toFixed(amount < 10 ? 1 : 0)} %`;
}

function perSecond(amount: number): string {
    return `${bytes(amount)}/s`;
}

function columnsOf(runs: readonly RunNow[]): Column<RunNow>[] {
    return [
        runColumn("charts"),
        projectColumn(),
        { id: "replicas", title: "Replicas", width: "84px", numeric: true, value: (run) => run.replicas },
        // What nobody here uses, or nobody can measure, has no column.
        ...AMOUNTS.filter(({ id }) => runs.some((run) => run.use[id] !== undefined)).map(
            ({ id, title, show }): Column<RunNow> => ({
                id,
                title,
                width: `minmax(${Math.max(84, 9 * title.length)}px, 0.6fr)`,
                numeric: true,
                value: (run) => run.use[id],
                render: (run) => {
                    const amount = run.use[id];
                    return amount === undefined ? "" : show(amount);
                },
            }),
        ),
    ];
}

/** Who uses the machine at this moment. */
export function MachineNow() {
    const use = useServerUse();
    return (
        <>
            <h2 className={classes.heading}>In use now</h2>
            <Loaded of={use}>
                {({ total, runs }) =>
                    runs.length === 0 ? (
                        <span className={classes.idle}>No run uses this machine at the moment.</span>
                    ) : (
                        <>
                            <Facts of={[["Runs", runs.length], ...AMOUNTS.map(({ id, title, show }): [string, string | undefined] => [title, total[id] === undefined ? undefined : show(total[id])])]} />
                            <Panel flush>
                                <DataTable rows={runs} columns={columnsOf(runs)} rowKey={(run) => run.id} href={(run) => runLink(run.id, "charts")} label="Runs that use this machine" bare defaultSort={{ column: "cpu", descending: true }} prefix="u." />
                            </Panel>
                        </>
                    )
                }
            </Loaded>
        </>
    );
}
