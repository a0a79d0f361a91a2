import { Progress, Text } from "@mantine/core";
import type { ReactNode } from "react";
import type { ExecutorView } from "../api/types";
import { PageTitle } from "../app/PageTitle";
import { CommandHint } from "../kit/Empty";
import { Facts, FactSheet } from "../kit/Facts";
import { bytes, cores } from "../kit/format";
import { Loaded } from "../kit/Loaded";
import { Panel } from "../kit/Panel";
import { When } from "../kit/Time";
import { Backups } from "./Backups";
import { useServer } from "./hooks";
import { MachineNow } from "./MachineNow";
import classes from "./Server.module.css";

const DATABASES: Record<string, string> = { sqlite: "SQLite, in the data directory", postgresql: "PostgreSQL" };

export default function ServerPage() {
    const server = useServer();
    return (
        <>
            <PageTitle title="Server" />
            <Loaded of={server}>
                {(info) => (
                    <div className={classes.stack}>
                        <Facts
                            of={[
                                ["Version", info.version],
                                ["Running", info.running],
                                ["Queued", info.queued],
                                ["Up since", <When at={info.startedAt} />],
                                ["Database", DATABASES[info.database] ?? info.database],
                                ["Data", info.dataDirectory && <span className="mono">{info.dataDirectory}</span>],
                            ]}
                        />
                        <h2 className={classes.heading}>Clusters</h2>
                        <div className={classes.grid}>
                            {info.executors.map((executor) => (
                                <Cluster key={executor.name} executor={executor} />
                            ))}
                        </div>
                        <MachineNow />
                        {info.executors.length === 0 && <Text c="dimmed">No cluster is connected: runs wait until one is.</Text>}
                        <h2 className={classes.heading}>Backups</h2>
                        <Backups />
                        <h2 className={classes.heading}>From outside</h2>
                        <div className={classes.hints}>
                            <CommandHint command={`curl ${location.origin}/health`} />
                            <CommandHint command={`curl -H "Authorization: Bearer $ROPEWALK_TOKEN" ${location.origin}/metrics`} />
                        </div>
                    </div>
                )}
            </Loaded>
        </>
    );
}

function Cluster({ executor }: { executor: ExecutorView }) {
    const { capacity, inUse } = executor;
    return (
        <Panel title={executor.name}>
            <div className={classes.uses}>
                {capacity && <Use word="CPU" used={inUse.milliCpu} all={capacity.milliCpu} show={cores} />}
                {capacity && <Use word="Memory" used={inUse.memoryBytes} all={capacity.memoryBytes} show={bytes} />}
                {!!capacity?.gpus && <Use word="GPU" used={inUse.gpus} all={capacity.gpus} show={String} />}
                {!capacity && <Text c="dimmed">This cluster does not tell how big it is.</Text>}
            </div>
            <div className={classes.isolation}>
                <FactSheet of={[["GPUs", capacity?.gpus === 0 ? "none" : undefined], ["Isolation", executor.isolation]]} />
            </div>
        </Panel>
    );
}

function Use({ word, used, all, show }: { word: string; used: number; all: number; show: (amount: number) => ReactNode }) {
    const part = all > 0 ? (100 * used) / all : 0;
    return (
        <div className={classes.use}>
            <span>{word}</span>
            <Progress value={Math.min(100, part)} aria-label={`${word} in use`} />
            <span className="num">
                {show(used)} of {show(all)}
            </span>
        </div>
    );
}
