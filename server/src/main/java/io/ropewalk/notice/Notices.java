package io.ropewalk.notice;

import io.ropewalk.access.Caller;
import io.ropewalk.access.Scope;
import io.ropewalk.project.Projects;
import io.ropewalk.run.Run;
import io.ropewalk.run.RunNews;
import io.ropewalk.spi.ErrorCode;
import io.ropewalk.spi.Ids;
import io.ropewalk.spi.ProjectId;
import io.ropewalk.spi.RopewalkException;
import io.ropewalk.spi.RunId;
import io.ropewalk.support.db.Together;
import io.ropewalk.support.egress.Egress;
import io.ropewalk.support.egress.EgressException;
import io.ropewalk.support.http.Position;
import io.ropewalk.support.json.Json;
import io.ropewalk.support.text.Printable;
import io.ropewalk.support.time.Signals;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/// What people can do with what they are told, and with what they ask to be told.
final class Notices {
    private static final int MOST_RULES = 200;
    private static final int MOST_CHANNELS = 20;
    private static final int LONGEST_NAME = 60;
    private static final int DELIVERIES_SHOWN = 50;

    private final NoticeStore store;
    private final ChannelStore channels;
    private final RunNews runs;
    private final Projects projects;
    private final Egress egress;
    private final Webhooks webhooks;
    private final Mails mails;
    private final Signals signals;
    private final Clock clock;

    Notices(
            NoticeStore store,
            ChannelStore channels,
            RunNews runs,
            Projects projects,
            Egress egress,
            Webhooks webhooks,
            Mails mails,
            Signals signals,
            Clock clock) {
        this.store = store;
        this.channels = channels;
        this.runs = runs;
        this.projects = projects;
        this.egress = egress;
        this.webhooks = webhooks;
        this.mails = mails;
        this.signals = signals;
        this.clock = clock;
    }

    /// Only people are told; a program that acts for one has no business with their notices.
    private static String person(Caller caller) {
        return switch (caller) {
            case Caller.Owner(String name) -> name;
            case Caller.Run _, Caller.Nobody _ ->
                throw new RopewalkException(
                        ErrorCode.FORBIDDEN,
                        "Notices belong to people; a run's token can neither read nor change them. Use your own.");
        };
    }

    /// What goes into a page of the list.
    ///
    /// @param unread only those
    record Query(boolean unread, @Nullable Position before, int limit) {}

    List<Notice> list(Caller caller, Query query) {
        return store.list(person(caller), caller.scope(), query.unread(), query.before(), query.limit());
    }

    /// How many are unread, and the newest of all.
    record Unread(long count, Optional<Notice> newest) {}

    Unread unread(Caller caller) {
        String person = person(caller);
        List<Notice> newest = store.list(person, caller.scope(), false, null, 1);
        return new Unread(store.unread(person, caller.scope()), newest.stream().findFirst());
    }

    /// What is signalled when a person's notices have changed.
    static String topic(Caller caller) {
        return NoticeReconciler.topic(person(caller));
    }

    void read(Caller caller, String notice, Together<String> together) {
        String person = person(caller);
        boolean found = store.write(handle -> {
            boolean is = store.read(handle, person, notice, clock.instant());
            if (is) {
                together.with(handle, notice);
            }
            return is;
        });
        if (!found) {
            throw missing("notice", notice, "'ropewalk notices' lists yours");
        }
        signals.signal(topic(caller));
    }

    void readAll(Caller caller, Together<String> together) {
        String person = person(caller);
        store.write(handle -> {
            store.readAll(handle, person, clock.instant());
            together.with(handle, person);
            return person;
        });
        signals.signal(topic(caller));
    }

    /// A rule and what it is about by name.
    ///
    /// @param names empty for all runs of one's own
    record Named(Rule rule, Optional<NoticeStore.Names> names) {}

    List<Named> rules(Caller caller) {
        String person = person(caller);
        Instant now = clock.instant();
        return store.write(handle -> {
            store.welcome(handle, person, now);
            return store.rulesOf(handle, person).stream()
                    .map(rule -> named(handle, rule))
                    .toList();
        });
    }

    private Named named(Handle handle, Rule rule) {
        return new Named(rule, store.names(handle, rule));
    }

    /// Which runs are meant: one, those of a project, or one's own.
    record Meant(
            @Nullable String workspace,
            @Nullable String project,
            @Nullable RunId run) {
        Meant {
            if (project == null && workspace != null) {
                throw new RopewalkException(
                        ErrorCode.INVALID_REQUEST, "A 'workspace' is named together with a 'project'.");
            }
            if (project != null && run != null) {
                throw new RopewalkException(
                        ErrorCode.INVALID_REQUEST,
                        "A rule is about one 'run' or about a 'project', not both; leave both out for all runs of your own.");
            }
        }
    }

    private record Found(About about, @Nullable ProjectId project) {}

    private Found find(Caller caller, String person, Meant meant) {
        Scope scope = caller.scope();
        RunId wanted = meant.run();
        if (wanted != null) {
            Run run = runs.find(scope, wanted)
                    .orElseThrow(() -> missing("run", wanted.value(), "'ropewalk ls runs' lists what there is"));
            if (run.ended()) {
                throw new RopewalkException(
                        ErrorCode.CONFLICT,
                        "Run %s has %s already, so nothing of it can be told any more."
                                .formatted(run.name(), run.state().word()));
            }
            return new Found(new About.OneRun(run.id()), run.home().projectId());
        }
        if (meant.project() != null) {
            ProjectId id = projects.get(
                            scope, meant.workspace() == null ? "default" : meant.workspace(), meant.project())
                    .id();
            return new Found(new About.OfProject(id), id);
        }
        return new Found(new About.Mine(person), null);
    }

    Named add(Caller caller, Meant meant, Occasion on, List<String> over, Together<Named> together) {
        String person = person(caller);
        Found found = find(caller, person, meant);
        Rule rule = new Rule(Ids.mint(), person, found.about(), on, distinct(over), clock.instant());
        return store.write(handle -> {
            store.welcome(handle, person, rule.createdAt());
            checkChannels(handle, person, rule.channels());
            if (store.rulesOf(handle, person).size() >= MOST_RULES) {
                throw new RopewalkException(
                        ErrorCode.TOO_LARGE,
                        "You have %d rules, and there are no more than that; remove one first.".formatted(MOST_RULES));
            }
            if (!store.insert(handle, rule, found.project())) {
                throw new RopewalkException(
                        ErrorCode.ALREADY_EXISTS,
                        "You are told already when a run of these %s. Change that rule, or remove it."
                                .formatted(on.words()));
            }
            Named named = named(handle, rule);
            together.with(handle, named);
            return named;
        });
    }

    private static List<String> distinct(List<String> over) {
        return over.stream().distinct().toList();
    }

    private void checkChannels(Handle handle, String person, List<String> over) {
        List<String> known =
                channels.of(handle, person).stream().map(Channel::id).toList();
        for (String id : over) {
            if (!known.contains(id)) {
                throw new RopewalkException(
                        ErrorCode.INVALID_REQUEST,
                        "You have no channel with the id '%s'; 'ropewalk notify channels' lists yours."
                                .formatted(id.length() > 60 ? id.substring(0, 60) + "…" : id));
            }
        }
    }

    /// Over which channels a rule tells, beside the pages.
    Named over(Caller caller, String id, List<String> over, Together<Named> together) {
        String person = person(caller);
        return store.write(handle -> {
            Rule rule = store.rule(handle, person, id).orElseThrow(() -> missing("rule", id, RULES));
            checkChannels(handle, person, over);
            store.channels(handle, rule, distinct(over));
            Named named = named(handle, store.rule(handle, person, id).orElseThrow());
            together.with(handle, named);
            return named;
        });
    }

    void remove(Caller caller, String rule, Together<String> together) {
        String person = person(caller);
        store.write(handle -> {
            store.welcome(handle, person, clock.instant());
            if (!store.deleteRule(handle, person, rule)) {
                throw missing("rule", rule, RULES);
            }
            together.with(handle, rule);
            return rule;
        });
    }

    private static final String RULES = "'ropewalk notify' lists yours";
    private static final String CHANNELS = "'ropewalk notify channels' lists yours";

    private static RopewalkException missing(String noun, String id, String remedy) {
        return new RopewalkException(
                ErrorCode.NOT_FOUND,
                "There is no %s '%s', or you may not see it; %s."
                        .formatted(noun, id.length() > 60 ? id.substring(0, 60) + "…" : id, remedy));
    }

    boolean mailOffered() {
        return mails.offered();
    }

    /// A channel and the latest that went over it.
    record Used(Channel channel, Optional<Delivery> latest) {}

    List<Used> channels(Caller caller) {
        String person = person(caller);
        return store.read(handle -> channels.of(handle, person).stream()
                .map(channel -> new Used(
                        channel,
                        channels.latest(handle, channel.id(), 1).stream().findFirst()))
                .toList());
    }

    /// @param name empty for one made of the target
    Channel open(Caller caller, Channel.Kind kind, String name, String target, Together<Channel> together) {
        String person = person(caller);
        String checked = checked(kind, target);
        String called = name.isBlank() ? standardName(kind, checked) : name.strip();
        if (called.length() > LONGEST_NAME || !called.codePoints().allMatch(Printable::is)) {
            throw new RopewalkException(
                    ErrorCode.INVALID_REQUEST,
                    "The name of a channel has at most %d printable characters.".formatted(LONGEST_NAME));
        }
        Channel channel = new Channel(Ids.mint(), person, kind, called, checked, clock.instant());
        return store.write(handle -> {
            if (channels.of(handle, person).size() >= MOST_CHANNELS) {
                throw new RopewalkException(
                        ErrorCode.TOO_LARGE,
                        "You have %d channels, and there are no more than that; remove one first."
                                .formatted(MOST_CHANNELS));
            }
            if (!channels.insert(handle, channel)) {
                throw new RopewalkException(
                        ErrorCode.ALREADY_EXISTS,
                        "You have a channel '%s' already; choose another name.".formatted(called));
            }
            together.with(handle, channel);
            return channel;
        });
    }

    private static String standardName(Channel.Kind kind, String target) {
        String name = switch (kind) {
            case WEBHOOK -> String.valueOf(java.net.URI.create(target).getHost());
            case EMAIL -> target;
        };
        return name.length() > LONGEST_NAME ? name.substring(0, LONGEST_NAME) : name;
    }

    private String checked(Channel.Kind kind, String target) {
        return switch (kind) {
            case WEBHOOK -> {
                try {
                    yield egress.check(target).toString();
                } catch (EgressException e) {
                    throw new RopewalkException(ErrorCode.INVALID_REQUEST, String.valueOf(e.getMessage()), e);
                }
            }
            case EMAIL -> {
                if (!mails.offered()) {
                    throw new RopewalkException(ErrorCode.CONFLICT, Mails.remedy());
                }
                Mails.check(target);
                yield target;
            }
        };
    }

    /// What a webhook's receiver checks signatures with; absent for others.
    @Nullable
    String secret(Channel channel) {
        return channel.kind() == Channel.Kind.WEBHOOK ? webhooks.secret(channel) : null;
    }

    /// With it goes what is on its way; rules go on without it.
    void close(Caller caller, String id, Together<String> together) {
        String person = person(caller);
        store.write(handle -> {
            if (!channels.delete(handle, person, id)) {
                throw missing("channel", id, CHANNELS);
            }
            for (Rule rule : store.rulesOf(handle, person)) {
                if (rule.channels().contains(id)) {
                    store.channels(
                            handle,
                            rule,
                            rule.channels().stream()
                                    .filter(other -> !other.equals(id))
                                    .toList());
                }
            }
            together.with(handle, id);
            return id;
        });
    }

    /// Sends something over a channel, to see whether it arrives.
    Delivery test(Caller caller, String id, Together<Delivery> together) {
        Channel channel = channel(caller, id);
        Instant now = clock.instant();
        Delivery delivery =
                Delivery.first("msg_" + Ids.mint(), channel.id(), Json.write(Payload.test(channel, now)), now);
        store.write(handle -> {
            channels.insert(handle, delivery, null);
            together.with(handle, delivery);
            return delivery;
        });
        signals.signal(Courier.TOPIC);
        return delivery;
    }

    private Channel channel(Caller caller, String id) {
        return channels.find(person(caller), id).orElseThrow(() -> missing("channel", id, CHANNELS));
    }

    List<Delivery> deliveries(Caller caller, String id) {
        Channel channel = channel(caller, id);
        return store.read(handle -> channels.latest(handle, channel.id(), DELIVERIES_SHOWN));
    }
}
