import { Button, Drawer, Group, Modal, Select, Stack, Text, TextInput } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { IconPlus } from "@tabler/icons-react";
import { useMemo, useState } from "react";
import { useNavigate, useSearchParams } from "react-router";
import type { DocumentView, Project, Snapshot, SourceView } from "../api/types";
import { type Column, DataTable } from "../kit/DataTable";
import { Empty } from "../kit/Empty";
import { FactSheet } from "../kit/Facts";
import { FileBrowser } from "../kit/FileBrowser";
import { bytes, count, plain, shortId } from "../kit/format";
import { Loaded } from "../kit/Loaded";
import { Problem } from "../kit/Problem";
import { schemasAt } from "../kit/schema";
import { SchemaForm } from "../kit/SchemaForm";
import { When } from "../kit/Time";
import { itemPath, setAt, valueAt } from "../kit/yamlText";
import { useDocument, useProjectSchema } from "../project/hooks";
import type { TabProps } from "../project/ProjectPage";
import projectClasses from "../project/Project.module.css";
import { SaveDialog } from "../project/SaveDialog";
import { projectLink } from "../run/links";
import { sourceFileAddress, usePin, useSnapshots, useSourceFiles, useSources, useSourceTypes } from "./hooks";
import { UploadArea } from "./UploadArea";

const COLUMNS: Column<SourceView>[] = [
    { id: "name", title: "Source", pinned: true, width: "minmax(120px, 1fr)", value: (source) => source.name, render: (source) => <b style={{ fontWeight: 500 }}>{source.name}</b> },
    { id: "kind", title: "Kind", width: "110px", groupable: true, value: (source) => source.kind },
    { id: "where", title: "Where", width: "minmax(200px, 2fr)", value: (source) => settingsLine(source) || (source.kind === "upload" ? "uploaded from a machine" : undefined) },
    { id: "mount", title: "Mounted at", width: "minmax(120px, 1fr)", value: placeOf, render: (source) => <span className="mono">{placeOf(source)}</span> },
    { id: "access", title: "Access", width: "96px", value: (source) => (source.readOnly ? "read only" : "read, write") },
    { id: "latest", title: "Latest", width: "minmax(230px, 1fr)", value: (source) => (source.latest ? Date.parse(source.latest.createdAt) : undefined), render: (source) => source.latest && <SnapshotLine snapshot={source.latest} /> },
];

/** Where a program finds the files: a fixed path, else the variable that tells. */
function placeOf(source: SourceView): string {
    return source.mountPath || `$${source.name.toUpperCase().replaceAll(/[^A-Z0-9]/g, "_")}_DIR`;
}

function settingsLine(source: SourceView): string {
    return Object.entries(source.settings)
        .filter(([, value]) => value !== undefined && value !== null && value !== "")
        .map(([name, value]) => `${name} ${plain(value)}`)
        .join(", ");
}

function SnapshotLine({ snapshot }: { snapshot: Snapshot }) {
    return (
        <>
            {count(snapshot.files, "file")}, {bytes(snapshot.bytes)}, <When at={snapshot.createdAt} />
        </>
    );
}

export default function SourcesTab({ project, experiment, item }: TabProps) {
    const sources = useSources(project.workspace, project.name);
    const document = useDocument(project.workspace, project.name, experiment);
    const navigate = useNavigate();
    const [params] = useSearchParams();
    const [adding, setAdding] = useState(false);
    const to = (name?: string) => `${projectLink(project.workspace, project.name, "sources", name)}${params.get("experiment") ? `?experiment=${encodeURIComponent(params.get("experiment")!)}` : ""}`;
    const native = document.data?.normal.kind === "Project";
    const add = native && (
        <Button leftSection={<IconPlus size={15} />} onClick={() => setAdding(true)}>
            Add a source
        </Button>
    );
    return (
        <Loaded of={sources}>
            {(all) => {
                const chosen = all.find((source) => source.name === item);
                return (
                    <div className={projectClasses.editor}>
                        {all.length > 0 && (
                            <div className={projectClasses.bar}>
                                <span className={projectClasses.dim}>{count(all.length, "source")}</span>
                                <span className={projectClasses.spring} />
                                {add}
                            </div>
                        )}
                        <DataTable rows={all} columns={COLUMNS} rowKey={(source) => source.name} href={(source) => to(source.name)} label="Sources" empty={<Empty text="No source yet. A source is where a task's files come from: a folder you upload, a git repository, storage." command="ropewalk apply" action={add} />} />
                        {chosen && document.data && (
                            <Drawer opened onClose={() => void navigate(to())} position="right" size="xl" title={`Source ${chosen.name}`}>
                                <OneSource project={project} experiment={experiment} source={chosen} view={document.data} />
                            </Drawer>
                        )}
                        {adding && document.data && <SourceDialog project={project} experiment={experiment} view={document.data} onClose={() => setAdding(false)} />}
                    </div>
                );
            }}
        </Loaded>
    );
}

function OneSource({ project, experiment, source, view }: { project: Project; experiment: string; source: SourceView; view: DocumentView }) {
    const pin = usePin(project.workspace, project.name, source.name);
    const uploads = source.kind === "upload";
    const snapshots = useSnapshots(project.workspace, project.name, source.name, uploads);
    const [editing, setEditing] = useState(false);
    const [snapshot, setSnapshot] = useState<string>();
    const shown = snapshot ?? source.latest?.id;
    return (
        <Stack gap="md" tabIndex={-1} data-autofocus style={{ outline: "none" }}>
            <FactSheet
                of={[
                    ["Kind", source.kind],
                    ["Mounted at", <span className="mono">{placeOf(source)}</span>],
                    ["Access", source.readOnly ? "read only" : "read and write"],
                    ...Object.entries(source.settings)
                        .filter(([, value]) => value !== undefined && value !== null && value !== "")
                        .map(([name, value]): [string, React.ReactNode] => [name, <span className="mono">{plain(value)}</span>]),
                ]}
            />
            <Group gap="xs">
                {!uploads && (
                    <Button variant="default" loading={pin.isPending} onClick={() => pin.mutate()}>
                        Test connection
                    </Button>
                )}
                {view.normal.kind === "Project" && (
                    <Button variant="default" onClick={() => setEditing(true)}>
                        Change settings
                    </Button>
                )}
                {pin.isSuccess && (
                    <Text c="var(--rw-good)">
                        Reached: {pin.data.description || "the latest state"} <span className="mono">{shortId(pin.data.revision)}</span>
                    </Text>
                )}
            </Group>
            {pin.isError && <Problem error={pin.error} />}
            {uploads && <UploadArea workspace={project.workspace} project={project.name} source={source.name} onDone={(fresh) => (setSnapshot(undefined), notifications.show({ message: `${source.name} now has ${count(fresh.files, "file")}, ${bytes(fresh.bytes)}.` }))} />}
            {uploads && (snapshots.data?.items.length ?? 0) > 0 && (
                <Select
                    label="State"
                    size="xs"
                    allowDeselect={false}
                    value={shown ?? null}
                    onChange={(value) => setSnapshot(value ?? undefined)}
                    data={snapshots.data?.items.map((one, i) => ({ value: one.id, label: `${i === 0 ? "latest: " : ""}${shortId(one.id)}, ${count(one.files, "file")}, ${bytes(one.bytes)}${one.origin?.commit ? `, git ${one.origin.commit.slice(0, 9)}${one.origin.dirty ? " with changes" : ""}` : ""}` }))}
                />
            )}
            {shown && <Files project={project} source={source.name} snapshot={shown} />}
            {editing && <SourceDialog project={project} experiment={experiment} view={view} source={source} onClose={() => setEditing(false)} />}
        </Stack>
    );
}

function Files({ project, source, snapshot }: { project: Project; source: string; snapshot: string }) {
    const [folder, setFolder] = useState("");
    const list = useSourceFiles(project.workspace, project.name, source, snapshot, folder);
    return (
        <Loaded of={list}>
            {(files) => <FileBrowser root={source} list={files} folder={folder} onFolder={setFolder} onFile={(file) => file && window.open(sourceFileAddress(project.workspace, project.name, source, snapshot, file), "_blank", "noopener")} />}
        </Loaded>
    );
}

/** A source's settings as a form; saved as a revision of the project's document. */
function SourceDialog({ project, experiment, view, source, onClose }: { project: Project; experiment: string; view: DocumentView; source?: SourceView; onClose: () => void }) {
    const types = useSourceTypes();
    const schema = useProjectSchema();
    const place = useMemo(() => (source ? itemPath(view.text, "sources", source.name) : undefined), [view.text, source]);
    const at = place ?? ["sources", view.normal.sources.length];
    const [name, setName] = useState(source?.name ?? "");
    const [kind, setKind] = useState<string | null>(source?.kind ?? "upload");
    const [text, setText] = useState(view.text);
    const [saving, setSaving] = useState(false);
    const type = types.data?.find((one) => one.kind === kind);
    const value = source ? valueAt(text, at) : undefined;
    const [settings, setSettings] = useState<Record<string, unknown>>({});
    const shape = schema.data && schemasAt(schema.data, ["sources", 0]).find((one) => one.properties);
    const kinds = new Set(types.data?.map((one) => one.kind));
    const taken = !source && view.normal.sources.some((one) => one.name === name.trim());
    const proposal = source ? text : setAt(view.text, at, { name: name.trim(), [kind ?? ""]: Object.keys(settings).length > 0 ? settings : {} });

    if (saving)
        return (
            <SaveDialog
                project={project}
                experiment={experiment}
                before={view.text}
                text={proposal}
                parent={view.revision}
                comment={source ? `Change source ${source.name}` : `Add source ${name.trim()}`}
                onClose={() => setSaving(false)}
                onSaved={() => {
                    notifications.show({ message: source ? "Saved." : `Source ${name.trim()} is part of the project now.` });
                    onClose();
                }}
            />
        );
    return (
        <Modal opened onClose={onClose} title={source ? `Change ${source.name}` : "Add a source"} size="lg">
            <Stack gap="sm">
                {source ? (
                    shape && <SchemaForm schema={shape} root={schema.data} value={value} onChange={(path, next) => setText((current) => setAt(current, [...at, ...path], next))} omit={(path, key) => path.length === 0 && kinds.has(key) && key !== source.kind} first={["name", source.kind, "mountPath"]} />
                ) : (
                    <>
                        <TextInput label="Name" description="Programs find its place in NAME_DIR" value={name} onChange={(event) => setName(event.currentTarget.value)} error={taken ? "This project has a source of this name" : undefined} data-autofocus />
                        <Select label="Kind" allowDeselect={false} data={types.data?.map((one) => ({ value: one.kind, label: one.kind }))} value={kind} onChange={(next) => (setKind(next), setSettings({}))} description={type?.description} />
                        {type && Object.keys(type.schema.properties ?? {}).length > 0 && (
                            <SchemaForm
                                key={type.kind}
                                schema={type.schema}
                                value={settings}
                                first={Object.keys(type.schema.properties ?? {})}
                                onChange={(path, next) =>
                                    setSettings((current) => {
                                        const key = String(path[0]);
                                        const { [key]: _, ...rest } = current;
                                        return next === undefined ? rest : { ...rest, [key]: next };
                                    })
                                }
                            />
                        )}
                    </>
                )}
                <Group justify="flex-end">
                    <Button variant="default" onClick={onClose}>
                        Cancel
                    </Button>
                    <Button onClick={() => setSaving(true)} disabled={source ? text === view.text : !name.trim() || taken || !kind}>
                        Go on
                    </Button>
                </Group>
            </Stack>
        </Modal>
    );
}
