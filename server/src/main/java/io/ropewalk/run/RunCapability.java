package io.ropewalk.run;

import io.ropewalk.access.Access;
import io.ropewalk.access.Scope;
import io.ropewalk.access.Tokens;
import io.ropewalk.artifact.RunFiles;
import io.ropewalk.environment.Environments;
import io.ropewalk.log.LogFile;
import io.ropewalk.log.LogTimes;
import io.ropewalk.log.MasterLog;
import io.ropewalk.metric.LiveNumbers;
import io.ropewalk.metric.MetricStore;
import io.ropewalk.metric.UseStore;
import io.ropewalk.project.Projects;
import io.ropewalk.search.LogIndex;
import io.ropewalk.source.Sources;
import io.ropewalk.spi.Ids;
import io.ropewalk.spi.RunId;
import io.ropewalk.spi.executor.Executor;
import io.ropewalk.spi.executor.MetersReplicas;
import io.ropewalk.spi.executor.ReportsCapacity;
import io.ropewalk.spi.executor.Resources;
import io.ropewalk.support.db.Database;
import io.ropewalk.support.http.Endpoint;
import io.ropewalk.support.json.Json;
import io.ropewalk.support.time.MachineClock;
import io.ropewalk.support.time.Signals;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// The parts of this capability, joined. Two steps: what programs are told holds the server's address, which
/// is known only when it listens.
public final class RunCapability implements AutoCloseable {
    private static final Resources BOUNDLESS =
            new Resources(Long.MAX_VALUE / 4, Long.MAX_VALUE / 4, Integer.MAX_VALUE / 4);

    private static final Duration COLLECT_EVERY = Duration.ofMillis(400);
    private static final Duration COLLECT_AFTER_TAKING_OVER = Duration.ofSeconds(2);

    private final RunStore store;
    private final Ledger ledger;
    private final RunReconciler reconciler;
    private final Runs runs;
    private final LaunchBuilder builder;
    private final NumberCollector collector;
    private final RunIndexer indexer;
    private final RunLogs logs;
    private final UseCollector uses;
    private final CheckpointKeeper checkpoints;
    private final RunJournal journal;
    private final Clock clock;
    private final MetricStore metrics;
    private final LastWrites writes;
    private final List<Endpoint<?, ?>> endpoints = new ArrayList<>();
    private int takenOver;
    private Thread looking = Thread.ofVirtual().unstarted(() -> {});
    private Thread indexing = Thread.ofVirtual().unstarted(() -> {});
    private Thread measuring = Thread.ofVirtual().unstarted(() -> {});

    /// What the capability is built on.
    ///
    /// @param silentAfter how long a program outside may write nothing before its run is shown as silent
    public record Foundations(
            Database database,
            Path dataDirectory,
            Projects projects,
            Sources sources,
            Environments environments,
            Executor executor,
            Tokens tokens,
            Signals signals,
            Clock clock,
            Duration silentAfter,
            String version,
            Limits limits) {}

    /// @param log the most bytes that are kept of one log; 0 for all
    public record Limits(long log) {}

    /// To be called as soon as the server begins to start: the rows of its runs come next.
    public static void prepare() {
        Json.prepare(List.of(StoredState.class, RunSpecification.class, KeptSpecifications.Rest.class));
    }

    public RunCapability(Foundations on) {
        RunDirectories directories = new RunDirectories(on.dataDirectory());
        clock = on.clock();
        MasterLog masterLog = new MasterLog(directories::of, on.clock(), on.signals());
        LiveNumbers live = new LiveNumbers(run -> on.signals().signal(RunUpdates.topic(run)));
        metrics = new MetricStore(on.database(), live);
        writes = new LastWrites(on.database(), on.clock(), on.silentAfter());
        store = new RunStore(on.database());
        ledger = new Ledger(on.executor() instanceof ReportsCapacity reports ? reports.capacity() : BOUNDLESS);
        builder = new LaunchBuilder(PythonLibrary.unpack(on.dataDirectory(), on.version()));
        RunSources sources = new RunSources(on.sources());
        logs = new RunLogs(store, on.executor(), masterLog);
        LogIndex index = new LogIndex(on.dataDirectory().resolve("search"));
        LogTimes times = new LogTimes(directories::of, on.clock());
        LogCaps caps =
                new LogCaps(store, on.executor(), masterLog::append, on.limits().log(), on.clock());
        NumberCollector.Watcher watcher = (run, files, last) -> {
            times.saw(run, files, last);
            caps.saw(run, files, last);
            writes.logged(run, files.stream().mapToLong(LogFile::bytes).sum());
        };
        collector = new NumberCollector(on.database(), metrics, logs, watcher, masterLog::append, on.clock());
        uses = new UseCollector(
                on.executor() instanceof MetersReplicas meters ? meters : _ -> Map.of(),
                new UseStore(on.database()),
                on.clock());
        checkpoints =
                new CheckpointKeeper(directories, metrics, run -> store.find(Scope.EVERYTHING, run), masterLog::append);
        journal = new RunJournal(masterLog, logs, on.signals(), collector, uses, checkpoints, writes);
        reconciler = new RunReconciler(
                store,
                on.executor(),
                ledger,
                new Preparation(directories, sources, on.environments(), on.tokens(), builder),
                journal,
                new Retries(store, on.projects(), ledger, on.clock()),
                on.clock(),
                Ids.mint());
        indexer = new RunIndexer(store, logs, index, reconciler::known, on.clock());
        runs = new Runs(store, on.projects(), sources, ledger, reconciler, writes, on.clock());
        OutputTotals totals = new OutputTotals(run -> new RunFiles(directories.output(run)).totals(), on.clock());
        RunViews views = new RunViews(store, metrics::lastValues, totals::of, writes::silentSince);
        VisibleRuns visible = store::get;
        endpoints.addAll(new RunApi(
                        runs,
                        views,
                        new RunUpdates(runs, views, live, on.signals()),
                        new RunSpecifications(builder, directories, on.projects()))
                .endpoints());
        endpoints.addAll(new RunLogApi(logs, times, on.signals(), on.clock()).endpoints());
        endpoints.addAll(new RunSearchApi(new RunSearch(store, logs, index)).endpoints());
        endpoints.addAll(new DiagnosisApi(new Diagnoses(store, logs)).endpoints());
        endpoints.addAll(new RunFileApi(visible, directories::output).endpoints());
        endpoints.addAll(new RunMetricApi(visible, metrics, writes::wrote, on.clock()).endpoints());
        endpoints.addAll(new UseApi(store::get, uses, on.clock()).endpoints());
    }

    public List<Endpoint<?, ?>> endpoints() {
        return endpoints;
    }

    /// What there is to tell of runs.
    public RunNews news() {
        return new RunNews(store, writes);
    }

    /// The numbers of runs.
    public MetricStore numbers() {
        return metrics;
    }

    /// Who may act as a run.
    public Access.ActiveRuns activeRuns() {
        return runs;
    }

    /// Takes over what an earlier server left behind; to be done before there are requests.
    public void recover() {
        writes.recover();
        takenOver = reconciler.recover();
    }

    /// Begins.
    ///
    /// @param url where programs reach this server
    public void start(String url) {
        builder.reachServerAt(url);
        reconciler.start();
        if (clock instanceof MachineClock machine) {
            machine.onSet(reconciler::clockWasSet);
        }
        looking = Thread.ofVirtual().name("numbers").start(this::collectUntilInterrupted);
        indexing = Thread.ofVirtual().name("log index").start(indexer::untilClosed);
        measuring = Thread.ofVirtual().name("use").start(this::measureUntilInterrupted);
    }

    private void measureUntilInterrupted() {
        try {
            while (true) {
                TimeUnit.MILLISECONDS.sleep(UseCollector.EVERY.toMillis());
                uses.pass(journal.runningRuns());
                checkpoints.pass(journal.runningRuns());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /// A pass over what goes on must not read the rows of all.
    private RunLogSource logsOf(RunId run) {
        return reconciler
                .known(run)
                .map(known -> logs.known(known.run(), known.replicas()))
                .orElse(logs);
    }

    private void collectUntilInterrupted() {
        try {
            if (takenOver > 0) {
                // What has become of them is what people wait for; their numbers wait for that.
                TimeUnit.MILLISECONDS.sleep(COLLECT_AFTER_TAKING_OVER.toMillis());
            }
            while (true) {
                TimeUnit.MILLISECONDS.sleep(COLLECT_EVERY.toMillis());
                collector.pass(journal.running(), this::logsOf);
                writes.storeNowAndThen();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /// How many runs wait for a place, and how many have one.
    public Load load() {
        return ledger.load();
    }

    public record Load(long queued, long running) {}

    public Resources inUse() {
        return ledger.inUse();
    }

    @Override
    public void close() {
        looking.interrupt();
        indexer.close();
        try {
            // Its files may be deleted as soon as this is closed.
            indexing.join(10_000);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        measuring.interrupt();
        reconciler.close();
        uses.flush();
        writes.store();
    }
}
