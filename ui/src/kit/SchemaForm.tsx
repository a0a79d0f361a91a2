import { ActionIcon, Button, Menu, NumberInput, PasswordInput, Select, Switch, Textarea, TextInput } from "@mantine/core";
import { IconPlus, IconTrash, IconX } from "@tabler/icons-react";
import { type ReactNode, useState } from "react";
import { parse as parseYaml, stringify } from "yaml";
import type { JsonSchema, Problem } from "../api/types";
import { branches, resolve, type Step, typesOf } from "./schema";
import classes from "./SchemaForm.module.css";

export type Change = (path: Step[], value: unknown) => void;

interface Props {
    schema: JsonSchema;
    root?: JsonSchema;
    value: unknown;
    onChange: Change;
    /** With the path as the server names it, `tasks[0].command`, below `base`. */
    problems?: readonly Problem[];
    base?: string;
    /** Keys that this form leaves alone. */
    omit?: (path: readonly Step[], key: string, value: Record<string, unknown>) => boolean;
    /** Keys that stand in the form even while they have no value. */
    first?: readonly string[];
}

/** A form made from a JSON schema. It reports each change with its place, so that a text behind it keeps its comments. */
export function SchemaForm({ schema, root = schema, value, onChange, problems = [], base = "", omit, first }: Props) {
    return (
        <div className={classes.form}>
            <ObjectFields schema={resolve(schema, root) ?? {}} value={record(value)} path={[]} context={{ root, onChange, problems, base, omit }} first={first} />
        </div>
    );
}

interface Context {
    root: JsonSchema;
    onChange: Change;
    problems: readonly Problem[];
    base: string;
    omit?: Props["omit"];
}

function record(value: unknown): Record<string, unknown> {
    return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
}

export function pathText(base: string, path: readonly Step[]): string {
    return path.reduce<string>((text, step) => (typeof step === "number" ? `${text}[${step}]` : text ? `${text}.${step}` : step), base);
}

function problemAt(context: Context, path: readonly Step[]): string | undefined {
    const place = pathText(context.base, path);
    return context.problems.find((problem) => problem.path === place)?.message;
}

const SAID: Record<string, string> = { cpu: "CPU", gpu: "GPUs", env: "Environment variables", workDir: "Working directory", args: "Arguments" };

/** `mountPath` as people write it. */
export function words(key: string): string {
    if (key in SAID) return SAID[key]!;
    const text = key.replace(/([a-z0-9])([A-Z])/g, "$1 $2").replaceAll(/[_-]/g, " ").toLowerCase();
    return text.charAt(0).toUpperCase() + text.slice(1);
}

function plainText(description: string | undefined): string | undefined {
    return description?.replaceAll("`", "");
}

function ObjectFields({ schema, value, path, context, first }: { schema: JsonSchema; value: Record<string, unknown>; path: Step[]; context: Context; first?: readonly string[] }) {
    const [added, setAdded] = useState<readonly string[]>([]);
    const properties = Object.entries(schema.properties ?? {}).filter(([key]) => !context.omit?.(path, key, value));
    const shown = properties.filter(([key]) => key in value || schema.required?.includes(key) || first?.includes(key) || added.includes(key) || properties.length <= 5);
    const rest = properties.filter((one) => !shown.includes(one));
    return (
        <>
            {shown.map(([key, property]) => (
                <Field key={key} name={key} schema={property} value={value[key]} path={[...path, key]} context={context} required={schema.required?.includes(key)} onRemove={added.includes(key) || (key in value && !schema.required?.includes(key) && !first?.includes(key)) ? () => (setAdded(added.filter((one) => one !== key)), context.onChange([...path, key], undefined)) : undefined} />
            ))}
            {rest.length > 0 && (
                <div className={`${classes.more} ${classes.wide}`}>
                    <Menu position="bottom-start">
                        <Menu.Target>
                            <Button variant="subtle" size="compact-sm" leftSection={<IconPlus size={14} />}>
                                More settings
                            </Button>
                        </Menu.Target>
                        <Menu.Dropdown mah={360} maw={440} style={{ overflowY: "auto" }}>
                            {rest.map(([key, property]) => (
                                <Menu.Item key={key} onClick={() => setAdded([...added, key])}>
                                    {words(key)}
                                    <div className={classes.help}>{plainText(property.description)}</div>
                                </Menu.Item>
                            ))}
                        </Menu.Dropdown>
                    </Menu>
                </div>
            )}
        </>
    );
}

/** Of the ways a value may be written, the one it is written in; the plainest while there is none. */
export function chooseBranch(schema: JsonSchema, root: JsonSchema, value: unknown): JsonSchema {
    const all = branches(schema, root);
    if (all.length <= 1) return { ...schema, ...(all[0] ?? {}) };
    const kind = value === undefined ? undefined : Array.isArray(value) ? "array" : value === null ? "null" : typeof value === "number" ? "number" : typeof value;
    const fits = all.filter((one) => one.enum?.includes(value) || typesOf(one).some((type) => type === kind || (type === "integer" && kind === "number") || (type === "string" && kind === "number")));
    const chosen = fits[0] ?? all[0]!;
    return { ...chosen, description: schema.description ?? chosen.description };
}

interface FieldProps {
    name: string;
    schema: JsonSchema;
    value: unknown;
    path: Step[];
    context: Context;
    required?: boolean;
    onRemove?: () => void;
}

const LONG = new Set(["command", "args", "summary", "description", "script"]);

function Field({ name, schema, value, path, context, required, onRemove }: FieldProps) {
    const resolved = resolve(schema, context.root) ?? {};
    const form = chooseBranch(resolved, context.root, value);
    const types = typesOf(form);
    const error = problemAt(context, path);
    const description = plainText(schema.description ?? resolved.description ?? form.description);
    const label = form.title ?? words(name);
    const change = (next: unknown) => context.onChange(path, next);
    const beside = { label, description, error, required };
    const removable = (field: ReactNode, wide = false) => (
        <div className={`${classes.field} ${wide ? classes.wide : ""}`}>
            {field}
            {onRemove && (
                <ActionIcon className={classes.remove} variant="subtle" color="gray" size="sm" onClick={onRemove} aria-label={`Remove ${label}`}>
                    <IconX size={14} />
                </ActionIcon>
            )}
        </div>
    );

    if (form.enum) return removable(<Select {...beside} data={form.enum.map(String)} value={value === undefined ? null : String(value)} onChange={(next) => change(next ?? undefined)} clearable={!required} />);
    if (types.includes("boolean") && types.length === 1) return removable(<Switch label={label} description={description} error={error} checked={value === true} onChange={(event) => change(event.currentTarget.checked)} />);
    if (types.includes("array")) return <ListField label={label} description={description} error={error} item={resolve(form.items, context.root) ?? {}} value={Array.isArray(value) ? value : []} path={path} context={context} onRemove={onRemove} />;
    if (types.includes("object")) {
        if (form.properties && Object.keys(form.properties).length > 0) {
            return (
                <fieldset className={classes.group}>
                    <Legend label={label} description={description} onRemove={onRemove} />
                    <ObjectFields schema={form} value={record(value)} path={path} context={context} />
                </fieldset>
            );
        }
        return <MapField label={label} description={description} value={record(value)} path={path} context={context} onRemove={onRemove} />;
    }
    if (types.length === 1 && (types[0] === "integer" || types[0] === "number")) {
        return removable(<NumberInput {...beside} value={typeof value === "number" ? value : ""} min={form.minimum} max={form.maximum} allowDecimal={types[0] === "number"} onChange={(next) => change(typeof next === "number" ? next : undefined)} placeholder={form.default === undefined ? undefined : String(form.default)} />);
    }
    if (types.length === 0 || (typeof value === "object" && value !== null)) return removable(<YamlField {...beside} value={value} onChange={change} />, true);
    const text = value === undefined || value === null ? "" : String(value);
    const typed = (next: string) => change(next === "" ? undefined : types.includes("string") && types.length === 1 ? next : scalar(next, types));
    if (form.writeOnly || form.format === "password") return removable(<PasswordInput {...beside} value={text} onChange={(event) => change(event.currentTarget.value || undefined)} autoComplete="off" />);
    if (LONG.has(name)) return removable(<Textarea {...beside} autosize minRows={1} maxRows={12} value={text} onChange={(event) => typed(event.currentTarget.value)} styles={{ input: { fontFamily: name === "summary" ? undefined : "var(--mantine-font-family-monospace)" } }} />, true);
    return removable(<TextInput {...beside} value={text} onChange={(event) => typed(event.currentTarget.value)} placeholder={form.default === undefined ? undefined : String(form.default)} />);
}

/** A number stays a number where the schema lets it be one. */
function scalar(text: string, types: readonly string[]): unknown {
    if ((types.includes("number") || types.includes("integer")) && /^-?(0|[1-9]\d*)(\.\d+)?$/.test(text)) return Number(text);
    return text;
}

function Legend({ label, description, onRemove }: { label: string; description?: string; onRemove?: () => void }) {
    return (
        <div className={classes.legend}>
            <span>
                {label} <span className={classes.help}>{description}</span>
            </span>
            {onRemove && (
                <ActionIcon variant="subtle" color="gray" onClick={onRemove} aria-label={`Remove ${label}`}>
                    <IconX size={15} />
                </ActionIcon>
            )}
        </div>
    );
}

function ListField({ label, description, error, item, value, path, context, onRemove }: { label: string; description?: string; error?: string; item: JsonSchema; value: readonly unknown[]; path: Step[]; context: Context; onRemove?: () => void }) {
    const form = chooseBranch(item, context.root, value[0]);
    const structured = value.some((one) => typeof one === "object" && one !== null) || (typesOf(form)[0] === "object" && value.length === 0);
    if (!structured) {
        return (
            <div className={`${classes.field} ${classes.wide}`}>
                <Textarea
                    label={label}
                    description={`${description ?? ""} One in a line.`.trim()}
                    error={error}
                    autosize
                    minRows={1}
                    defaultValue={value.map(String).join("\n")}
                    key={value.length === 0 ? "empty" : "some"}
                    onBlur={(event) => {
                        const lines = event.currentTarget.value.split("\n").map((line) => line.trim()).filter(Boolean);
                        if (lines.join("\n") !== value.map(String).join("\n")) context.onChange(path, lines.length > 0 ? lines : undefined);
                    }}
                />
                {onRemove && (
                    <ActionIcon className={classes.remove} variant="subtle" color="gray" size="sm" onClick={onRemove} aria-label={`Remove ${label}`}>
                        <IconX size={14} />
                    </ActionIcon>
                )}
            </div>
        );
    }
    const title = (one: unknown, i: number) => (typeof record(one)["name"] === "string" ? String(record(one)["name"]) : `${i + 1}`);
    return (
        <fieldset className={classes.group}>
            <Legend label={label} description={description} onRemove={onRemove} />
            {value.map((one, i) => (
                <fieldset key={i} className={classes.group}>
                    <div className={classes.legend}>
                        <span>{title(one, i)}</span>
                        <ActionIcon variant="subtle" color="gray" aria-label={`Remove ${title(one, i)}`} onClick={() => context.onChange([...path, i], undefined)}>
                            <IconTrash size={15} />
                        </ActionIcon>
                    </div>
                    {typeof one === "object" && one !== null ? (
                        <ObjectFields schema={chooseBranch(item, context.root, one)} value={record(one)} path={[...path, i]} context={context} />
                    ) : (
                        <TextInput aria-label={`${label} ${i + 1}`} value={String(one)} onChange={(event) => context.onChange([...path, i], event.currentTarget.value)} />
                    )}
                </fieldset>
            ))}
            <div className={`${classes.more} ${classes.wide}`}>
                <Button variant="default" size="compact-sm" leftSection={<IconPlus size={14} />} onClick={() => context.onChange([...path, value.length], form.properties?.["name"] ? { name: "" } : {})}>
                    Add
                </Button>
            </div>
        </fieldset>
    );
}

function MapField({ label, description, value, path, context, onRemove }: { label: string; description?: string; value: Record<string, unknown>; path: Step[]; context: Context; onRemove?: () => void }) {
    const [name, setName] = useState("");
    const [text, setText] = useState("");
    const add = () => {
        if (!name.trim()) return;
        context.onChange([...path, name.trim()], fromText(text));
        setName("");
        setText("");
    };
    return (
        <fieldset className={classes.group}>
            <Legend label={label} description={description} onRemove={onRemove} />
            <div className={classes.rows}>
                {Object.entries(value).map(([key, one]) => (
                    <div key={key} className={classes.pair}>
                        <span className="mono clip" title={key}>
                            {key}
                        </span>
                        <TextInput
                            aria-label={key}
                            error={problemAt(context, [...path, key])}
                            defaultValue={toText(one)}
                            onBlur={(event) => {
                                const next = fromText(event.currentTarget.value);
                                if (JSON.stringify(next) !== JSON.stringify(one)) context.onChange([...path, key], next);
                            }}
                        />
                        <ActionIcon variant="subtle" color="gray" aria-label={`Remove ${key}`} onClick={() => context.onChange([...path, key], undefined)}>
                            <IconX size={15} />
                        </ActionIcon>
                    </div>
                ))}
                <div className={classes.pair}>
                    <TextInput placeholder="name" aria-label={`New name in ${label}`} value={name} onChange={(event) => setName(event.currentTarget.value)} />
                    <TextInput placeholder="value" aria-label={`New value in ${label}`} value={text} onChange={(event) => setText(event.currentTarget.value)} onKeyDown={(event) => event.key === "Enter" && (event.preventDefault(), add())} />
                    <ActionIcon variant="default" size={30} aria-label={`Add to ${label}`} onClick={add} disabled={!name.trim()}>
                        <IconPlus size={15} />
                    </ActionIcon>
                </div>
            </div>
        </fieldset>
    );
}

function toText(value: unknown): string {
    if (typeof value === "string") return fromText(value) === value ? value : JSON.stringify(value);
    return value === undefined || value === null ? "" : JSON.stringify(value);
}

function fromText(text: string): unknown {
    if (text.trim() === "") return "";
    try {
        const value = parseYaml(text) as unknown;
        return value === null || value instanceof Date ? text : value;
    } catch {
        return text;
    }
}

/** Whatever has no form of its own is written as it stands in the document. */
function YamlField({ label, description, error, value, onChange }: { label: string; description?: string; error?: string; value: unknown; onChange: (value: unknown) => void }) {
    const [wrong, setWrong] = useState<string>();
    return (
        <Textarea
            label={label}
            description={description}
            error={wrong ?? error}
            autosize
            minRows={1}
            maxRows={16}
            styles={{ input: { fontFamily: "var(--mantine-font-family-monospace)" } }}
            defaultValue={value === undefined ? "" : stringify(value).trimEnd()}
            onBlur={(event) => {
                try {
                    const next = event.currentTarget.value.trim() === "" ? undefined : (parseYaml(event.currentTarget.value) as unknown);
                    setWrong(undefined);
                    if (JSON.stringify(next) !== JSON.stringify(value)) onChange(next);
                } catch (cause) {
                    setWrong(`This is not YAML: ${(cause as Error).message.split("\n")[0]}`);
                }
            }}
        />
    );
}
