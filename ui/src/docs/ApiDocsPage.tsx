import { Anchor, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { IconSearch } from "@tabler/icons-react";
import { Fragment, useEffect, useState } from "react";
import { useLocation, useSearchParams } from "react-router";
import { api } from "../api/client";
import type { JsonSchema } from "../api/types";
import { PageTitle } from "../app/PageTitle";
import { Copy, Empty } from "../kit/Empty";
import { Loaded } from "../kit/Loaded";
import classes from "./Docs.module.css";
import { curl, type Endpoint, endpoints, exampleOf, type OpenApi, typeText } from "./openapi";

export default function ApiDocsPage() {
    const document = useQuery({ queryKey: ["openapi"], queryFn: () => api.get<OpenApi>("/openapi.json"), staleTime: Infinity });
    return (
        <>
            <PageTitle title="API" actions={<Anchor href="/api/v1/openapi.json" fz="sm">openapi.json</Anchor>} />
            <Loaded of={document} rows={10}>
                {(found) => <Docs document={found} />}
            </Loaded>
        </>
    );
}

function Docs({ document }: { document: OpenApi }) {
    const [params, setParams] = useSearchParams();
    const typed = (params.get("q") ?? "").toLowerCase();
    const schemas = document.components?.schemas ?? {};
    const groups = endpoints(document)
        .map(([name, all]): [string, Endpoint[]] => [name, all.filter((one) => `${one.method} ${one.path} ${one.operation.summary ?? ""}`.toLowerCase().includes(typed))])
        .filter(([, all]) => all.length > 0);
    return (
        <div className={classes.page}>
            <nav className={classes.nav} aria-label="Parts of the API">
                <TextInput
                    size="xs"
                    mb={6}
                    placeholder="Find an endpoint"
                    aria-label="Find an endpoint"
                    leftSection={<IconSearch size={14} />}
                    defaultValue={params.get("q") ?? ""}
                    onChange={(event) => setParams(event.currentTarget.value ? { q: event.currentTarget.value } : {}, { replace: true })}
                    data-table-filter
                />
                {groups.map(([name]) => (
                    <a key={name} href={`#${name}`}>
                        {name}
                    </a>
                ))}
                <a href="#Schemas">Schemas</a>
            </nav>
            <div className={classes.list}>
                <div>
                    Every request says who asks: a script by <span className="mono">Authorization: Bearer TOKEN</span>, a page by its cookie and, when it changes something, <span className="mono">X-Ropewalk-Csrf</span>. What goes wrong is answered as{" "}
                    <span className="mono">application/problem+json</span>. Lists come in pages: give back <span className="mono">next</span> as <span className="mono">cursor</span>.
                </div>
                {groups.length === 0 && <Empty small text="No endpoint has this in its name." />}
                {groups.map(([name, all]) => (
                    <section key={name} className={classes.group}>
                        <h2 id={name}>{name}</h2>
                        {all.map((endpoint) => (
                            <One key={endpoint.id} endpoint={endpoint} schemas={schemas} />
                        ))}
                    </section>
                ))}
                <section className={classes.group}>
                    <h2 id="Schemas">Schemas</h2>
                    {Object.entries(schemas)
                        .sort(([a], [b]) => a.localeCompare(b))
                        .map(([name, schema]) => (
                            <details key={name} id={`schema-${name}`} className={classes.endpoint}>
                                <summary>
                                    <span className={classes.path} style={{ gridColumn: "1 / 3" }}>
                                        {name}
                                    </span>
                                    <span className={classes.what}>{schema.description}</span>
                                </summary>
                                <div className={classes.inside}>
                                    <Properties schema={schema} schemas={schemas} />
                                </div>
                            </details>
                        ))}
                </section>
            </div>
        </div>
    );
}

function One({ endpoint, schemas }: { endpoint: Endpoint; schemas: Record<string, JsonSchema> }) {
    const { operation } = endpoint;
    const { hash } = useLocation();
    const [open, setOpen] = useState(false);
    useEffect(() => {
        if (hash === `#${endpoint.id}`) setOpen(true);
    }, [hash, endpoint.id]);
    const body = operation.requestBody?.content;
    const json = body?.["application/json"]?.schema;
    const example = json ? JSON.stringify(exampleOf(json, schemas)) : undefined;
    return (
        <details className={classes.endpoint} id={endpoint.id} open={open} onToggle={(event) => setOpen(event.currentTarget.open)}>
            <summary>
                <span className={`${classes.method} ${classes[endpoint.method]}`}>{endpoint.method.toUpperCase()}</span>
                <span className={classes.path}>
                    {endpoint.path.split(/(?=\/)/).map((part, i) => (
                        <Fragment key={i}>
                            <wbr />
                            {part.startsWith("/{") ? <>/<i>{part.slice(1)}</i></> : part}
                        </Fragment>
                    ))}
                </span>
                <span className={classes.what}>{operation.summary}</span>
            </summary>
            {open && (
                <div className={classes.inside}>
                    {(operation.description || operation.summary) && <div>{operation.description ?? operation.summary}</div>}
                    {!!operation.parameters?.length && (
                        <div>
                            <h3>Parameters</h3>
                            <table>
                                <tbody>
                                    {operation.parameters.map((parameter) => (
                                        <tr key={`${parameter.in}${parameter.name}`}>
                                            <td className="mono">{parameter.name}</td>
                                            <td className={classes.type}>{typeText(parameter.schema)}</td>
                                            <td className={classes.type}>
                                                {parameter.in}
                                                {parameter.required ? ", required" : ""}
                                            </td>
                                            <td>{parameter.description ?? parameter.schema?.description}</td>
                                        </tr>
                                    ))}
                                </tbody>
                            </table>
                        </div>
                    )}
                    {body && (
                        <div>
                            <h3>Body</h3>
                            {Object.entries(body).map(([type, content]) => (
                                <div key={type}>
                                    <span className={classes.type}>{type}</span>
                                    {content.schema && type === "application/json" && <Properties schema={content.schema} schemas={schemas} />}
                                </div>
                            ))}
                        </div>
                    )}
                    <div>
                        <h3>Answers</h3>
                        <table>
                            <tbody>
                                {Object.entries(operation.responses ?? {}).map(([status, response]) => {
                                    const [type, content] = Object.entries(response.content ?? {})[0] ?? [];
                                    return (
                                        <tr key={status}>
                                            <td className="mono">{status}</td>
                                            <td>
                                                <Type schema={content?.schema} none={type ?? "nothing"} /> {type && type !== "application/json" && content?.schema ? <span className={classes.type}>({type})</span> : null}
                                            </td>
                                            <td>{response.description}</td>
                                        </tr>
                                    );
                                })}
                            </tbody>
                        </table>
                    </div>
                    <div className={classes.curl}>
                        <pre tabIndex={0}>{curl(endpoint, location.origin, example)}</pre>
                        <span>
                            <Copy text={curl(endpoint, location.origin, example)} what="request" />
                        </span>
                    </div>
                </div>
            )}
        </details>
    );
}

function Type({ schema, none = "anything" }: { schema?: JsonSchema; none?: string }) {
    if (!schema) return <span className={classes.type}>{none}</span>;
    const ref = schema.$ref ?? (schema.items?.$ref && schema.items.$ref);
    const text = typeText(schema);
    return ref ? (
        <a className={classes.type} href={`#schema-${ref.slice(ref.lastIndexOf("/") + 1)}`} onClick={(event) => reveal(event.currentTarget.hash)}>
            {text}
        </a>
    ) : (
        <span className={classes.type}>{text}</span>
    );
}

/** A link to a closed part of the page opens it. */
function reveal(hash: string): void {
    const target = document.getElementById(hash.slice(1));
    if (target instanceof HTMLDetailsElement) target.open = true;
}

function Properties({ schema, schemas }: { schema: JsonSchema; schemas: Record<string, JsonSchema> }) {
    const shape = schema.$ref ? schemas[schema.$ref.slice(schema.$ref.lastIndexOf("/") + 1)] : schema;
    const properties = Object.entries(shape?.properties ?? {});
    if (properties.length === 0) return <Type schema={shape} />;
    return (
        <table className={classes.schema}>
            <tbody>
                {properties.map(([name, property]) => (
                    <tr key={name}>
                        <td className="mono">{name}</td>
                        <td>
                            <Type schema={property} />
                        </td>
                        <td className={classes.type}>{shape?.required?.includes(name) ? "always there" : ""}</td>
                        <td>{property.description}</td>
                    </tr>
                ))}
            </tbody>
        </table>
    );
}
