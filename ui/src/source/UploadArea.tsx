import { Button, Progress as Bar } from "@mantine/core";
import { IconUpload } from "@tabler/icons-react";
import { useRef, useState } from "react";
import type { Progress } from "../api/client";
import type { Snapshot } from "../api/types";
import { bytes, count, duration } from "../kit/format";
import { Problem } from "../kit/Problem";
import { useUpload } from "./hooks";
import classes from "./Source.module.css";
import { type Dropped, gather, isArchive, tar, wanted, withoutTop } from "./tar";

interface Props {
    workspace: string;
    project: string;
    source: string;
    onDone: (snapshot: Snapshot) => void;
}

/** A folder, an archive or a few files become the source's next state. */
export function UploadArea({ workspace, project, source, onDone }: Props) {
    const send = useUpload(workspace, project, source);
    const [over, setOver] = useState(false);
    const [progress, setProgress] = useState<Progress & { began: number; what: string }>();
    const [refused, setRefused] = useState<Error>();
    const cancel = useRef<AbortController>(undefined);
    const folder = useRef<HTMLInputElement>(null);
    const archive = useRef<HTMLInputElement>(null);

    const start = async (files: readonly Dropped[]) => {
        setRefused(undefined);
        if (files.length === 0) {
            setRefused(new Error("There was no file in it. Folders that tools leave behind (.git, __pycache__, node_modules) are not sent."));
            return;
        }
        const only = files.length === 1 ? files[0] : undefined;
        const whole = only && !only.path.includes("/") && isArchive(only.path);
        const body = whole ? only.file : tar(files);
        const began = Date.now();
        const what = whole ? only.path : count(files.length, "file");
        cancel.current = new AbortController();
        setProgress({ sent: 0, total: body.size, began, what });
        try {
            const snapshot = await send.mutateAsync({ name: whole ? only.path : "folder.tar", body, onProgress: (now) => setProgress({ ...now, began, what }), signal: cancel.current.signal });
            onDone(snapshot);
        } catch (cause) {
            setRefused(cause as Error);
        } finally {
            setProgress(undefined);
        }
    };
    const picked = (list: FileList | null, top: boolean) => {
        const files = [...(list ?? [])].map((file) => ({ path: file.webkitRelativePath || file.name, file, modified: file.lastModified })).filter((one) => wanted(one.path));
        void start(top ? withoutTop(files) : files);
    };

    return (
        <div>
            <div
                className={`${classes.drop} ${over ? classes.over : ""}`}
                onDragOver={(event) => {
                    event.preventDefault();
                    setOver(true);
                }}
                onDragLeave={() => setOver(false)}
                onDrop={(event) => {
                    event.preventDefault();
                    setOver(false);
                    void gather(event.dataTransfer.items).then(start, (cause: Error) => setRefused(cause));
                }}
            >
                {progress ? (
                    <div className={classes.progress}>
                        <Bar value={progress.total ? (100 * progress.sent) / progress.total : 0} aria-label="Upload" />
                        <span>{speed(progress)}</span>
                        <Button variant="default" size="compact-xs" onClick={() => cancel.current?.abort()}>
                            Cancel
                        </Button>
                    </div>
                ) : (
                    <>
                        <IconUpload size={20} stroke={1.5} />
                        <span>Drop a folder, an archive (zip, tar, tar.gz) or files here</span>
                        <span className={classes.buttons}>
                            <Button variant="default" size="compact-sm" onClick={() => folder.current?.click()}>
                                Choose a folder
                            </Button>
                            <Button variant="default" size="compact-sm" onClick={() => archive.current?.click()}>
                                Choose files
                            </Button>
                        </span>
                    </>
                )}
                <input ref={folder} type="file" className={classes.hidden} aria-label="Folder" onChange={(event) => picked(event.currentTarget.files, true)} {...{ webkitdirectory: "" }} />
                <input ref={archive} type="file" multiple className={classes.hidden} aria-label="Files" onChange={(event) => picked(event.currentTarget.files, false)} />
            </div>
            {refused && (
                <div style={{ marginTop: 8 }}>
                    <Problem error={refused} />
                </div>
            )}
        </div>
    );
}

function speed({ sent, total, began, what }: Progress & { began: number; what: string }): string {
    const seconds = (Date.now() - began) / 1000;
    const rate = seconds > 0.5 ? sent / seconds : 0;
    if (total > 0 && sent >= total) return `${what} sent; the server is unpacking`;
    return `${what}: ${bytes(sent)} of ${bytes(total)}${rate > 0 ? `, ${bytes(rate)}/s, ${duration(((total - sent) / rate) * 1000)} left` : ""}`;
}
