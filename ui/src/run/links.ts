export function runLink(run: { id: string } | string, tab?: string): string {
    const id = typeof run === "string" ? run : run.id;
    return `/runs/${encodeURIComponent(id)}${tab ? `/${tab}` : ""}`;
}

export function projectLink(workspace: string, project: string, tab?: string, item?: string): string {
    const base = `/w/${encodeURIComponent(workspace)}/projects/${encodeURIComponent(project)}`;
    return base + (tab ? `/${tab}` : "") + (tab && item ? `/${encodeURIComponent(item)}` : "");
}
