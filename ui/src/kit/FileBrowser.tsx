import { ActionIcon, Anchor, Tooltip } from "@mantine/core";
import { IconDownload, IconFile, IconFolder, IconX } from "@tabler/icons-react";
import { Fragment, type ReactNode } from "react";
import type { FileList, Preview } from "../api/types";
import { Empty } from "./Empty";
import classes from "./FileBrowser.module.css";
import { bytes } from "./format";
import { When } from "./Time";

interface Props {
    root: string;
    list: FileList;
    folder: string;
    file?: string;
    onFolder: (folder: string) => void;
    onFile: (file: string | undefined) => void;
    preview?: ReactNode;
    empty?: ReactNode;
}

export function joinPath(folder: string, name: string): string {
    return folder ? `${folder}/${name}` : name;
}

/** Folders first, then names as people count: `epoch-2` before `epoch-10`. */
export function inOrder(list: FileList): FileList["entries"] {
    return [...list.entries].sort((a, b) => Number(b.directory) - Number(a.directory) || a.name.localeCompare(b.name, undefined, { numeric: true }));
}

export function FileBrowser({ root, list, folder, file, onFolder, onFile, preview, empty }: Props) {
    const parts = folder.split("/").filter(Boolean);
    return (
        <div className={`${classes.grid} ${preview ? "" : classes.alone}`}>
            <div className={classes.list}>
                <nav className={classes.crumbs} aria-label="Folder">
                    <Anchor component="button" type="button" fz="inherit" onClick={() => onFolder("")}>
                        {root}
                    </Anchor>
                    {parts.map((part, i) => (
                        <Fragment key={i}>
                            /
                            <Anchor component="button" type="button" fz="inherit" onClick={() => onFolder(parts.slice(0, i + 1).join("/"))}>
                                {part}
                            </Anchor>
                        </Fragment>
                    ))}
                </nav>
                {list.entries.length === 0 ? (
                    (empty ?? <Empty small text="This folder is empty." />)
                ) : (
                    <ul className={classes.entries}>
                        {inOrder(list).map((entry) => {
                            const path = joinPath(folder, entry.name);
                            return (
                                <li key={entry.name}>
                                    <button type="button" className={`${classes.entry} ${path === file ? classes.chosen : ""}`} aria-current={path === file || undefined} onClick={() => (entry.directory ? onFolder(path) : onFile(path))}>
                                        {entry.directory ? <IconFolder size={15} /> : <IconFile size={15} />}
                                        <span className="clip">{entry.name}</span>
                                        <span className={classes.dim}>{entry.modifiedAt && !preview ? <When at={entry.modifiedAt} /> : ""}</span>
                                        <span className={classes.dim}>{entry.bytes === undefined ? "" : bytes(entry.bytes)}</span>
                                    </button>
                                </li>
                            );
                        })}
                    </ul>
                )}
                {list.truncated && <div className={classes.note}>Only the first {list.entries.length} entries are shown.</div>}
            </div>
            {preview}
        </div>
    );
}

interface PreviewProps {
    file: string;
    preview: Preview;
    address: string;
    download: string;
    onClose: () => void;
}

function pretty(text: string): string {
    try {
        return JSON.stringify(JSON.parse(text), null, 2);
    } catch {
        return text;
    }
}

/** A look into a file. A web page someone's program wrote is shown without the power to act as the person who looks. */
export function FilePreview({ file, preview, address, download, onClose }: PreviewProps) {
    return (
        <section className={classes.preview} aria-label={`Preview of ${file}`}>
            <header className={classes.head}>
                <b className="clip" title={file}>
                    {file.slice(file.lastIndexOf("/") + 1)}
                </b>
                <span className={classes.dim}>{bytes(preview.bytes)}</span>
                <Tooltip label="Download">
                    <ActionIcon component="a" variant="subtle" color="gray" href={download} download aria-label="Download">
                        <IconDownload size={16} />
                    </ActionIcon>
                </Tooltip>
                <ActionIcon variant="subtle" color="gray" onClick={onClose} aria-label="Close the preview">
                    <IconX size={16} />
                </ActionIcon>
            </header>
            <Inside preview={preview} address={address} file={file} />
            {preview.truncated && <div className={classes.note}>Only the beginning is shown. Download the file for the rest.</div>}
        </section>
    );
}

/** Beside the sandbox: the page may load nothing from anywhere, this server included. */
const FENCE = `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">`;

const NUMBERS = new Set(["integer", "number"]);

function Inside({ preview, address, file }: { preview: Preview; address: string; file: string }) {
    switch (preview.kind) {
        case "image":
            return (
                <div className={classes.image}>
                    <img src={address} alt={file} />
                </div>
            );
        case "html":
            return <iframe className={classes.page} srcDoc={FENCE + (preview.text ?? "")} sandbox="" referrerPolicy="no-referrer" title={file} />;
        case "csv":
            return (
                <div className={classes.table} tabIndex={0} role="region" aria-label="Table">
                    <table>
                        <thead>
                            <tr>
                                {preview.columns?.map((column, i) => (
                                    <th key={i} scope="col" className={NUMBERS.has(preview.types?.[i] ?? "") ? classes.numeric : undefined}>
                                        {column}
                                    </th>
                                ))}
                            </tr>
                        </thead>
                        <tbody>
                            {preview.rows?.map((row, i) => (
                                <tr key={i}>
                                    {row.map((value, j) => (
                                        <td key={j} className={NUMBERS.has(preview.types?.[j] ?? "") ? classes.numeric : undefined}>
                                            {value}
                                        </td>
                                    ))}
                                </tr>
                            ))}
                        </tbody>
                    </table>
                </div>
            );
        case "binary":
            return <Empty small text="This file has no text to show. Download it to look inside." />;
        case "json":
        case "text":
            return (
                <pre className={classes.text} tabIndex={0}>
                    {preview.kind === "json" ? pretty(preview.text ?? "") : preview.text}
                </pre>
            );
    }
}
