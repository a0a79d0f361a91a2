import { Button, Progress } from "@mantine/core";
import type { BackupOverview } from "../api/types";
import { CommandHint, Empty } from "../kit/Empty";
import { FactSheet } from "../kit/Facts";
import { bytes, count } from "../kit/format";
import { Loaded } from "../kit/Loaded";
import { Panel } from "../kit/Panel";
import { Problem, Warning } from "../kit/Problem";
import { useNow, When } from "../kit/Time";
import { command, NONE, percent, schedule, standing } from "./backups";
import { useBackUp, useBackups } from "./hooks";
import classes from "./Server.module.css";

/** The latest backup, what the server does by itself, and the next command. */
export function Backups() {
    const backups = useBackups();
    return <Loaded of={backups}>{(overview) => <Overview overview={overview} />}</Loaded>;
}

function Overview({ overview }: { overview: BackupOverview }) {
    const now = useNow();
    const backUp = useBackUp();
    const { job, latest, directory } = overview;
    const going = job.state === "going";
    const stands = standing(overview, now);
    const button = directory && (
        <Button variant="default" disabled={going} loading={backUp.isPending} onClick={() => backUp.mutate()}>
            Back up now
        </Button>
    );
    return (
        <Panel title={latest ? <>Made <When at={latest.madeAt} /></> : "None yet"} aside={button}>
            <div className={classes.uses}>
                {backUp.isError && <Problem error={backUp.error} />}
                {(stands.tone === "bad" || stands.tone === "warn") && <Warning text={stands.text} bad={stands.tone === "bad"} />}
                {(stands.tone === "good" || stands.tone === "busy") && <div role="status">{stands.text}</div>}
                {going && <Progress value={percent(job.bytes, job.total) ?? 100} animated={job.total === 0} aria-label="Backup" />}
                {!latest && !going && <Empty bare small text={NONE} command={command(overview)} />}
                <FactSheet
                    of={[
                        ["Size", latest && `${bytes(latest.bytes)} in ${count(latest.files, "file")}; ${bytes(latest.copied)} of it were new`],
                        ["In", (latest?.directory ?? directory) && <span className="mono">{latest?.directory ?? directory}</span>],
                        ["By itself", schedule(overview, now)],
                    ]}
                />
                {latest && (
                    <div className={classes.hints}>
                        <CommandHint command={command(overview)} />
                        <CommandHint command={`ropewalk verify ${latest.directory}`} />
                        <CommandHint command={`ropewalk restore ${latest.directory} --data NEW`} />
                    </div>
                )}
            </div>
        </Panel>
    );
}
