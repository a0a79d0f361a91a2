import { useSearchParams } from "react-router";
import type { Run } from "../api/types";
import { Empty } from "../kit/Empty";
import { FileBrowser, FilePreview } from "../kit/FileBrowser";
import { Loaded, Waiting } from "../kit/Loaded";
import { Problem } from "../kit/Problem";
import { runFileAddress, useRunFiles, useRunPreview } from "./hooks";

/** What the run wrote below its output directory. */
export function FilesTab({ run }: { run: Run }) {
    const [params, setParams] = useSearchParams();
    const folder = params.get("folder") ?? "";
    const file = params.get("file") ?? undefined;
    const list = useRunFiles(run.id, folder);
    const preview = useRunPreview(run.id, file);
    const go = (folderTo: string, fileTo?: string) => {
        const next = new URLSearchParams();
        if (folderTo) next.set("folder", folderTo);
        if (fileTo) next.set("file", fileTo);
        setParams(next);
    };
    return (
        <Loaded of={list}>
            {(files) =>
                files.entries.length === 0 && !folder ? (
                    <Empty text="This run has written no files. What a program writes to its output directory appears here." command={'open(os.environ["OUTPUT_DIR"] + "/result.txt", "w")'} />
                ) : (
                    <FileBrowser
                        root={run.name}
                        list={files}
                        folder={folder}
                        file={file}
                        onFolder={(to) => go(to)}
                        onFile={(to) => go(folder, to)}
                        preview={
                            file === undefined ? undefined : preview.data ? (
                                <FilePreview file={file} preview={preview.data} address={runFileAddress(run.id, file)} download={runFileAddress(run.id, file, true)} onClose={() => go(folder)} />
                            ) : preview.isError ? (
                                <Problem error={preview.error} />
                            ) : (
                                <Waiting />
                            )
                        }
                    />
                )
            }
        </Loaded>
    );
}
