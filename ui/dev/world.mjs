// What the stand-in pretends to hold. Everything is computed from numbers, so that every picture is the same.
const HOUR = 3_600_000;
const DAY = 24 * HOUR;

function random(seed) {
    let state = seed >>> 0;
    return () => {
        state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
        return state / 2 ** 32;
    };
}

const id = (kind, n) => `019ac${kind}f1-4d2a-7c3e-9b1f-${String(n).padStart(12, "0")}`;

const DIGITS = `kind: Project
name: digits
title: Handwritten digits
summary: |
  # Handwritten digits

  A small convolutional network that reads digits, trained on **two workers** with a parameter server.

  | model | accuracy | parameters |
  |---|---|---|
  | linear | 0.921 | 7,850 |
  | two layers | 0.983 | 101,770 |
  | convolutional | **0.994** | 1,199,882 |

  ## How to go on

  1. Change \`lr\` or \`width\` under *Tasks* and start \`train\`.
  2. Lay the runs on top of each other under *Metrics*.
  3. The best checkpoint is in the run's *Files*.

  \`\`\`sh
  ./ropewalk run digits/train -p lr=0.003
  \`\`\`
labels:
  team: vision
  stage: trial
sources:
  - name: code
    upload: {}
    library: true
  - name: data
    git: {repository: https://git.example.org/team/digits-data.git, revision: main}
    readOnly: true
  - name: scratch
    hostPath: {path: /srv/scratch}
tasks:
  # The main one: two workers and a server of parameters.
  - name: train
    title: Train the network
    parameters:
      lr: 0.003
      width: 64
      epochs: 12
      optimizer: adam
    timeout: 2h
    roles:
      - name: worker
        replicas: 2
        workDir: $CODE_DIR
        command: python train.py --lr {{ .lr }} --width {{ .width }} --epochs {{ .epochs }}
        restarts: 2
        env: {OMP_NUM_THREADS: 1}
        resources: {cpu: 500m, memory: 512Mi}
      - name: server
        permanent: true
        command: python server.py
        port: 2222
        resources: {cpu: 250m, memory: 256Mi}
  - name: evaluate
    title: Measure a checkpoint on the test set
    parameters: {checkpoint: best}
    workDir: $CODE_DIR
    command: python evaluate.py --checkpoint {{ .checkpoint }}
    resources: {cpu: 1, memory: 1Gi}
  - name: download
    type: init
    command: python download.py --to $DATA_DIR
`;

const NORMAL = {
    kind: "Project",
    name: "digits",
    title: "Handwritten digits",
    summary: /summary: \|\n([\s\S]*?)\nlabels/.exec(DIGITS)[1].replaceAll(/^ {2}/gm, "") + "\n",
    labels: { team: "vision", stage: "trial" },
    defaultMountPath: "/notebooks",
    readOnly: false,
    sources: [
        { name: "code", kind: "upload", settings: {}, readOnly: false, library: true },
        { name: "data", kind: "git", settings: { repository: "https://git.example.org/team/digits-data.git", revision: "main" }, readOnly: true, library: false },
        { name: "scratch", kind: "hostPath", settings: { path: "/srv/scratch" }, readOnly: false, library: false },
    ],
    packages: [],
    tasks: [
        {
            name: "train",
            type: "general",
            title: "Train the network",
            parameters: { lr: 0.003, width: 64, epochs: 12, optimizer: "adam" },
            timeout: 7200,
            roles: [
                { name: "worker", replicas: 2, command: "python train.py --lr {{ .lr }} --width {{ .width }} --epochs {{ .epochs }}", args: "", workDir: "$CODE_DIR", env: [{ name: "OMP_NUM_THREADS", value: "1" }], permanent: false, restarts: 2, resources: { milliCpu: 500, memoryBytes: 512 * 2 ** 20 }, limits: {}, images: {}, mountAll: true, mounts: [] },
                { name: "server", replicas: 1, command: "python server.py", args: "", workDir: "", env: [], port: 2222, permanent: true, restarts: 0, resources: { milliCpu: 250, memoryBytes: 256 * 2 ** 20 }, limits: {}, images: {}, mountAll: true, mounts: [] },
            ],
            pins: {},
        },
        { name: "evaluate", type: "general", title: "Measure a checkpoint on the test set", parameters: { checkpoint: "best" }, roles: [{ name: "evaluate", replicas: 1, command: "python evaluate.py --checkpoint {{ .checkpoint }}", args: "", workDir: "$CODE_DIR", env: [], permanent: false, restarts: 0, resources: { milliCpu: 1000, memoryBytes: 2 ** 30 }, limits: {}, images: {}, mountAll: true, mounts: [] }], pins: {} },
        { name: "download", type: "init", parameters: {}, roles: [{ name: "download", replicas: 1, command: "python download.py --to $DATA_DIR", args: "", workDir: "", env: [], permanent: false, restarts: 0, resources: {}, limits: {}, images: {}, mountAll: true, mounts: [] }], pins: {} },
    ],
};

function schemaOf() {
    const text = { type: ["string", "number", "boolean"] };
    const role = {
        replicas: { type: "integer", minimum: 0, maximum: 10000, description: "How many processes to start; 1 if not given." },
        command: { anyOf: [text, { type: "array", items: text }], description: "What each replica runs: shell text, or a list of words that no shell touches. `{{ .lr }}` stands for a parameter." },
        workDir: { ...text, description: "The directory to run in, such as `$CODE_DIR`; else the project's mount path." },
        env: { anyOf: [{ type: "object", additionalProperties: text }, { type: "array", items: { type: "object", properties: { name: text, value: text }, required: ["name"] } }], description: "Environment variables, as a mapping or as a list of `name` and `value`." },
        port: { type: "integer", minimum: 1, maximum: 65535, description: "The port that the program listens on; it finds it in `PORT`." },
        permanent: { type: "boolean", description: "Whether the role only serves the others." },
        restarts: { type: "integer", minimum: 0, maximum: 1000, description: "How often a failed replica is started again." },
        resources: { type: "object", description: "What each replica asks for.", properties: { cpu: { type: ["string", "number"], description: "Processors: `500m` is half of one." }, memory: { type: ["string", "number"], description: "Memory, such as `2Gi`." }, gpu: { type: "integer", description: "Whole GPUs." } } },
        nodes: { ...text, description: "A label of the machines to run on." },
    };
    return {
        type: "object",
        title: "Project",
        properties: {
            kind: { enum: ["Project"], description: "What this document is." },
            name: { type: "string", description: "The project's name in its workspace." },
            title: { ...text, description: "A name for people." },
            summary: { ...text, description: "What this is about, in Markdown." },
            labels: { type: "object", additionalProperties: text, description: "Words to find it by." },
            sources: {
                type: "array",
                description: "Where files come from or go to.",
                items: { type: "object", required: ["name"], properties: { name: { type: "string", description: "The source's name." }, mountPath: { ...text, description: "Where it appears." }, readOnly: { type: "boolean", description: "Whether it may only be read." }, library: { type: "boolean", description: "Whether Python programs find modules in it." }, upload: { type: ["object", "null"], properties: {} }, git: { type: "object", required: ["repository"], properties: { repository: { type: "string", description: "Its address." }, revision: { type: "string", description: "A branch, tag or commit." }, access_token: { type: "string", writeOnly: true, description: "A token that may read it." } } }, hostPath: { type: "object", required: ["path"], properties: { path: { type: "string", description: "A directory of the machine." } } } } },
            },
            tasks: {
                type: "array",
                description: "What can be run.",
                items: {
                    type: "object",
                    required: ["name"],
                    properties: {
                        name: { type: "string", description: "The task's name, such as `train`." },
                        type: { enum: ["general", "init", "export"], description: "When it is run." },
                        title: { ...text, description: "A name for people." },
                        parameters: { type: "object", additionalProperties: {}, description: "Values that a run may change, with their defaults." },
                        timeout: { type: ["string", "integer"], description: "How long a run may take, such as `2h`." },
                        roles: { type: "array", description: "The groups of processes that are started together.", items: { type: "object", required: ["name"], properties: { name: { type: "string", description: "The role's name, such as `worker`." }, ...role } } },
                        ...role,
                    },
                },
            },
        },
        required: ["name"],
    };
}

export function makeWorld(empty) {
    const now = Date.now();
    const iso = (time) => new Date(time).toISOString();
    const runs = [];
    const names = [
        ["digits", "Handwritten digits"],
        ["speech-commands", "Thirty-five words, one second each"],
        ["churn", "Who will leave next month"],
        ["segmentation", "Roads from above"],
        ["default", undefined],
    ];
    const make = (project, number, task, state, started, length, more = {}) => {
        const next = random(number * 7919 + project.length);
        const lr = [0.0003, 0.001, 0.003, 0.01, 0.03][number % 5];
        const width = [32, 64, 128][number % 3];
        const active = ["queued", "starting", "running", "ending"].includes(state);
        const began = state === "queued" ? undefined : started + 4200;
        const ended = active ? undefined : started + 4200 + length;
        const replicaState = state === "running" ? "running" : state === "succeeded" ? "succeeded" : state === "failed" ? "failed" : state === "stopped" ? "stopped" : "waiting";
        const timeline = [{ phase: "queued", startedAt: iso(started), endedAt: state === "queued" ? undefined : iso(started + 900) }];
        if (began) timeline.push({ phase: "preparing", startedAt: iso(started + 900), endedAt: iso(started + 3300) }, { phase: "starting", startedAt: iso(started + 3300), endedAt: iso(began) }, { phase: "running", startedAt: iso(began), endedAt: ended && iso(ended - 800) });
        if (ended) timeline.push({ phase: "ending", startedAt: iso(ended - 800), endedAt: iso(ended) });
        const run = {
            id: id("a", runs.length + 1),
            number,
            name: `${task}-${number}`,
            project,
            workspace: "default",
            task,
            experiment: number % 4 === 0 ? "wider" : "master",
            kind: "launched",
            state,
            author: "owner",
            comment: more.comment ?? (number % 3 === 0 ? `lr ${lr}, width ${width}` : undefined),
            parameters: { lr, width, epochs: 12, optimizer: number % 2 ? "adam" : "sgd" },
            createdAt: iso(started),
            startedAt: began && iso(began),
            endedAt: ended && iso(ended),
            metrics: {},
            revision: id("b", 4),
            replicas:
                task === "train"
                    ? [
                          { role: "worker", index: 0, name: "worker-0", attempt: more.attempt ?? 1, attempts: more.attempt ?? 1, state: replicaState, permanent: false, address: "127.20.0.2", host: "node-1", exitCode: state === "succeeded" ? 0 : state === "failed" ? 1 : undefined, reason: undefined, startedAt: began && iso(began), endedAt: ended && iso(ended) },
                          { role: "worker", index: 1, name: "worker-1", attempt: 1, attempts: 1, state: state === "failed" ? "stopped" : replicaState, permanent: false, address: "127.20.0.3", host: "node-1", exitCode: state === "succeeded" ? 0 : undefined, startedAt: began && iso(began + 120), endedAt: ended && iso(ended) },
                          { role: "server", index: 0, name: "server-0", attempt: 1, attempts: 1, state: active ? replicaState : "stopped", permanent: true, address: "127.20.0.4", host: "node-1", startedAt: began && iso(began + 80), endedAt: ended && iso(ended) },
                      ]
                    : [{ role: task, index: 0, name: `${task}-0`, attempt: 1, attempts: 1, state: replicaState, permanent: false, address: "127.20.0.2", host: "node-1", exitCode: state === "succeeded" ? 0 : undefined, startedAt: began && iso(began), endedAt: ended && iso(ended) }],
            timeline,
            pins: [
                { source: "code", kind: "upload", revision: "sha256:5f0c1d2e3a4b5c6d7e8f", description: "14 files" },
                { source: "data", kind: "git", revision: "9fceb02d0ae598e95dc970b74767f19372d61af8", description: "main" },
            ],
            info: state === "succeeded" ? { accuracy: 0.9 + next() * 0.09, checkpoint: "checkpoints/best.pt", device: "cpu" } : {},
            outputs: { files: began ? 9 : 0, bytes: began ? 48_318_112 : 0 },
            ...more,
        };
        for (const name of ["accuracy", "loss", "val/loss"]) {
            const series = points(run, name);
            if (series.length) run.metrics[name] = series[series.length - 1][2];
        }
        runs.push(run);
        return run;
    };

    function points(run, name) {
        if (!run.startedAt || !["train", "fit"].includes(run.task)) return [];
        const began = Date.parse(run.startedAt);
        const until = run.endedAt ? Date.parse(run.endedAt) : Date.now();
        const count = Math.min(3000, Math.max(2, Math.floor((until - began) / 400)));
        const next = random(run.number * 31 + name.length * 101);
        const speed = 0.4 + Number(run.parameters.lr) * 60;
        return Array.from({ length: count }, (_, i) => {
            const x = (i / 600) * Math.min(speed, 2.2);
            const noise = (next() - 0.5) * 0.22 * Math.exp(-x * 0.5);
            const loss = 2.3 * Math.exp(-x) + 0.06 + Math.abs(noise) + (run.parameters.lr > 0.02 ? 0.25 + 0.1 * Math.sin(i / 40) : 0);
            const value = name === "loss" ? loss : name === "val/loss" ? loss * 1.08 + 0.02 + next() * 0.03 : name === "accuracy" || name === "val/accuracy" ? Math.min(0.997, 1 - loss / 2.6 - next() * 0.01) : name === "lr" ? Number(run.parameters.lr) * 0.5 * (1 + Math.cos((Math.PI * i) / 3000)) : name === "cpu" ? 92 + next() * 14 : 380 + next() * 12 + i / 30;
            return [i, began + i * 400, Number(value.toFixed(5))];
        });
    }

    /** What the replicas use: a step each ten seconds at least, and no more than some hundred. */
    function use(run) {
        if (!run.startedAt || run.kind === "tracked") return { metrics: [], start: now, end: now };
        const start = Date.parse(run.startedAt);
        const end = run.endedAt ? Date.parse(run.endedAt) : Date.now();
        const step = Math.max(10_000, Math.ceil((end - start) / 400 / 10_000) * 10_000);
        const next = random(run.number * 17 + 5);
        const metric = (name, unit, labels, level, sway) => {
            const values = Array.from({ length: Math.max(1, Math.floor((end - start) / step)) }, (_, i) => ({ ts: start + i * step, value: Number((level * (1 - Math.exp(-i - 0.7)) + sway * (next() - 0.5)).toFixed(2)) }));
            return { name, unit, labels, peak: Math.max(...values.map((one) => one.value)), values };
        };
        const metrics = run.replicas.flatMap(({ name, role }, i) => [
            metric("cpu", "%", { replica: name }, role === "server" ? 12 : 94, 14),
            metric("memory", "MB", { replica: name }, role === "server" ? 210 : 780 + 40 * i, 20),
            ...(run.project === "speech-commands" && role === "worker" ? [metric("gpu", "%", { replica: name, device: String(i) }, 81, 22), metric("gpu_memory", "MB", { replica: name, device: String(i) }, 31_000, 200), metric("gpu_power", "W", { replica: name, device: String(i) }, 405, 60), metric("gpu_temperature", "C", { replica: name, device: String(i) }, 61, 3)] : []),
            metric("disk_read", "B/s", { replica: name }, 2.1e6, 1.9e6),
            metric("disk_write", "B/s", { replica: name }, 4.2e5, 4e5),
        ]);
        return { metrics: [{ component_name: run.name, component_type: "task", metrics }], start, end };
    }

    function serverUse() {
        const sum = (amounts) => amounts.reduce((all, one) => (Object.entries(one).forEach(([name, value]) => (all[name] = name === "gpu_temperature" ? Math.max(all[name] ?? 0, value) : (all[name] ?? 0) + value)), all), {});
        const at = runs
            .filter((run) => run.state === "running")
            .map((run) => {
                const metrics = use(run).metrics.flatMap((component) => component.metrics);
                return { id: run.id, name: run.name, project: run.project, workspace: run.workspace, replicas: run.replicas.length, use: sum(metrics.map((one) => ({ [one.name]: one.values[one.values.length - 1].value }))) };
            });
        return { total: sum(at.map((one) => one.use)), runs: at };
    }

    if (!empty) {
        make("digits", 31, "train", "running", now - 4 * 60_000, 0, { attempt: 2 });
        make("speech-commands", 12, "train", "running", now - 52 * 60_000, 0);
        make("digits", 32, "train", "queued", now - 20_000, 0, { reason: "2 of 2 CPUs are in use; this run asks for 1.25" });
        make("digits", 30, "evaluate", "succeeded", now - 0.6 * HOUR, 41_000);
        make("digits", 29, "train", "failed", now - 1.4 * HOUR, 93_000, { cause: "user-exit", reason: "worker-0 ended with exit code 1 after 3 attempts." });
        const states = ["succeeded", "succeeded", "succeeded", "failed", "succeeded", "stopped"];
        for (let n = 28; n >= 1; n--) make("digits", n, n % 5 === 0 ? "evaluate" : "train", states[n % states.length], now - (30 - n) * 2.7 * HOUR, 200_000 + n * 31_000, states[n % states.length] === "failed" ? { cause: n % 2 ? "out-of-memory" : "user-exit", reason: n % 2 ? "worker-0 used more than its 512 MiB of memory." : "worker-0 ended with exit code 1." } : {});
        for (let n = 11; n >= 1; n--) make("speech-commands", n, "train", states[(n + 2) % states.length], now - (14 - n) * 9 * HOUR, 1_900_000 + n * 70_000);
        for (let n = 6; n >= 1; n--) make("churn", n, "fit", "succeeded", now - n * DAY, 14_000 + n * 900, { kind: n === 2 ? "tracked" : "launched" });
        // It was noted from outside, and its client has fallen silent.
        make("churn", 7, "fit", "running", now - 2 * HOUR, 0, { kind: "tracked", replicas: [], pins: [], comment: "on the laptop", silentSince: iso(now - 23 * 60_000) });
        make("segmentation", 1, "train", "stopped", now - 3 * DAY, 5_400_000);
        runs.sort((a, b) => Date.parse(b.createdAt) - Date.parse(a.createdAt));
    }

    const documents = {};
    const revisions = [
        ["Change train: a little more width", "master", 6, 5, 3 * HOUR, ["master"], DIGITS],
        ["Try a wider network", "wider", 5, 4, 9 * HOUR, ["wider"], DIGITS.replace("width: 64", "width: 256").replace("epochs: 12", "epochs: 24")],
        ["Execute task train", "master", 4, 3, 26 * HOUR, [], DIGITS.replace("width: 64", "width: 48")],
        ["Give workers two restarts", "master", 3, 2, 2 * DAY, [], DIGITS.replace("width: 64", "width: 48").replace("timeout: 2h", "timeout: 1h")],
        ["Add the parameter server", "master", 2, 1, 4 * DAY, [], DIGITS.replace("width: 64", "width: 48").replace("        restarts: 2\n", "").replace("timeout: 2h", "timeout: 1h")],
        ["Begin", "master", 1, 0, 6 * DAY, [], DIGITS.replace(/ {6}- name: server[\s\S]*?256Mi\}\n/, "").replace("width: 64", "width: 32").replace("        restarts: 2\n", "")],
    ].map(([comment, experiment, n, parent, age, heads, text]) => {
        const revision = { id: id("b", n), parent: n === 6 ? id("b", 4) : n === 5 ? id("b", 3) : parent ? id("b", parent) : undefined, experiment, author: "owner", comment, createdAt: iso(now - age), documentHash: `${n}`.repeat(64), heads };
        documents[revision.id] = text;
        return revision;
    });
    const experiments = (list) => list.map(([name, head]) => ({ name, head, createdAt: iso(now - 6 * DAY), updatedAt: iso(now - 3 * HOUR) }));
    const snapshots = [3 * HOUR, 2 * DAY, 6 * DAY].map((age, i) => ({ id: id("d", i + 1), source: "code", files: 14 - i, bytes: 182_330 - i * 4000, createdAt: iso(now - age), createdBy: "owner", origin: i === 0 ? { commit: "9fceb02d0ae598e95dc970b74767f19372d61af8", branch: "main", remote: "https://git.example.org/team/digits.git", dirty: true } : {} }));
    const projects = empty
        ? []
        : names.map(([name, title], i) => ({
              name,
              text: name === "digits" ? DIGITS : DIGITS.replace("name: digits", `name: ${name}`).replace("Handwritten digits", title ?? name),
              normal: { ...NORMAL, name, title, summary: name === "digits" ? NORMAL.summary : undefined, tasks: name === "default" ? [] : NORMAL.tasks },
              warnings: [],
              documents,
              revisions: name === "digits" ? revisions : revisions.slice(-1),
              project: { id: id("c", i + 1), name, workspace: "default", title, summary: name === "digits" ? NORMAL.summary : undefined, experiments: experiments(name === "digits" ? [["master", id("b", 6)], ["wider", id("b", 5)]] : [["master", id("b", 1)]]), createdAt: iso(now - (6 + i) * DAY), createdBy: "owner", updatedAt: iso(now - (3 + 20 * i) * HOUR) },
              sources: [
                  { name: "code", kind: "upload", settings: {}, mountPath: "/notebooks/code", readOnly: false, description: "Files that were uploaded", latest: snapshots[0] },
                  { name: "data", kind: "git", settings: { repository: "https://git.example.org/team/digits-data.git", revision: "main" }, mountPath: "/notebooks/data", readOnly: true, description: "https://git.example.org/team/digits-data.git at main" },
                  { name: "scratch", kind: "hostPath", settings: { path: "/srv/scratch" }, mountPath: "/notebooks/scratch", readOnly: false, description: "/srv/scratch on this machine" },
              ],
          }));

    const SUMMARY = ["id", "number", "name", "project", "workspace", "task", "experiment", "kind", "state", "cause", "reason", "author", "comment", "parameters", "createdAt", "startedAt", "endedAt", "parentRun", "silentSince", "metrics"];
    const runSummary = (run) => Object.fromEntries(SUMMARY.filter((key) => run[key] !== undefined).map((key) => [key, run[key]]));

    function logNames(run) {
        return ["master", ...run.replicas.map((one) => one.name)];
    }
    const cache = new Map();
    function logLines(run, name) {
        const key = `${run.id}/${name}`;
        if (!cache.has(key)) {
            const lines = [];
            let offset = 0;
            const add = (text) => {
                lines.push({ offset, text });
                offset += Buffer.byteLength(text) + 1;
            };
            if (name === "master") {
                add("Queued.");
                if (run.startedAt) ["Pinned code at 5f0c1d2e3 and data at 9fceb02d0.", "Environment python 3.12 with 14 packages: taken from the cache.", `Starting ${run.replicas.length} replicas on local.`, "All replicas run."].forEach(add);
                if (run.endedAt) add(`Ended: ${run.state}.`);
            } else if (run.startedAt) {
                add("\u001b[1mLoading data\u001b[0m from /notebooks/data");
                add("  60000 training images, 10000 test images");
                add("\u001b[33mwarning:\u001b[0m no accelerator was found; training on \u001b[36mcpu\u001b[0m");
                points(run, "loss").forEach(([step, , value], i) => {
                    if (i % 5 === 0) add(`{"step": ${step}, "loss": ${value}}`);
                    if (i % 60 === 0) add(`\u001b[2m${iso(Date.parse(run.startedAt) + i * 400).slice(11, 19)}\u001b[0m \u001b[32mepoch ${Math.floor(i / 250) + 1}/12\u001b[0m step ${step} loss \u001b[1m${value.toFixed(4)}\u001b[0m ${(900 + (i % 37)).toFixed(0)} images/s`);
                });
                if (run.state === "failed") {
                    add("Traceback (most recent call last):");
                    add('  File "/notebooks/code/train.py", line 88, in <module>');
                    add("    main(parse())");
                    add('  File "/notebooks/code/train.py", line 61, in step');
                    add("    loss.backward()");
                    add("\u001b[31mRuntimeError: loss is nan at step 231\u001b[0m");
                }
                if (run.state === "succeeded") add("\u001b[32mDone.\u001b[0m Best accuracy 0.9911 at step 2750");
            }
            cache.set(key, lines);
        }
        return cache.get(key);
    }
    const merged = (run) => {
        const all = logNames(run).map((name) => logLines(run, name).map((line) => ({ ...line, log: name })));
        const most = Math.max(...all.map((one) => one.length));
        return Array.from({ length: most }, (_, i) => all.flatMap((one) => (one[i] ? [one[i]] : []))).flat();
    };
    const timed = (run, lines, query) => {
        if (query.get("times") !== "true" || !run.startedAt) return lines;
        const began = Date.parse(run.startedAt);
        const took = (run.endedAt ? Date.parse(run.endedAt) : Date.now()) - began;
        return lines.map((line, i) => ({ ...line, at: iso(began + (took * i) / lines.length) }));
    };
    const size = (lines) => (lines.length ? lines[lines.length - 1].offset + Buffer.byteLength(lines[lines.length - 1].text) + 1 : 0);

    const told = (n, kind, run, title, text, ago, read) => ({ id: id("e", n), kind, title: `${run.name} of ${run.project} ${title}`, text, run: run.id, runName: run.name, workspace: "default", project: run.project, createdAt: iso(now - ago), read });
    const one = (project, number) => runs.find((run) => run.project === project && run.number === number);
    const notices = empty
        ? { list: [], rules: [{ id: id("f", 1), about: "mine", on: "failed", words: "fails", channels: [], createdAt: iso(now - DAY) }], channels: { channels: [], mail: false, mailRemedy: "This server has no machine to hand e-mail to. Whoever runs it sets 'notices: {mail: {host: …, from: …}}' in ropewalk.yaml and starts it again." }, deliveries: [] }
        : {
              list: [
                  told(9, "silent", one("churn", 7), "is silent", "it has written neither a line nor a number since 2026-01-01T09:37:00Z", 13 * 60_000, false),
                  told(8, "failed", one("digits", 29), "has failed", "worker-0 ended with exit code 1 after 3 attempts.", 1.4 * HOUR, false),
                  told(7, "number", one("speech-commands", 12), "has grad/norm > 1000", "grad/norm has reached 4816.2", 2 * HOUR, false),
                  told(6, "succeeded", one("digits", 28), "has succeeded", "", 5 * HOUR, true),
                  told(5, "failed", one("digits", 27), "has failed", "worker-1 used more memory than its limit; give the role more with 'limits: {memory: …}'; train-28 tries it again", 9 * HOUR, true),
                  told(4, "stopped", one("digits", 23), "was stopped", "by owner", 21 * HOUR, true),
              ],
              rules: [
                  { id: id("f", 1), about: "mine", on: "failed", words: "fails", channels: [id("c", 1)], createdAt: iso(now - 3 * DAY) },
                  { id: id("f", 2), about: "project", workspace: "default", project: "speech-commands", on: "number", metric: "grad/norm", is: "above", value: 1000, words: "has grad/norm > 1000", channels: [id("c", 1), id("c", 2)], createdAt: iso(now - 2 * DAY) },
                  { id: id("f", 3), about: "mine", on: "silent", minutes: 10, words: "is silent for 10 minutes", channels: [], createdAt: iso(now - DAY) },
                  { id: id("f", 4), about: "run", workspace: "default", project: "digits", run: one("digits", 31).id, runName: "train-31", on: "ended", words: "ends", channels: [], createdAt: iso(now - 3 * 60_000) },
              ],
              channels: {
                  mail: true,
                  channels: [
                      { id: id("c", 1), kind: "webhook", name: "chat", target: "https://chat.example.org/hooks/5f0c1d2e3a4b5c6d7e8f-training-runs", createdAt: iso(now - 3 * DAY), latest: { id: "msg_1", title: "train-29 of digits has failed", state: "delivered", createdAt: iso(now - 1.4 * HOUR), attempts: [] } },
                      { id: id("c", 2), kind: "email", name: "me@example.org", target: "me@example.org", createdAt: iso(now - 2 * DAY), latest: { id: "msg_2", title: "train-12 of speech-commands has grad/norm > 1000", state: "dead", createdAt: iso(now - 2 * HOUR), attempts: [] } },
                  ],
              },
              deliveries: [
                  { id: "msg_4", title: "A test from Ropewalk", state: "waiting", createdAt: iso(now - 12_000), dueAt: iso(now + 18_000), attempts: [{ at: iso(now - 12_000), problem: "It answered 503: Service Unavailable", millis: 120 }] },
                  { id: "msg_1", title: "train-29 of digits has failed", state: "delivered", createdAt: iso(now - 1.4 * HOUR), attempts: [{ at: iso(now - 1.4 * HOUR), millis: 84 }] },
                  { id: "msg_0", title: "train-27 of digits has failed", state: "dead", createdAt: iso(now - 9 * HOUR), attempts: Array.from({ length: 8 }, () => ({ at: iso(now - 9 * HOUR), problem: "'chat.example.org' does not answer: connection refused.", millis: 12 })) },
              ],
          };

    const idle = { state: "none", doing: "", bytes: 0, total: 0, problems: [] };
    const backups = empty
        ? { keep: 7, job: idle }
        : { directory: "/mnt/backup", every: "1d", keep: 7, nextAt: iso(now + 17 * HOUR), latest: { directory: "/mnt/backup", name: "20260301-020000-000", madeAt: iso(now - 7 * HOUR), files: 18_204, bytes: 5_812_400_128, copied: 48_318_112, problems: 0, present: true }, job: idle };
    // What stands in for a backup takes three seconds.
    let begun;
    const BACKUP_MILLIS = 3000;
    const world = {
        notices,
        backUp: () => {
            begun = Date.now();
            return world.backups().job;
        },
        backups: () => {
            const gone = begun === undefined ? undefined : Date.now() - begun;
            if (gone === undefined) return backups;
            const size = backups.latest.bytes;
            if (gone < BACKUP_MILLIS) return { ...backups, job: { ...idle, state: "going", doing: "copying files", bytes: Math.round((size * gone) / BACKUP_MILLIS), total: size, startedAt: iso(begun) } };
            return { ...backups, latest: { ...backups.latest, madeAt: iso(begun), copied: 1_204_224 }, job: { ...idle, state: "done", startedAt: iso(begun), endedAt: iso(begun + BACKUP_MILLIS) } };
        },
        me: { name: "owner", kind: "owner", csrf: "standin-csrf", workspaces: [{ name: "default" }] },
        use,
        serverUse,
        server: () => ({ version: "0.1.0", startedAt: iso(now - 3 * DAY), dataDirectory: "/var/lib/ropewalk", database: "sqlite", executors: [{ name: "local", isolation: "Processes in their own mount and network namespaces; data directory hidden", capacity: { milliCpu: 2000, memoryBytes: 25_200_000_000, gpus: 0 }, inUse: empty ? { milliCpu: 0, memoryBytes: 0, gpus: 0 } : { milliCpu: 1750, memoryBytes: 2_684_354_560, gpus: 0 } }], queued: runs.filter((run) => run.state === "queued").length, running: runs.filter((run) => run.state === "running").length }),
        projects,
        runs,
        runSummary,
        points,
        summary: (one) => {
            const own = runs.filter((run) => run.project === one.name);
            return { id: one.project.id, name: one.name, workspace: "default", title: one.project.title, updatedAt: one.project.updatedAt, updatedBy: "owner", runs: { total: own.length, active: own.filter((run) => !run.endedAt).length, failed: own.filter((run) => run.state === "failed").length }, lastRun: own[0] && runSummary(own[0]) };
        },
        schema: schemaOf(),
        sourceTypes: [
            { kind: "upload", description: "Files sent from a browser or the command line", schema: { type: "object", properties: {} } },
            { kind: "git", description: "A git repository, taken at a commit", schema: schemaOf().properties.sources.items.properties.git },
            { kind: "hostPath", description: "A directory of the machine that runs the replicas", schema: schemaOf().properties.sources.items.properties.hostPath },
        ],
        check: (text) => {
            const problems = [];
            text.split("\n").forEach((line, i) => {
                const match = /^(\s*)(comand|comands|replica):/.exec(line);
                if (match) problems.push({ severity: "error", line: i + 1, column: match[1].length + 1, path: `tasks[0].${match[2]}`, message: `A task has no key '${match[2]}'.`, remedy: `Did you mean '${match[2] === "replica" ? "replicas" : "command"}'?` });
            });
            return { problems, normal: NORMAL };
        },
        snapshots,
        sourceFiles: (path) => (path === "" ? { path, truncated: false, entries: [{ name: "models", directory: true }, { name: "train.py", directory: false, bytes: 4120, modifiedAt: iso(now - 4 * HOUR) }, { name: "server.py", directory: false, bytes: 1890, modifiedAt: iso(now - 4 * DAY) }, { name: "evaluate.py", directory: false, bytes: 2240, modifiedAt: iso(now - 4 * DAY) }, { name: "requirements.txt", directory: false, bytes: 61, modifiedAt: iso(now - 6 * DAY) }] } : { path, truncated: false, entries: [{ name: "conv.py", directory: false, bytes: 3011, modifiedAt: iso(now - 4 * DAY) }] }),
        events: (run) => {
            const at = Date.parse(run.createdAt);
            const event = (type, reason, message, component, count, from, to) => ({ type, reason, message, component, host: "node-1", count, firstSeenAt: iso(at + from), lastSeenAt: iso(at + to) });
            const all = [event("normal", "Queued", "Waits for 1.25 CPU and 1.2 GiB of memory.", "scheduler", 1, 0, 0)];
            if (run.state === "queued") all.push(event("warning", "InsufficientResources", "2 of 2 CPUs are in use; this run asks for 1.25.", "scheduler", 4, 1000, 19_000));
            if (run.startedAt) {
                all.push(event("normal", "SourcePinned", "data is taken at 9fceb02d0 (main).", "sources", 1, 1100, 1100), event("warning", "SourceStaged", "scratch cannot be mounted here: its files are copied in and out.", "sources", 1, 1500, 1500), event("normal", "Started", "Replicas worker-0, worker-1, server-0 run.", "local", 1, 4200, 4200));
                if (run.replicas[0].attempts > 1 || run.state === "failed") all.push(event("warning", "ReplicaFailed", "worker-0 ended with exit code 1; it is started again.", "local", 2, 60_000, 88_000));
            }
            return all;
        },
        specification: (run) => ({ definition: "name: train\nparameters:\n  lr: 0.003\n  width: 64\n  epochs: 12\n  optimizer: adam\ntimeout: 2h\nroles:\n  - name: worker\n    replicas: 2\n    workDir: $CODE_DIR\n    command: python train.py --lr 0.003 --width 64 --epochs 12\n    restarts: 2\n  - name: server\n    permanent: true\n    command: python server.py\n    port: 2222\n", document: documents[id("b", 4)], revision: run.revision, pins: { code: "sha256:5f0c1d2e3a4b5c6d7e8f", data: "9fceb02d0ae598e95dc970b74767f19372d61af8" }, parameters: run.parameters, environment: { BUILD_ID: String(run.number), CODE_DIR: "/notebooks/code", DATA_DIR: "/notebooks/data", GPU_COUNT: "0", PORT: "2222", PROJECT_NAME: run.project, REPLICA_INDEX: "0", ROPEWALK_TOKEN: "********", TASK_NAME: run.task, WORKER_HOSTS: "127.20.0.2,127.20.0.3", WORKER_NODES: "127.20.0.2:2222,127.20.0.3:2222", WORKSPACE_NAME: "default" } }),
        logs: (run) => logNames(run).map((name) => ({ name, attempt: 1, attempts: name === "worker-0" && run.replicas[0].attempts > 1 ? [1, 2] : [1], bytes: size(logLines(run, name)), complete: !!run.endedAt })),
        logLines,
        tail: (run, name, query, emit, end) => {
            const lines = timed(run, name === "all" ? merged(run) : logLines(run, name), query);
            const from = Number(query.get("offset")) || 0;
            const rest = name === "all" || from < 0 ? lines : lines.filter((line) => line.offset >= from);
            for (let i = 0; i < rest.length; i += 500) emit("lines", { lines: rest.slice(i, i + 500), next: name === "all" ? `x=${i}` : size(lines) });
            if (run.endedAt) {
                emit("end", {});
                end();
                return undefined;
            }
            if (name === "master") return undefined;
            let at = size(lines);
            let step = 0;
            const timer = setInterval(() => {
                const text = `\u001b[2m${iso(Date.now()).slice(11, 19)}\u001b[0m \u001b[32mepoch 7/12\u001b[0m step ${4000 + step++} loss \u001b[1m${(0.11 + Math.random() / 50).toFixed(4)}\u001b[0m`;
                emit("lines", { lines: [{ offset: at, text, ...(name === "all" ? { log: "worker-0" } : {}) }], next: at });
                at += text.length + 1;
            }, 700);
            return () => clearInterval(timer);
        },
        grep: (run, name, query) => {
            const lines = timed(run, name === "all" ? merged(run) : logLines(run, name), query);
            const text = query.get("grep") ?? "";
            const pattern = query.get("regex") === "true" ? new RegExp(text) : new RegExp(text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
            const context = Number(query.get("context") ?? 0);
            const hit = lines.map((line) => pattern.test(line.text));
            const out = lines.flatMap((line, i) => (hit.slice(Math.max(0, i - context), i + context + 1).some(Boolean) ? [{ ...line, match: hit[i] }] : []));
            return { lines: Number(query.get("offset")) > 0 ? [] : out, next: size(lines), complete: !!run.endedAt };
        },
        diagnosis: (run) => {
            if (run.state !== "failed") return { cause: "none", headline: "", meaning: "", remedy: "", log: "", attempt: 0, offset: 0, lines: [] };
            const lines = logLines(run, "worker-0").slice(run.cause === "out-of-memory" ? -12 : -6);
            const shown = { log: "worker-0", attempt: 1, offset: lines[0].offset, lines };
            if (run.cause === "out-of-memory") return { cause: "out-of-memory", headline: "worker-0 used more memory than its limit", meaning: "The kernel ended it when it asked for more than the role's limit.", remedy: "Give the role more with limits: {memory: …}, or load less at once.", ...shown };
            return { cause: "exception", headline: "RuntimeError: loss is nan at step 231", meaning: "The program ended with an error of its own. It happened in train.py, line 61, in step.", remedy: "Look at the line that raised it; `ropewalk again` starts the same again with a change.", ...shown };
        },
        search: (query) => {
            const text = query.get("q");
            const pattern = query.get("regex") === "true" ? new RegExp(text) : new RegExp(text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
            const context = Number(query.get("context") ?? 0);
            const limit = Number(query.get("limit") ?? 100);
            const [begin, read] = [Number(query.get("cursor") ?? 0), { bytes: 0, hits: 0 }];
            const items = [];
            for (let i = begin; i < runs.length; i++) {
                if (read.hits >= limit) return { items, next: String(i), bytes: read.bytes };
                const run = runs[i];
                for (const log of logNames(run)) {
                    const lines = logLines(run, log);
                    read.bytes += size(lines);
                    const hit = lines.map((line) => pattern.test(line.text));
                    const shown = lines.flatMap((line, at) => (hit.slice(Math.max(0, at - context), at + context + 1).some(Boolean) ? [{ ...line, match: hit[at] }] : []));
                    read.hits += hit.filter(Boolean).length;
                    if (shown.length > 0) items.push({ run: run.id, number: run.number, name: run.name, project: run.project, workspace: run.workspace, state: run.state, log, attempt: 1, lines: shown });
                }
            }
            return { items, bytes: read.bytes };
        },
        metricInfos: (run) =>
            (points(run, "loss").length ? ["loss", "val/loss", "accuracy", "val/accuracy", "lr", "cpu", "memory"] : []).map((name) => {
                const series = points(run, name);
                const values = series.map((point) => point[2]);
                return { name, count: series.length, last: values[values.length - 1], min: Math.min(...values), max: Math.max(...values), lastStep: series.length - 1, lastAt: iso(series[series.length - 1][1]) };
            }),
        live: (run, emit) => {
            let step = points(run, "loss").length;
            const timer = setInterval(() => {
                emit("metrics", { points: ["loss", "val/loss", "accuracy"].map((name) => ({ name, step, at: iso(Date.now()), value: name === "accuracy" ? 0.95 + Math.random() / 100 : 0.1 + Math.random() / 20 })) });
                step++;
            }, 500);
            return () => clearInterval(timer);
        },
        files: (run, path) => (path === "" ? { path, truncated: false, entries: [{ name: "checkpoints", directory: true, modifiedAt: iso(now) }, { name: "report.html", directory: false, bytes: 812, modifiedAt: iso(now) }, { name: "confusion.svg", directory: false, bytes: 1460, modifiedAt: iso(now) }, { name: "history.csv", directory: false, bytes: 9120, modifiedAt: iso(now) }, { name: "config.json", directory: false, bytes: 340, modifiedAt: iso(now) }, { name: "notes.txt", directory: false, bytes: 220, modifiedAt: iso(now) }] } : { path, truncated: false, entries: [2, 10, 1].map((n) => ({ name: `epoch-${n}.pt`, directory: false, bytes: 15_990_000, modifiedAt: iso(now) })).concat({ name: "best.pt", directory: false, bytes: 15_990_000, modifiedAt: iso(now) }) }),
        preview: (run, path) => {
            if (path.endsWith(".csv")) return { kind: "csv", columns: ["epoch", "loss", "accuracy", "seconds"], rows: Array.from({ length: 12 }, (_, i) => [String(i + 1), (2.1 * Math.exp(-i / 3)).toFixed(4), (1 - Math.exp(-i / 2 - 1)).toFixed(4), (21 + (i % 3)).toFixed(1)]), bytes: 9120 };
            if (path.endsWith(".json")) return { kind: "json", text: '{"lr":0.003,"layers":[32,64],"optimizer":{"name":"adam","betas":[0.9,0.999]}}', bytes: 340 };
            if (path.endsWith(".svg")) return { kind: "image", bytes: 1460 };
            if (path.endsWith(".html")) return { kind: "html", bytes: 812 };
            if (path.endsWith(".txt")) return { kind: "text", text: "The loss falls fast at first.\nThen it does not.\n", bytes: 220 };
            return { kind: "binary", bytes: 15_990_000 };
        },
        content: (run, path) => {
            if (path.endsWith(".svg")) return { type: "image/svg+xml", bytes: Buffer.from(`<svg xmlns="http://www.w3.org/2000/svg" width="300" height="300">${Array.from({ length: 100 }, (_, i) => `<rect x="${(i % 10) * 30}" y="${Math.floor(i / 10) * 30}" width="29" height="29" fill="hsl(245 60% ${i % 11 === 0 ? 35 : 96 - ((i * 7) % 13)}%)"/>`).join("")}</svg>`) };
            if (path.endsWith(".html")) return { type: "text/html", bytes: Buffer.from("<h1 style='font-family:sans-serif'>Report</h1><p>Accuracy <b>0.991</b></p>") };
            return { type: "text/plain", bytes: Buffer.from("The loss falls fast at first.\n") };
        },
        openapi: {
            openapi: "3.1.0",
            info: { title: "Ropewalk", version: "0.1.0" },
            paths: {
                "/api/v1/me": { get: { operationId: "getMe", summary: "Say who is calling", responses: { 200: { description: "OK", content: { "application/json": { schema: { $ref: "#/components/schemas/Me" } } } } } } },
                "/api/v1/workspaces/{workspace}/projects": { get: { operationId: "listProjects", summary: "List projects", parameters: [{ name: "workspace", in: "path", required: true, schema: { type: "string" } }, { name: "search", in: "query", schema: { type: "string" } }, { name: "limit", in: "query", schema: { type: "integer" } }], responses: { 200: { description: "OK", content: { "application/json": { schema: { type: "array", items: { $ref: "#/components/schemas/ProjectSummary" } } } } } } }, post: { operationId: "createProject", summary: "Create a project from its document", requestBody: { content: { "application/json": { schema: { type: "object", required: ["document"], properties: { document: { type: "string", description: "YAML" }, comment: { type: "string" } } } } } }, responses: { 201: { description: "Created" } } } },
                "/api/v1/runs/{run}": { get: { operationId: "getRun", summary: "Read a run", parameters: [{ name: "run", in: "path", required: true, schema: { type: "string" } }], responses: { 200: { description: "OK" } } } },
                "/api/v1/runs/{run}/stop": { post: { operationId: "stopRun", summary: "Stop a run", parameters: [{ name: "run", in: "path", required: true, schema: { type: "string" } }], requestBody: { content: { "application/json": { schema: { type: "object", properties: { grace: { type: "integer", description: "Seconds between asking and killing" } } } } } }, responses: { 200: { description: "OK" } } } },
                "/api/v1/runs/{run}/logs": { get: { operationId: "listLogs", summary: "List the logs of a run", responses: { 200: { description: "OK" } } } },
                "/api/v1/server": { get: { operationId: "getServer", summary: "Describe the server", responses: { 200: { description: "OK" } } } },
            },
            components: { schemas: { Me: { type: "object", description: "Who is signed in", required: ["name", "kind"], properties: { name: { type: "string" }, kind: { enum: ["owner", "run"] }, csrf: { type: "string" } } }, ProjectSummary: { type: "object", required: ["id", "name"], properties: { id: { type: "string" }, name: { type: "string" }, title: { type: "string" } } } } },
        },
    };
    return world;
}
