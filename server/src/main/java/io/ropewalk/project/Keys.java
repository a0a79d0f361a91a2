package io.ropewalk.project;

import static io.ropewalk.project.Shape.key;

import java.util.List;

/// The one list of what a project document may say. The reader refuses to read a key that is not here and
/// to leave one
/// out that is; the JSON schema is made from it.
final class Keys {
    static final int MOST_REPLICAS = 10_000;
    static final int MOST_RESTARTS = 1_000;
    static final int MOST_GPUS = 1_024;
    static final List<String> PACKAGE_MANAGERS = List.of("pip", "pip3", "conda");
    /// Why a run may be tried again; the first three where nothing is said.
    static final List<String> RETRY_CAUSES = List.of(
            "out-of-memory",
            "cluster-lost",
            "preempted",
            "user-exit",
            "timed-out",
            "setup-failed",
            "environment-failed",
            "source-missing");

    static final int MOST_RETRIES = 100;
    static final int MOST_CHECKPOINTS = 10_000;
    static final List<String> GOALS = List.of("max", "min");
    static final List<String> TASK_TYPES = List.of("general", "init", "export");

    private static final Form TEXTS = new Form.ListOf(Form.TEXT);
    private static final Form NAME = new Form.Text(Names.PART_PATTERN);

    static final Shape AMOUNTS = new Shape(
            "resources",
            "What each replica asks for.",
            List.of(
                    key("cpu", Form.CPU, "Processors: `500m` is half of one, `2` is two."),
                    key("memory", Form.MEMORY, "Memory, such as `512Mi` or `2Gi`.")
                            .alsoCalled("mem", "ram"),
                    key("gpu", new Form.Whole(0, MOST_GPUS), "Whole GPUs.").alsoCalled("gpus", "accelerators")));

    static final Shape LIMITS = new Shape(
            "limits",
            "What each replica may use at most; where nothing is asked for, a small part of the limit is.",
            List.of(
                    key("cpu", Form.CPU, "Processors: `500m` is half of one, `2` is two."),
                    key("memory", Form.MEMORY, "Memory, such as `512Mi` or `2Gi`.")
                            .alsoCalled("mem", "ram")));

    static final Shape IMAGES = new Shape(
            "images",
            "Container images.",
            List.of(
                    key("cpu", Form.TEXT, "The image to run in."),
                    key("gpu", Form.TEXT, "The image to run in when GPUs are asked for.")));

    static final Shape VARIABLE = new Shape(
            "an environment variable",
            "An environment variable.",
            List.of(
                    key("name", Form.TEXT, "Its name.").mandatory(),
                    key("value", Form.TEXT, "Its value; `{{ .OTHER }}` stands for another variable.")));

    static final Shape MOUNT = new Shape(
            "a mount",
            "A source that the role uses.",
            List.of(
                    key("source", NAME, "The source's name.").mandatory().alsoCalled("name", "volume"),
                    key("path", Form.TEXT, "Where it appears; relative to the project's mount path.")
                            .alsoCalled("mountPath"),
                    key("readOnly", Form.FLAG, "Whether the role may only read it."),
                    key("subPath", Form.TEXT, "Show only this part of the source."),
                    key("revision", Form.TEXT, "Take the source at this revision.")
                            .alsoCalled("gitRevision")));

    private static final List<Shape.Key> ROLE_KEYS = List.of(
            key("replicas", new Form.Whole(0, MOST_REPLICAS), "How many processes to start; 1 if not given.")
                    .alsoCalled("count", "instances", "workers"),
            key(
                            "command",
                            new Form.Either(List.of(Form.TEXT, TEXTS)),
                            "What each replica runs: shell text, or a list of words that no shell touches."
                                    + " `{{ .lr }}` stands for a parameter.")
                    .alsoCalled("cmd", "run", "script", "entrypoint"),
            key("args", new Form.Either(List.of(Form.TEXT, TEXTS)), "Put behind the command.")
                    .alsoCalled("arguments"),
            key("workDir", Form.TEXT, "The directory to run in, such as `$CODE_DIR`; else the project's mount path.")
                    .alsoCalled("cwd", "workingDir", "workingDirectory"),
            key(
                    "env",
                    new Form.Either(List.of(new Form.MapOf(Form.TEXT), new Form.ListOf(new Form.Structure(VARIABLE)))),
                    "Environment variables, as a mapping or as a list of `name` and `value`."),
            key("port", new Form.Whole(1, 65_535), "The port that the program listens on; it finds it in `PORT`.")
                    .alsoCalled("ports"),
            key(
                    "permanent",
                    Form.FLAG,
                    "Whether the role only serves the others: it is stopped when they are done, and how it ends does"
                            + " not count."),
            key("restarts", new Form.Whole(0, MOST_RESTARTS), "How often a failed replica is started again.")
                    .alsoCalled("retries", "maxRestartCount", "maxRestarts"),
            key("restartPolicy", Form.TEXT, "Kept for other systems; `restarts` is what counts here."),
            key("resources", new Form.Structure(AMOUNTS), "What each replica asks for.")
                    .alsoCalled("requests"),
            key("limits", new Form.Structure(LIMITS), "What each replica may use at most."),
            key("images", new Form.Structure(IMAGES), "Container images to run in.")
                    .alsoCalled("image", "container"),
            key("mountAll", Form.FLAG, "Whether every source is mounted; the default where `mounts` is not given."),
            key(
                            "mounts",
                            new Form.ListOf(new Form.Either(List.of(NAME, new Form.Structure(MOUNT)))),
                            "The sources that the role uses: names, or mappings that say more.")
                    .alsoCalled("volumes", "volumeMounts"),
            key("nodes", Form.TEXT, "A label of the machines to run on.").alsoCalled("nodeSelector"));

    static final Shape ROLE = new Shape(
                    "a role",
                    "A group of identical processes.",
                    List.of(key("name", NAME, "The role's name, such as `worker`.")
                            .mandatory()))
            .and("a role", "A group of identical processes.", ROLE_KEYS);

    static final Shape ENVIRONMENT = new Shape(
            "an environment",
            "A virtual environment to run in, made once and kept.",
            List.of(
                    key("python", Form.TEXT, "The version of Python, such as `3.12`; else the one that is there."),
                    key("requirements", Form.TEXT, "A requirements file in a source, such as `code/requirements.txt`."),
                    key("packages", TEXTS, "Packages to install, such as `numpy==2.1.0`.")));

    static final Shape RETRY = new Shape(
            "retry",
            "When a run that failed is tried again.",
            List.of(
                    key("times", new Form.Whole(1, MOST_RETRIES), "How often at most; 1 if not given.")
                            .alsoCalled("limit", "max"),
                    key(
                                    "on",
                                    new Form.ListOf(new Form.OneOf(RETRY_CAUSES)),
                                    "Why it must have failed; memory, a lost cluster or preemption if not given.")
                            .alsoCalled("causes"),
                    key("addMemory", Form.MEMORY, "After it ran out of memory, so much more for each replica.")));

    static final Shape CHECKPOINTS = new Shape(
            "checkpoints",
            "Which checkpoints are kept: the others are removed while the run goes on.",
            List.of(
                    key("keep", new Form.Whole(1, MOST_CHECKPOINTS), "How many of the latest.")
                            .mandatory(),
                    key("best", Form.TEXT, "A number that the run logs: the checkpoint where it was best is kept too."),
                    key("goal", new Form.OneOf(GOALS), "Which values are better; `max` if not given."),
                    key(
                            "files",
                            Form.TEXT,
                            "A pattern of the names, such as `epoch-*.pt`; all names without a leading dot if not given.")));

    static final Shape TASK = new Shape(
                    "a task",
                    "Something to run.",
                    List.of(
                            key("name", NAME, "The task's name, such as `train`.")
                                    .mandatory(),
                            key(
                                    "type",
                                    new Form.OneOf(TASK_TYPES),
                                    "When it is run: when asked (`general`), once after"
                                            + " installation (`init`), or on what another run made (`export`)."),
                            key("title", Form.TEXT, "A name for people."),
                            key("environment", new Form.Structure(ENVIRONMENT), "The virtual environment to run in."),
                            key(
                                            "parameters",
                                            new Form.MapOf(Form.ANYTHING),
                                            "Values that a run may change, with their defaults.")
                                    .alsoCalled("params", "hyperparameters"),
                            key("scheduleTimeout", Form.TIME, "How long a run may wait for a place, such as `5m`."),
                            key("timeout", Form.TIME, "How long a run may take, such as `2h`."),
                            key(
                                    "retry",
                                    new Form.Structure(RETRY),
                                    "When a run that failed is tried again, with its checkpoints."),
                            key("checkpoints", new Form.Structure(CHECKPOINTS), "Which checkpoints are kept."),
                            key(
                                            "roles",
                                            new Form.ListOf(new Form.Structure(ROLE)),
                                            "The groups of processes that are started together; a task with one group"
                                                    + " may have its keys itself.")
                                    .alsoCalled("replicaSpecs", "taskRoles"),
                            key("pins", new Form.MapOf(Form.TEXT), "Revisions to take sources at, by source.")
                                    .alsoCalled("gitRevisions", "revisions")))
            .and("a task", "Something to run.", ROLE_KEYS);

    static final Shape PACKAGES = new Shape(
            "packages",
            "Software to install for the whole project.",
            List.of(
                    key("manager", new Form.OneOf(PACKAGE_MANAGERS), "What installs them; `pip` if not given."),
                    key("names", TEXTS, "What to install.").mandatory()));

    /// A source has one more key: its kind, with the settings of that [io.ropewalk.spi.source.SourceType].
    static final Shape SOURCE = new Shape(
            "a source",
            "Where files come from or go to.",
            List.of(
                    key("name", NAME, "The source's name; programs find its place in `<NAME>_DIR`.")
                            .mandatory(),
                    key("mountPath", Form.TEXT, "Where it appears; relative to the project's mount path.")
                            .alsoCalled("path", "mount"),
                    key("subPath", Form.TEXT, "Show only this part of it."),
                    key("readOnly", Form.FLAG, "Whether it may only be read."),
                    key("library", Form.FLAG, "Whether Python programs find modules in it (`PYTHONPATH`).")
                            .alsoCalled("isLibDir")));

    static final Shape PROJECT = new Shape(
            "a project",
            "A project: its sources and its tasks.",
            List.of(
                    key("kind", new Form.OneOf(List.of("Project")), "What this document is."),
                    key("name", new Form.Text(Names.PROJECT_PATTERN), "The project's name in its workspace.")
                            .mandatory(),
                    key("title", Form.TEXT, "A name for people."),
                    key("summary", Form.TEXT, "What this is about, in Markdown.")
                            .alsoCalled("description", "readme"),
                    key("labels", new Form.MapOf(Form.TEXT), "Words to find it by.")
                            .alsoCalled("tags"),
                    key("sources", new Form.ListOf(new Form.Structure(SOURCE)), "Where files come from or go to.")
                            .alsoCalled("volumes"),
                    key("tasks", new Form.ListOf(new Form.Structure(TASK)), "What can be run.")
                            .alsoCalled("jobs"),
                    key(
                            "packages",
                            new Form.ListOf(new Form.Either(List.of(Form.TEXT, new Form.Structure(PACKAGES)))),
                            "Software to install for the whole project: names, or mappings with a `manager`."),
                    key(
                            "defaultMountPath",
                            Form.TEXT,
                            "The absolute directory that relative mount paths are in; `%s` if not given."
                                    .formatted(ProjectDocument.DEFAULT_MOUNT_PATH)),
                    key("readOnly", Form.FLAG, "Whether all sources may only be read."),
                    key("forms", Form.ANYTHING, "Dialogs that fill in a task.")));

    private Keys() {}
}
