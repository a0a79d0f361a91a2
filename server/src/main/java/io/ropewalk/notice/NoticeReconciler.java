package io.ropewalk.notice;

import io.ropewalk.access.Scope;
import io.ropewalk.metric.MetricStore;
import io.ropewalk.run.Run;
import io.ropewalk.run.RunNews;
import io.ropewalk.run.RunState;
import io.ropewalk.spi.Ids;
import io.ropewalk.spi.RunId;
import io.ropewalk.support.failpoint.Failpoints;
import io.ropewalk.support.json.Json;
import io.ropewalk.support.time.Signals;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jdbi.v3.core.Handle;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Looks at what has become of runs and writes down whom to tell. A pass may be cut off anywhere and repeated.
final class NoticeReconciler implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(NoticeReconciler.class);
    /// Silence and numbers are looked at so often; ends wake it at once.
    private static final Duration BETWEEN = Duration.ofSeconds(2);
    /// Many ends at once are told together.
    private static final Duration GATHER = Duration.ofMillis(50);

    private static final Duration KEPT = Duration.ofDays(90);
    private static final Duration SWEPT = Duration.ofHours(6);
    private static final int AT_ONCE = 50;

    private final RunNews runs;
    private final MetricStore numbers;
    private final NoticeStore store;
    private final ChannelStore channels;
    private final Signals signals;
    private final Clock clock;
    private final Supplier<String> server;
    /// What has been told of runs that live; told again it would change nothing.
    private final Set<String> known = new HashSet<>();
    private Instant sweptAt = Instant.EPOCH;
    private volatile boolean closed;
    private Thread looking = Thread.ofVirtual().unstarted(() -> {});

    /// @param server where its pages are
    NoticeReconciler(
            RunNews runs,
            MetricStore numbers,
            NoticeStore store,
            ChannelStore channels,
            Signals signals,
            Clock clock,
            Supplier<String> server) {
        this.runs = runs;
        this.numbers = numbers;
        this.store = store;
        this.channels = channels;
        this.signals = signals;
        this.clock = clock;
        this.server = server;
    }

    static String topic(String person) {
        return "notices:" + person;
    }

    void start() {
        looking = Thread.ofVirtual().name("notices").start(this::lookUntilInterrupted);
    }

    private void lookUntilInterrupted() {
        try (Signals.Watch ends = signals.watch(RunNews.ENDED)) {
            while (!closed) {
                try {
                    pass();
                } catch (Exception e) {
                    LOG.error("nobody is told of runs for now; it is tried again", e);
                }
                if (ends.await(BETWEEN) && !closed) {
                    Thread.sleep(GATHER);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /// Writes down everything that there is to tell now. Not for two threads at once.
    void pass() {
        List<Run> ended;
        do {
            ended = runs.untold(AT_ONCE);
            tellEnds(ended);
        } while (ended.size() == AT_ONCE);
        watch();
        sweep();
    }

    /// Something to tell, and whom.
    private record Telling(Run run, Notice.News news, List<Rule> rules) {}

    private void tellEnds(List<Run> ended) {
        if (ended.isEmpty()) {
            return;
        }
        Failpoints.NOTICE_FOUND.reached();
        Instant now = clock.instant();
        store.write(handle -> {
            ended.stream()
                    .map(run -> run.origin().author())
                    .distinct()
                    .forEach(author -> store.welcome(handle, author, now));
            return ended.size();
        });
        List<Rule> rules = store.read(
                handle -> store.rules(handle, Occasion.Kind.ENDED, Occasion.Kind.FAILED, Occasion.Kind.NUMBER));
        List<Telling> tellings = new ArrayList<>();
        for (Run run : ended) {
            List<Rule> concerned =
                    rules.stream().filter(rule -> rule.concerns(run)).toList();
            tellings.addAll(numbers(run, concerned));
            if (run.state() instanceof RunState.Final end) {
                List<Rule> wanting =
                        concerned.stream().filter(rule -> rule.wants(end)).toList();
                if (!wanting.isEmpty()) {
                    tellings.add(new Telling(run, Notice.News.ofEnd(run, end, runs.later(run.id())), wanting));
                }
            }
        }
        List<RunId> ids = ended.stream().map(Run::id).toList();
        tell(tellings, ids);
        ids.forEach(id -> known.removeIf(key -> key.startsWith(id + " ")));
    }

    private List<Telling> numbers(Run run, List<Rule> rules) {
        List<Telling> met = new ArrayList<>();
        for (Rule rule : rules) {
            if (rule.on() instanceof Occasion.Crossing on) {
                numbers.extent(run.id(), on.metric())
                        .filter(on::met)
                        .map(extent -> Notice.News.ofNumber(run, on, on.seen(extent)))
                        .ifPresent(news -> met.add(new Telling(run, news, List.of(rule))));
            }
        }
        return met;
    }

    /// Looks at runs that live.
    private void watch() {
        List<Rule> rules = store.read(handle -> store.rules(handle, Occasion.Kind.SILENT, Occasion.Kind.NUMBER));
        if (rules.isEmpty()) {
            return;
        }
        List<Telling> tellings = new ArrayList<>();
        List<String> keys = new ArrayList<>();
        for (RunNews.Alive run : runs.alive()) {
            for (Rule rule : rules) {
                String key = run.run() + " " + rule.person() + " " + rule.on().key();
                if (rule.concerns(run) && !known.contains(key)) {
                    Optional<Telling> telling = telling(run, rule);
                    telling.ifPresent(_ -> keys.add(key));
                    telling.ifPresent(tellings::add);
                }
            }
        }
        tell(tellings, List.of());
        known.addAll(keys);
    }

    private Optional<Telling> telling(RunNews.Alive alive, Rule rule) {
        return switch (rule.on()) {
            case Occasion.Ended _, Occasion.Failed _ -> Optional.empty();
            case Occasion.Silent on ->
                runs.silentSince(alive, on.atLeast())
                        .flatMap(since -> runs.find(Scope.EVERYTHING, alive.run())
                                .map(run -> new Telling(run, Notice.News.ofSilence(run, on, since), List.of(rule))));
            case Occasion.Crossing on ->
                numbers.extent(alive.run(), on.metric())
                        .filter(on::met)
                        .flatMap(extent -> runs.find(Scope.EVERYTHING, alive.run())
                                .map(run -> new Telling(
                                        run, Notice.News.ofNumber(run, on, on.seen(extent)), List.of(rule))));
        };
    }

    /// The same news of the same run, by whichever rules, are told once.
    private static List<Telling> merged(List<Telling> tellings) {
        Map<String, Telling> merged = new LinkedHashMap<>();
        for (Telling telling : tellings) {
            merged.merge(
                    telling.run().id() + " " + telling.news().key(),
                    telling,
                    (one, other) -> new Telling(
                            one.run(),
                            one.news(),
                            Stream.concat(one.rules().stream(), other.rules().stream())
                                    .toList()));
        }
        return List.copyOf(merged.values());
    }

    /// Writes notices and deliveries in one transaction.
    ///
    /// @param ended runs whose ends have been told with it
    private void tell(List<Telling> tellings, List<RunId> ended) {
        if (tellings.isEmpty() && ended.isEmpty()) {
            return;
        }
        Instant now = clock.instant();
        Set<String> told = store.write(handle -> {
            Set<String> persons = new LinkedHashSet<>();
            for (Telling telling : merged(tellings)) {
                Set<String> wanting = new LinkedHashSet<>();
                telling.rules().forEach(rule -> wanting.add(rule.person()));
                for (String person : wanting) {
                    if (store.tell(handle, person, telling.run(), telling.news(), now)
                            .isPresent()) {
                        persons.add(person);
                        send(handle, telling, person, now);
                    }
                }
            }
            Failpoints.NOTICE_ROWS.reached();
            if (!ended.isEmpty()) {
                runs.told(handle, ended);
                store.forgetRules(handle, ended);
            }
            return persons;
        });
        Failpoints.NOTICE_STORED.reached();
        told.forEach(person -> signals.signal(topic(person)));
        if (!told.isEmpty()) {
            signals.signal(Courier.TOPIC);
        }
    }

    private void send(Handle handle, Telling telling, String person, Instant now) {
        Set<String> over = new LinkedHashSet<>();
        telling.rules().stream()
                .filter(rule -> rule.person().equals(person))
                .forEach(rule -> over.addAll(rule.channels()));
        String body = Json.write(Payload.of(telling.news(), telling.run(), now, server.get()));
        for (String channel : over) {
            channels.insert(
                    handle,
                    Delivery.first("msg_" + Ids.mint(), channel, body, now),
                    telling.run().home().projectId());
        }
    }

    private void sweep() {
        Instant now = clock.instant();
        if (Duration.between(sweptAt, now).abs().compareTo(SWEPT) < 0) {
            return;
        }
        sweptAt = now;
        store.write(handle -> {
            store.deleteOlder(handle, now.minus(KEPT));
            channels.deleteOlder(handle, now.minus(KEPT));
            return true;
        });
    }

    /// What is being written is still written.
    @Override
    public void close() {
        closed = true;
        signals.signal(RunNews.ENDED);
        try {
            looking.join(5_000);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
