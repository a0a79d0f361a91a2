package io.ropewalk;

import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.ropewalk.access.Access;
import io.ropewalk.access.AccessApi;
import io.ropewalk.access.Right;
import io.ropewalk.access.Sessions;
import io.ropewalk.access.SignInCodes;
import io.ropewalk.access.Tokens;
import io.ropewalk.admin.AdminCapability;
import io.ropewalk.admin.Backups;
import io.ropewalk.admin.Progress;
import io.ropewalk.admin.ServerCheck;
import io.ropewalk.environment.Environments;
import io.ropewalk.notice.NoticeCapability;
import io.ropewalk.project.DocumentReader;
import io.ropewalk.project.ProjectApi;
import io.ropewalk.project.Projects;
import io.ropewalk.project.Workspaces;
import io.ropewalk.run.RunActivity;
import io.ropewalk.run.RunCapability;
import io.ropewalk.run.RunLeavings;
import io.ropewalk.source.MaterialisedTrees;
import io.ropewalk.source.OrphanSweeper;
import io.ropewalk.source.SourceApi;
import io.ropewalk.source.Sources;
import io.ropewalk.source.Uploads;
import io.ropewalk.spi.ErrorCode;
import io.ropewalk.spi.Extension;
import io.ropewalk.spi.ExtensionContext;
import io.ropewalk.spi.RopewalkException;
import io.ropewalk.spi.executor.DescribesIsolation;
import io.ropewalk.spi.executor.Executor;
import io.ropewalk.spi.executor.ReportsCapacity;
import io.ropewalk.spi.source.SourceType;
import io.ropewalk.support.config.ServerSettings;
import io.ropewalk.support.db.Database;
import io.ropewalk.support.db.Databases;
import io.ropewalk.support.failpoint.Failpoints;
import io.ropewalk.support.http.Endpoint;
import io.ropewalk.support.http.HttpEngine;
import io.ropewalk.support.http.HttpServer;
import io.ropewalk.support.http.Idempotency;
import io.ropewalk.support.http.Permission;
import io.ropewalk.support.http.PrometheusMeter;
import io.ropewalk.support.time.MachineClock;
import io.ropewalk.support.time.Signals;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The server: every part, built from the ground up and joined by hand.
public final class Ropewalk implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Ropewalk.class);

    private final ServerSettings settings;
    private final Opened opened;
    private final DataDirectory directory;
    private final Tokens tokens;
    private final SignInCodes codes;
    private final Database database;
    private final List<Executor> executors;
    private final RunCapability runs;
    private final List<Endpoint<?, ?>> endpoints = new ArrayList<>();
    private final Instant startedAt;
    private final String url;
    private final AtomicBoolean closed = new AtomicBoolean();
    private final CountDownLatch ended = new CountDownLatch(1);

    public static Ropewalk start(ServerSettings settings) {
        return start(settings, new MachineClock());
    }

    /// @throws RopewalkException when it cannot start; it has let go of everything then
    public static Ropewalk start(ServerSettings settings, Clock clock) {
        if (!settings.loopbackOnly()) {
            throw new RopewalkException(
                    ErrorCode.INVALID_REQUEST,
                    "Listening on '%s' would let other machines in, and no sign-in is configured for people. Bind 127.0.0.1, and reach it from elsewhere through an SSH tunnel."
                            .formatted(settings.bind()));
        }
        Failpoints.begin();
        Opened opened = new Opened();
        try {
            return new Ropewalk(settings, clock, opened);
        } catch (RuntimeException e) {
            try {
                opened.close();
            } catch (RuntimeException alsoFailed) {
                e.addSuppressed(alsoFailed);
            }
            throw e;
        }
    }

    /// Checks what a stopped server has stored, and keeps servers from starting on it meanwhile.
    ///
    /// @return what is wrong; empty when a server is using it, who can check it itself
    public static Optional<List<String>> checkStopped(ServerSettings settings, Progress progress) {
        try {
            Optional<FileChannel> held = DataDirectory.holdStopped(settings.data());
            if (held.isEmpty()) {
                return Optional.empty();
            }
            try (FileChannel _ = held.get()) {
                return Optional.of(ServerCheck.ofStopped(settings, progress));
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read the data directory '" + settings.data() + "'", e);
        }
    }

    private Ropewalk(ServerSettings settings, Clock clock, Opened opened) {
        this.settings = settings;
        this.opened = opened;
        this.startedAt = clock.instant();
        RunCapability.prepare();
        this.directory = DataDirectory.take(settings.data());
        opened.add(directory::close);
        Failpoints.DATA_TAKEN.reached();
        if (clock instanceof MachineClock machine) {
            machine.keep(directory.path().resolve("clock"));
        }
        HttpEngine engine = new HttpEngine();
        opened.add(engine::close);
        this.tokens = new Tokens(directory.path());
        this.database = Databases.open(settings.database(), directory.path().resolve("ropewalk.db"));
        opened.add(database::close);

        ExtensionContext context = new ExtensionContext(directory.path(), settings.forExtensions());
        List<SourceType<?>> sourceTypes = new ArrayList<>();
        this.executors = new ArrayList<>();
        for (Extension extension : ServiceLoader.load(Extension.class)) {
            sourceTypes.addAll(extension.sourceTypes());
            for (Executor executor : extension.executors(context)) {
                executors.add(executor);
                opened.add(executor::close);
            }
        }

        Workspaces workspaces = new Workspaces(database, clock);
        Uploads uploads = new Uploads(database, directory.path().resolve("uploads"), clock);
        uploads.sweep();
        Path cache = directory.path().resolve("cache");
        MaterialisedTrees trees = new MaterialisedTrees(cache.resolve("trees"), clock);
        OrphanSweeper orphans =
                new OrphanSweeper(database, uploads, trees, new RunLeavings(database, directory.path())::sweep);
        opened.add(orphans::close);
        Sources sources = new Sources(
                sourceTypes,
                trees,
                uploads,
                new Sources.Directories(settings.storageRoot(), settings.allowedHostPaths(), cache));
        Environments environments = new Environments(cache.resolve("environments"), database, System.getenv(), clock);
        opened.add(environments::close);
        Projects projects = new Projects(
                database,
                workspaces,
                new DocumentReader(sourceTypes),
                new RunActivity(database),
                List.of(new FilesOfProjects(uploads, orphans), NoticeCapability.ofProjects(database)),
                clock);
        Signals signals = new Signals();
        this.runs = new RunCapability(new RunCapability.Foundations(
                database,
                directory.path(),
                projects,
                sources,
                environments,
                executors.getFirst(),
                tokens,
                signals,
                clock,
                Duration.ofMinutes(settings.notices().silentMinutes()),
                version(),
                new RunCapability.Limits(settings.limits().log().bytes())));
        opened.add(runs::close);
        NoticeCapability notices = new NoticeCapability(new NoticeCapability.Foundations(
                database,
                directory.path(),
                settings.notices(),
                projects,
                runs.news(),
                runs.numbers(),
                tokens,
                signals,
                clock));
        Sessions sessions = new Sessions(database, clock);
        AdminCapability admin = new AdminCapability(
                new Backups.Server(
                        directory.path(),
                        database,
                        settings.database().isEmpty() ? "sqlite" : "postgresql",
                        version(),
                        orphans::hold),
                settings.backup(),
                clock);
        opened.add(admin::close);
        Access access = new Access(tokens, sessions, runs.activeRuns());

        PrometheusMeter meter = new PrometheusMeter(new PrometheusRegistry());
        this.codes = new SignInCodes(clock);
        endpoints.addAll(new AccessApi(access, sessions, codes, workspaces::names).endpoints());
        endpoints.addAll(new ServerApi(
                        this::view,
                        this::ready,
                        meter,
                        settings.metricsArePublic() ? Permission.NONE : Right.ADMINISTER)
                .endpoints());
        endpoints.addAll(new ProjectApi(projects).endpoints());
        endpoints.addAll(new SourceApi(sources, uploads, new SourcesOfProjects(projects, workspaces)).endpoints());
        endpoints.addAll(runs.endpoints());
        endpoints.addAll(admin.endpoints());
        endpoints.addAll(notices.endpoints());

        runs.recover();
        HttpServer http = new HttpServer(
                engine,
                new HttpServer.Settings(
                        settings.bind(),
                        settings.port(),
                        names(settings.bind()),
                        settings.limits().body().bytes(),
                        settings.limits().upload().bytes()),
                endpoints,
                access,
                new Idempotency(database, clock),
                meter);
        opened.add(http::close);
        // The first to be closed: whoever follows something is let go, so that requests can end.
        opened.add(signals::close);
        // Before that, while there are still signals to end it by.
        opened.add(notices::close);
        this.url = "http://%s:%d"
                .formatted(
                        settings.bind().contains(":") ? "[" + settings.bind() + "]" : settings.bind(), http.listen());
        runs.start(url);
        notices.start(url);
        orphans.start();
        admin.start();
        directory.announce(url);
        Failpoints.DATA_ANNOUNCED.reached();
        LOG.info("ready at {}", url);
    }

    /// What a browser on this machine may call the server.
    private static Set<String> names(String bind) {
        Set<String> names = new HashSet<>(Set.of("localhost", "127.0.0.1", "[::1]", "::1"));
        names.add(bind);
        return names;
    }

    static String version() {
        String version = Ropewalk.class.getPackage().getImplementationVersion();
        return version == null ? "development" : version;
    }

    /// Where the server is reached, such as `http://127.0.0.1:8080`.
    public String url() {
        return url;
    }

    /// A link that signs a browser in as the owner.
    public String signInLink() {
        return url + "/sign-in?token=" + tokens.owner();
    }

    /// A file that only its owner can read, with a page that signs a browser in once; it is gone when it has been
    /// used. Its path may be seen by others.
    public Path signInPage() {
        String code = codes.mint("owner", directory::removeSignInPage);
        return directory.writeSignInPage(url + "/sign-in?code=" + code);
    }

    /// Everything that a client can ask for.
    public List<Endpoint<?, ?>> endpoints() {
        return List.copyOf(endpoints);
    }

    public String ownerToken() {
        return tokens.owner();
    }

    private boolean ready() {
        return database.read(handle -> handle.createQuery("select count(*) from workspace")
                        .mapTo(Long.class)
                        .one())
                > 0;
    }

    private ServerApi.ServerView view() {
        List<ServerApi.ExecutorView> clusters = executors.stream()
                .map(executor -> new ServerApi.ExecutorView(
                        executor.name(),
                        executor instanceof DescribesIsolation isolated ? isolated.isolation() : null,
                        executor instanceof ReportsCapacity reports ? reports.capacity() : null,
                        runs.inUse()))
                .toList();
        return new ServerApi.ServerView(
                version(),
                startedAt,
                directory.path().toString(),
                settings.database().isEmpty() ? "sqlite" : "postgresql",
                clusters,
                runs.load().queued(),
                runs.load().running());
    }

    /// Waits until the server has been closed.
    public void awaitEnd() throws InterruptedException {
        ended.await();
    }

    /// Ends the server. Runs go on; the next server on the directory finds them.
    @Override
    public void close() {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        try {
            opened.close();
        } finally {
            ended.countDown();
        }
        LOG.info("ended; runs go on");
    }
}
