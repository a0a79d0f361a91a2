package io.ropewalk.run;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What is known of an error that programs name in their own words: what it means and what helps. In the texts `{}`
/// stands for the first part that the pattern holds.
record Symptom(String cause, String headline, String meaning, String remedy) {
    private static final int LONGEST = 4_000;

    private record Rule(Pattern pattern, Symptom says) {}

    /// Whose name on the index of packages differs from the name in the program.
    private static final Map<String, String> PACKAGES = Map.ofEntries(
            Map.entry("cv2", "opencv-python-headless"),
            Map.entry("sklearn", "scikit-learn"),
            Map.entry("skimage", "scikit-image"),
            Map.entry("PIL", "pillow"),
            Map.entry("yaml", "pyyaml"),
            Map.entry("bs4", "beautifulsoup4"),
            Map.entry("dotenv", "python-dotenv"),
            Map.entry("dateutil", "python-dateutil"),
            Map.entry("Crypto", "pycryptodome"),
            Map.entry("google", "protobuf"),
            Map.entry("attr", "attrs"),
            Map.entry("git", "GitPython"),
            Map.entry("serial", "pyserial"),
            Map.entry("fitz", "PyMuPDF"),
            Map.entry("docx", "python-docx"),
            Map.entry("jwt", "PyJWT"),
            Map.entry("psycopg2", "psycopg2-binary"),
            Map.entry("faiss", "faiss-cpu"),
            Map.entry("umap", "umap-learn"),
            Map.entry("hydra", "hydra-core"),
            Map.entry("ruamel", "ruamel.yaml"));

    private static final List<Rule> RULES = List.of(
            rule(
                    "(?:CUDA|HIP) out of memory|CUBLAS_STATUS_ALLOC_FAILED|RESOURCE_EXHAUSTED.*[Oo]ut of memory"
                            + "|cudaErrorMemoryAllocation",
                    "gpu-out-of-memory",
                    "The GPU's memory was not enough",
                    "The model, its gradients and one batch did not fit into the memory of the GPU.",
                    "Make the batch smaller, use mixed precision or gradient accumulation, or ask for a larger GPU. If"
                            + " another program holds memory of this GPU, end it."),
            rule(
                    "No module named '?([\\w.]+)'?",
                    "missing-module",
                    "The Python module '{}' is not installed",
                    "The program imports '{}', and its environment does not have it.",
                    "Add its package to the task: environment: {packages: [{package}]}. If '{}' is a file of yours, it must"
                            + " lie in the source, beside the program or on PYTHONPATH."),
            rule(
                    "cannot import name '?(\\w+)",
                    "missing-module",
                    "The name '{}' is not in the module that it is imported from",
                    "The package is there in another version than the program was written for, or a file of yours has"
                            + " the package's name.",
                    "Name the version that the program needs, as in environment: {packages: ['package==1.2']}."),
            rule(
                    "([\\w.+-]+\\.so[\\w.]*): cannot open shared object file",
                    "missing-library",
                    "The system library '{}' is missing",
                    "A package needs a library of the operating system that this machine does not have.",
                    "Install the library on the machine, or use a package that brings it (opencv-python-headless"
                            + " instead of opencv-python)."),
            rule(
                    "can't open file '([^']+)'",
                    "file-missing",
                    "The program '{}' is not there",
                    "The command names a file that is not where the run's work directory is.",
                    "Compare the command and the task's workDir with the files of the source; the tab Specification"
                            + " shows all three."),
            rule(
                    "No space left on device|Errno 28\\b|Disk quota exceeded",
                    "disk-full",
                    "The disk is full",
                    "A file could not be written, because the disk has no room left.",
                    "Make room on the machine, keep fewer checkpoints, then start the run again."),
            rule(
                    "insufficient shared memory|DataLoader worker .* killed by signal",
                    "out-of-memory",
                    "A worker that loads data was killed",
                    "The processes that load data used up the machine's memory or its shared memory (/dev/shm).",
                    "Use fewer workers or smaller batches, or give the role more memory."),
            rule(
                    "\\bMemoryError\\b|_ArrayMemoryError|std::bad_alloc|OutOfMemoryError|Cannot allocate memory",
                    "out-of-memory",
                    "The program could not get the memory it asked for",
                    "The machine, the role's limit or the program's own limit (for Java -Xmx) did not allow more.",
                    "Load less at once, or give the role more with limits: {memory: …}."),
            rule(
                    "FileNotFoundError:.*?'([^']+)'|FileNotFoundException: (.+?)(?: \\(|$)|NoSuchFileException: (.+)$"
                            + "|([^\\s:']+)'?: No such file or directory",
                    "file-missing",
                    "The file '{}' is not there",
                    "The program opens it, and nothing lies at this place on the machine where it ran.",
                    "Correct the path, or add the file to a source; in a program $<SOURCE>_DIR says where a source is."),
            rule(
                    "PermissionError:.*?'([^']+)'|AccessDeniedException: (.+)$|([^\\s:']+)'?: Permission denied",
                    "permission-denied",
                    "No permission for '{}'",
                    "The program may not read, write or run it.",
                    "Write to $OUTPUT_DIR; sources that are mounted read-only stay as they are. A program needs"
                            + " `chmod +x`, or its interpreter before it, such as `python3 {}`."),
            rule(
                    "(?:line \\d+|sh: \\d+): ([^\\s:]+): (?:command )?not found",
                    "command-not-found",
                    "The command '{}' was not found",
                    "No program of this name is on the PATH of the run.",
                    "Check the spelling. A program that a Python package brings needs the package in environment:"
                            + " {packages: […]}; another one must be installed on the machine."),
            rule(
                    "No matching distribution found for ([^\\s(]+)|Because ([\\w.-]+) was not found in",
                    "environment-failed",
                    "There is no package '{}' to install",
                    "The index of packages has no such name or version for this Python.",
                    "Correct its name or version in the task's environment, or choose another Python."),
            rule(
                    "Connection refused|ConnectionRefusedError|ConnectException",
                    "network",
                    "A connection was refused",
                    "The program called an address where nothing listened.",
                    "Check the host and port, and that the other side had started."),
            rule(
                    "Temporary failure in name resolution|Name or service not known|Failed to resolve|UnknownHostException",
                    "network",
                    "A host's name could not be found",
                    "The machine could not look the name up; it may have no network.",
                    "Check the address. Without a network, put the files into a source and read them from there."),
            rule(
                    "Max retries exceeded|TimeoutError|timed out|ConnectTimeout|ReadTimeout|Connection reset",
                    "network",
                    "A connection did not answer in time",
                    "The other side was too slow, or went away.",
                    "Start the run again; if it comes back, check the other side or allow more time."),
            rule(
                    "[Aa]ddress already in use",
                    "port-in-use",
                    "The port is used by another program",
                    "Two programs wanted to listen at the same address.",
                    "Listen at $PORT, which is free for each replica."),
            rule(
                    "error: (the following arguments are required: .+|unrecognized arguments: .+|argument .+)",
                    "bad-arguments",
                    "The program refused its arguments: {}",
                    "The command does not fit what the program takes.",
                    "Correct the task's command or its parameters."),
            rule(
                    "CUDA error: ([^.]+)|(no kernel image is available)|(CUDA driver version is insufficient)"
                            + "|(Found no NVIDIA driver)|(No CUDA GPUs are available)",
                    "gpu-error",
                    "The GPU could not be used: {}",
                    "The driver, the GPU and the package do not fit together, or the run was given no GPU.",
                    "Ask for a GPU with resources: {gpu: 1}; if it had one, use a build of the package for its driver."
                            + " For a failed check on the device, set CUDA_LAUNCH_BLOCKING=1 to see the true line."),
            rule(
                    "^(SyntaxError|IndentationError|TabError)",
                    "bad-program",
                    "The program is not valid Python ({})",
                    "Python could not read the file, so nothing of it has run.",
                    "Correct the line that is shown. It may also be written for another version of Python."));

    private static Rule rule(String pattern, String cause, String headline, String meaning, String remedy) {
        return new Rule(Pattern.compile(pattern), new Symptom(cause, headline, meaning, remedy));
    }

    /// What is known of this line.
    static Optional<Symptom> of(String line) {
        String text = line.length() > LONGEST ? line.substring(0, LONGEST) : line;
        for (Rule rule : RULES) {
            Matcher matcher = rule.pattern().matcher(text);
            if (matcher.find()) {
                return Optional.of(rule.says().about(part(matcher)));
            }
        }
        return Optional.empty();
    }

    private static String part(Matcher matcher) {
        for (int i = 1; i <= matcher.groupCount(); i++) {
            if (matcher.group(i) != null) {
                return matcher.group(i);
            }
        }
        return "";
    }

    private Symptom about(String part) {
        return new Symptom(cause, filled(headline, part), filled(meaning, part), filled(remedy, part));
    }

    private static String filled(String text, String part) {
        String top = part.substring(0, part.indexOf('.') < 0 ? part.length() : part.indexOf('.'));
        return text.replace("{package}", PACKAGES.getOrDefault(top, top)).replace("{}", part);
    }

    /// What it says that a signal ended a program.
    static Symptom ofSignal(int signal) {
        return switch (signal) {
            case 9 ->
                new Symptom(
                        "killed",
                        "The program was killed (SIGKILL)",
                        "Nobody ends a program so by accident: mostly the machine ran out of memory and its kernel chose"
                                + " this program.",
                        "Load less at once, or ask for more with resources: {memory: …}, so that it does not run beside"
                                + " others that use the rest.");
            case 11 ->
                new Symptom(
                        "crashed",
                        "The program crashed (SIGSEGV)",
                        "Native code touched memory that is not its own: a fault in a compiled package, or two packages"
                                + " whose versions do not fit.",
                        "Set PYTHONFAULTHANDLER=1 for the task's environment variables and start again: Python then"
                                + " says in which line.");
            case 7 ->
                new Symptom(
                        "crashed",
                        "The program crashed (SIGBUS)",
                        "Memory that was promised was not there: mostly shared memory (/dev/shm) or a full disk below a"
                                + " mapped file.",
                        "Use fewer workers that load data, or make room on the disk.");
            case 15, 2, 1 ->
                new Symptom(
                        "killed",
                        "The program was asked to end (" + name(signal) + ")",
                        "Something outside this run sent it the signal; the server did not.",
                        "Start it again. If it comes back, look who ends programs on this machine.");
            default ->
                new Symptom(
                        "crashed",
                        "The program crashed (" + name(signal) + ")",
                        "It was ended by a signal, which native code or the program itself raises.",
                        "The last lines of its log may say why.");
        };
    }

    private static String name(int signal) {
        return switch (signal) {
            case 1 -> "SIGHUP";
            case 2 -> "SIGINT";
            case 4 -> "SIGILL";
            case 6 -> "SIGABRT";
            case 8 -> "SIGFPE";
            case 15 -> "SIGTERM";
            case 24 -> "SIGXCPU";
            case 25 -> "SIGXFSZ";
            default -> String.format(Locale.ROOT, "signal %d", signal);
        };
    }
}
