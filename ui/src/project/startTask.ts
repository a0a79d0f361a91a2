type Written = Record<string, unknown>;

/** `NAME=value` lines, as in a shell's file of variables. */
export function parseEnv(text: string): { env: Record<string, string>; wrong?: string } {
    const env: Record<string, string> = {};
    for (const line of text.split("\n")) {
        if (!line.trim() || line.trim().startsWith("#")) continue;
        const match = /^\s*(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)=(.*)$/.exec(line);
        if (!match) return { env, wrong: `"${line.trim()}" is not NAME=value.` };
        env[match[1]!] = match[2]!;
    }
    return { env };
}

function withEnv(role: Written, env: Record<string, string>): Written {
    if (Object.keys(env).length === 0) return role;
    const before = role["env"];
    if (Array.isArray(before)) {
        const kept = (before as { name?: string }[]).filter((one) => !(one.name && one.name in env));
        return { ...role, env: [...kept, ...Object.entries(env).map(([name, value]) => ({ name, value }))] };
    }
    return { ...role, env: { ...(before as Written | undefined), ...env } };
}

/** The task as it stands in the document, with other numbers of replicas and more variables. */
export function changedTask(task: unknown, replicas: Record<string, number>, env: Record<string, string>): unknown {
    const written = task as Written;
    const roles = written["roles"];
    if (Array.isArray(roles)) {
        return { ...written, roles: (roles as Written[]).map((role) => withEnv({ ...role, replicas: replicas[String(role["name"])] ?? role["replicas"] }, env)) };
    }
    const only = Object.values(replicas)[0];
    return withEnv({ ...written, ...(only === undefined ? {} : { replicas: only }) }, env);
}
