package io.ropewalk.environment;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/// Makes environments that hold pip and no packages. Most of the time that Python takes for one goes into unpacking and
/// compiling pip, so that is done once per interpreter, and the files are copied from there. Thread-safe; several
/// servers may share the directory.
final class BareEnvironments {
    private static final String SHELL = "#!/bin/sh\n";

    private final Path directory;
    private final Commands commands;
    private final ReentrantLock building = new ReentrantLock();

    BareEnvironments(Path directory, Commands commands) {
        this.directory = directory;
        this.commands = commands;
    }

    /// @param environment what is made; its directory is not there yet
    /// @param at where the commands are run, and where what they print is kept
    void make(Interpreter interpreter, Path environment, Path at, Consumer<String> log)
            throws Commands.Failed, IOException, InterruptedException {
        Path pattern = pattern(interpreter, at, log);
        run(at, log, interpreter.executable().toString(), "-I", "-m", "venv", "--without-pip", environment.toString());
        run(at, log, "cp", "-a", pattern.resolve("lib") + "/.", environment.resolve("lib") + "/");
        copyScripts(pattern.resolve("bin"), environment.resolve("bin"));
    }

    private Path pattern(Interpreter interpreter, Path at, Consumer<String> log)
            throws Commands.Failed, IOException, InterruptedException {
        BuildPlace place = new BuildPlace(directory.resolve(BuildPlace.key(Map.of(
                "layout", 1,
                "python", interpreter.version(),
                "base", interpreter.base().toString(),
                "platform", interpreter.platform()))));
        building.lockInterruptibly();
        try {
            Path root = place.build(fresh -> {
                log.accept("This is the first environment with Python %s here; the next ones take less time."
                        .formatted(interpreter.version()));
                String made = BuildPlace.environment(fresh).toString();
                run(at, log, interpreter.executable().toString(), "-I", "-m", "venv", made);
            });
            return BuildPlace.environment(root);
        } finally {
            building.unlock();
        }
    }

    private void run(Path at, Consumer<String> log, String... command)
            throws Commands.Failed, IOException, InterruptedException {
        commands.run(List.of(command), Map.of(), at, log);
    }

    /// A script names its interpreter; what else is in `bin` is there already.
    private static void copyScripts(Path from, Path to) throws IOException {
        try (DirectoryStream<Path> scripts = Files.newDirectoryStream(from)) {
            for (Path script : scripts) {
                Path copy = to.resolve(script.getFileName());
                if (Files.notExists(copy, LinkOption.NOFOLLOW_LINKS)) {
                    Files.copy(script, copy, StandardCopyOption.COPY_ATTRIBUTES, LinkOption.NOFOLLOW_LINKS);
                    if (Files.isRegularFile(copy, LinkOption.NOFOLLOW_LINKS)) {
                        Files.writeString(copy, startedBy(to.resolve("python"), Files.readString(script)));
                    }
                }
            }
        }
    }

    /// The kernel reads only so much of a first line, and no spaces in its path. So the shell starts the interpreter,
    /// with lines which that takes for a string: pip does the same where paths are long.
    static String startedBy(Path python, String script) {
        int header = script.startsWith(SHELL) ? 3 : script.startsWith("#!") ? 1 : 0;
        if (header == 0) {
            return script;
        }
        String rest = script.lines().skip(header).reduce("", (text, line) -> text + line + "\n");
        return SHELL + "'''exec' \"%s\" \"$0\" \"$@\"\n' '''\n".formatted(python) + rest;
    }
}
