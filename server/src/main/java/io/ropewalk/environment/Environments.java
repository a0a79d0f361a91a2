package io.ropewalk.environment;

import io.ropewalk.spi.ErrorCode;
import io.ropewalk.spi.RopewalkException;
import io.ropewalk.support.db.Database;
import io.ropewalk.support.failpoint.Failpoints;
import io.ropewalk.support.json.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;

/// Builds virtual environments, each once per content, and finds them again. Thread-safe; several servers may share
/// the directory: `<directory>/<key>/` is the place of one environment, `<directory>/bare/` of what they are begun
/// with.
public final class Environments implements AutoCloseable {
    private static final List<String> PIP = List.of("pip", "pip3", "");
    private static final List<String> CONDA = List.of("conda");
    /// Settings of the server that decide what a package's name means.
    private static final List<String> INDEX = List.of(
            "PIP_INDEX_URL",
            "PIP_EXTRA_INDEX_URL",
            "PIP_FIND_LINKS",
            "PIP_NO_INDEX",
            "PIP_CONSTRAINT",
            "PIP_PRE",
            "UV_DEFAULT_INDEX",
            "UV_INDEX_URL",
            "UV_INDEX",
            "UV_EXTRA_INDEX_URL",
            "UV_FIND_LINKS");

    private final Path directory;
    private final EnvironmentStore store;
    private final Map<String, String> server;
    private final Interpreters interpreters;
    private final Commands commands;
    private final BareEnvironments bare;
    private final Map<String, Building> building = new ConcurrentHashMap<>();

    /// @param server the server's own environment variables
    public Environments(Path directory, Database database, Map<String, String> server, InstantSource clock) {
        this.directory = directory;
        this.store = new EnvironmentStore(database, clock);
        this.server = Map.copyOf(server);
        this.interpreters = new Interpreters(this.server);
        this.commands = new Commands(this.server);
        this.bare = new BareEnvironments(directory.resolve("bare"), commands);
    }

    /// What is to be built.
    ///
    /// @param notices what cannot be in it
    private record Plan(
            String key,
            Interpreter interpreter,
            EnvironmentSpec spec,
            List<String> pip,
            List<String> conda,
            List<String> notices) {}

    /// Finds an environment, or builds it and waits until it is ready. Safe to repeat.
    ///
    /// @param log told what the build prints
    /// @throws RopewalkException when it cannot be built, with the last lines of the build
    public Prepared prepare(EnvironmentSpec spec, Consumer<String> log) {
        Plan plan = plan(spec);
        plan.notices().forEach(log);
        Optional<Prepared> ready = ready(plan);
        if (ready.isPresent()) {
            store.used(plan.key());
            return ready.get();
        }
        LinkedBlockingQueue<Message> messages = new LinkedBlockingQueue<>();
        join(plan, messages);
        try {
            while (true) {
                switch (messages.take()) {
                    case Line(String text) -> log.accept(text);
                    case Ready(Prepared prepared) -> {
                        return prepared;
                    }
                    case Failure(RopewalkException why) ->
                        throw new RopewalkException(why.code(), String.valueOf(why.getMessage()), why);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new RopewalkException(
                    ErrorCode.UNAVAILABLE, "Waiting for the environment was interrupted; it is still being built.", e);
        }
    }

    private Plan plan(EnvironmentSpec spec) {
        List<String> notices = new ArrayList<>();
        List<String> conda = spec.names(CONDA);
        if (!conda.isEmpty() && command("conda").isEmpty()) {
            notices.add("Packages for conda are left out, because conda is not on this machine: "
                    + String.join(", ", conda)
                    + ". Install conda, or name packages that pip can install.");
            conda = List.of();
        }
        for (EnvironmentSpec.Packages section : spec.packages()) {
            if (!PIP.contains(section.manager()) && !CONDA.contains(section.manager())) {
                notices.add(
                        "Packages for '%s' are left out: only pip and conda are known.".formatted(section.manager()));
            }
        }
        Interpreter interpreter = interpreters.find(spec.python());
        List<String> pip = spec.names(PIP);
        Map<String, Object> content = new LinkedHashMap<>();
        content.put("layout", 2);
        content.put("python", interpreter.version());
        content.put("base", interpreter.base().toString());
        content.put("platform", interpreter.platform());
        content.put("requirements", spec.requirements());
        content.put("pip", pip);
        content.put("conda", conda);
        Map<String, String> index = new TreeMap<>();
        INDEX.forEach(name -> {
            if (server.containsKey(name)) {
                index.put(name, server.getOrDefault(name, ""));
            }
        });
        content.put("index", index);
        return new Plan(BuildPlace.key(content), interpreter, spec, pip, conda, notices);
    }

    private sealed interface Message {}

    private record Line(String text) implements Message {}

    private record Ready(Prepared prepared) implements Message {}

    private record Failure(RopewalkException why) implements Message {}

    /// A build that is going on, and those who wait for it.
    private static final class Building {
        private final List<LinkedBlockingQueue<Message>> waiting = new ArrayList<>();
        private final List<Message> said = new ArrayList<>();
        private boolean over;

        /// @return whether it is still going on
        synchronized boolean join(LinkedBlockingQueue<Message> messages) {
            if (over) {
                return false;
            }
            messages.addAll(said);
            waiting.add(messages);
            return true;
        }

        synchronized void say(Message message) {
            said.add(message);
            waiting.forEach(each -> each.add(message));
        }

        synchronized void end(Message message) {
            over = true;
            say(message);
        }
    }

    private void join(Plan plan, LinkedBlockingQueue<Message> messages) {
        while (true) {
            Building mine = new Building();
            Building current = building.putIfAbsent(plan.key(), mine);
            if (current == null) {
                mine.join(messages);
                Thread.ofVirtual().name("environment " + plan.key()).start(() -> build(plan, mine));
                return;
            }
            if (current.join(messages)) {
                return;
            }
            building.remove(plan.key(), current);
        }
    }

    private void build(Plan plan, Building progress) {
        Message end = new Failure(new RopewalkException(
                ErrorCode.INTERNAL, "The environment could not be built; the server's log says why."));
        try {
            end = new Ready(build(plan, line -> progress.say(new Line(line))));
        } catch (RopewalkException e) {
            end = new Failure(e);
        } catch (IOException | UncheckedIOException e) {
            end = new Failure(failure(plan, "its files could not be written (" + e.getMessage() + ")", e));
        } catch (InterruptedException e) {
            end = new Failure(failure(plan, "the server is shutting down", e));
        } finally {
            building.remove(plan.key(), progress);
            progress.end(end);
        }
    }

    private Prepared build(Plan plan, Consumer<String> log) throws IOException, InterruptedException {
        try {
            Path ready = place(plan).build(root -> {
                store.building(plan.key(), specification(plan));
                Failpoints.ENVIRONMENT_NOTED.reached();
                install(plan, root, log);
                Failpoints.ENVIRONMENT_BUILT.reached();
            });
            Failpoints.ENVIRONMENT_MARKED.reached();
            store.ready(plan.key());
            Failpoints.ENVIRONMENT_READY.reached();
            log.accept("The environment is ready.");
            return prepared(plan, ready);
        } catch (Commands.Failed e) {
            store.failed(plan.key(), String.valueOf(e.getMessage()));
            throw failure(plan, String.valueOf(e.getMessage()), e);
        }
    }

    private BuildPlace place(Plan plan) {
        return new BuildPlace(directory.resolve(plan.key()));
    }

    private static String specification(Plan plan) {
        return Json.write(Map.of(
                "python", plan.interpreter().version(),
                "requirements", plan.spec().requirements(),
                "pip", plan.pip(),
                "conda", plan.conda()));
    }

    private void install(Plan plan, Path root, Consumer<String> log)
            throws Commands.Failed, IOException, InterruptedException {
        log.accept("Building an environment with Python %s%s."
                .formatted(
                        plan.interpreter().version(),
                        plan.pip().isEmpty() ? "" : " and " + String.join(", ", plan.pip())));
        Path environment = BuildPlace.environment(root);
        if (plan.conda().isEmpty()) {
            bare.make(plan.interpreter(), environment, root, log);
        } else {
            List<String> create = new ArrayList<>(List.of(
                    command("conda").orElseThrow().toString(),
                    "create",
                    "--yes",
                    "--quiet",
                    "--prefix",
                    environment.toString(),
                    "pip",
                    "python="
                            + (plan.spec().python().isEmpty()
                                    ? plan.interpreter().version()
                                    : plan.spec().python())));
            create.addAll(plan.conda());
            commands.run(create, Map.of(), root, log);
        }
        Path python = environment.resolve("bin/python");
        List<String> wanted = new ArrayList<>();
        if (!plan.spec().requirements().isBlank()) {
            Files.writeString(root.resolve("requirements.txt"), plan.spec().requirements());
            wanted.addAll(List.of("-r", "requirements.txt"));
        }
        wanted.addAll(plan.pip());
        if (!wanted.isEmpty()) {
            packages(root, python, wanted, log);
        }
        List<String> lock = new ArrayList<>();
        commands.run(
                List.of(python.toString(), "-m", "pip", "freeze", "--disable-pip-version-check"),
                Map.of(),
                root,
                lock::add);
        Files.write(root.resolve("lock.txt"), lock);
    }

    private void packages(Path root, Path python, List<String> wanted, Consumer<String> log)
            throws Commands.Failed, IOException, InterruptedException {
        Optional<Path> uv = command("uv");
        List<String> install = new ArrayList<>();
        if (uv.isPresent()) {
            install.addAll(List.of(uv.get().toString(), "pip", "install", "--python", python.toString()));
            if (!server.getOrDefault("PIP_NO_INDEX", "").isEmpty()) {
                install.add("--no-index");
            }
        } else {
            install.addAll(List.of(python.toString(), "-m", "pip", "install", "--disable-pip-version-check"));
            install.addAll(List.of("--no-input", "--progress-bar", "off"));
        }
        install.addAll(wanted);
        commands.run(install, uv.isPresent() ? uvSettings() : Map.of(), root, log);
    }

    /// uv does not read pip's settings, which is what operators have.
    private Map<String, String> uvSettings() {
        Map<String, String> settings = new TreeMap<>();
        translate("PIP_INDEX_URL", "UV_DEFAULT_INDEX", settings);
        translate("PIP_EXTRA_INDEX_URL", "UV_INDEX", settings);
        translate("PIP_CERT", "SSL_CERT_FILE", settings);
        translate("PIP_CONSTRAINT", "UV_CONSTRAINT", settings);
        translate("PIP_FIND_LINKS", "UV_FIND_LINKS", settings);
        settings.computeIfPresent("UV_FIND_LINKS", (_, links) -> links.strip().replaceAll("\\s+", ","));
        return settings;
    }

    private void translate(String pip, String uv, Map<String, String> settings) {
        String value = server.get(pip);
        if (value != null && !server.containsKey(uv)) {
            settings.put(uv, value);
        }
    }

    private Optional<Path> command(String name) {
        for (String each : server.getOrDefault("PATH", "").split(":", -1)) {
            if (each.startsWith("/")) {
                Path candidate = Path.of(each, name);
                if (Files.isRegularFile(candidate) && Files.isExecutable(candidate)) {
                    return Optional.of(candidate);
                }
            }
        }
        return Optional.empty();
    }

    private Optional<Prepared> ready(Plan plan) {
        try {
            return place(plan).ready().map(root -> prepared(plan, root));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot look for environment " + plan.key(), e);
        }
    }

    private Prepared prepared(Plan plan, Path root) {
        Path environment = BuildPlace.environment(root).toAbsolutePath();
        String path = server.getOrDefault("PATH", "/usr/local/bin:/usr/bin:/bin");
        return new Prepared(
                plan.key(),
                plan.interpreter().version(),
                root.toAbsolutePath(),
                plan.interpreter().base(),
                Map.of("VIRTUAL_ENV", environment.toString(), "PATH", environment.resolve("bin") + ":" + path),
                plan.notices());
    }

    private static RopewalkException failure(Plan plan, String why, Throwable cause) {
        return new RopewalkException(
                ErrorCode.INVALID_REQUEST,
                "The environment with Python %s could not be built: %s\nCorrect the packages or the requirements file, then start the run again."
                        .formatted(plan.interpreter().version(), why),
                cause);
    }

    /// Ends the builds that are going on.
    @Override
    public void close() {
        commands.close();
    }
}
