package io.ropewalk.notice;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.ropewalk.access.Caller;
import io.ropewalk.access.Right;
import io.ropewalk.spi.ErrorCode;
import io.ropewalk.spi.RopewalkException;
import io.ropewalk.spi.RunId;
import io.ropewalk.support.db.Together;
import io.ropewalk.support.http.Call;
import io.ropewalk.support.http.Endpoint;
import io.ropewalk.support.http.NoInput;
import io.ropewalk.support.http.Nothing;
import io.ropewalk.support.http.Page;
import io.ropewalk.support.http.Position;
import io.ropewalk.support.http.Reply;
import io.ropewalk.support.time.Signals;
import java.time.Instant;
import java.util.List;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/// What a person has been told, wants to be told, and by which ways.
public final class NoticeApi {
    private static final String NOTICES = "/api/v1/notices";
    private static final String RULES = "/api/v1/notice-rules";
    private static final String CHANNELS = "/api/v1/notice-channels";

    private final Notices notices;
    private final NoticeUpdates updates;

    NoticeApi(Notices notices, Signals signals) {
        this.notices = notices;
        this.updates = new NoticeUpdates(notices, signals, NoticeApi::view);
    }

    public record ListNotices(
            @Nullable Boolean unread,
            @Nullable String cursor,
            @Nullable Integer limit) {}

    public record OneNotice(String notice) {}

    /// @param title one line
    /// @param text why, or what follows; may be empty
    public record NoticeView(
            String id,
            Notice.Kind kind,
            String title,
            String text,
            RunId run,
            String runName,
            String workspace,
            String project,
            Instant createdAt,
            boolean read) {}

    public record UnreadView(long unread, @Nullable NoticeView newest) {}

    /// @param workspace of the project
    /// @param project whose runs are meant; together with `run` absent for all runs of one's own
    /// @param run the only one that is meant
    /// @param minutes of silence
    /// @param metric the name of a series
    /// @param channels ids of those that it goes over beside the pages
    public record AddRule(
            @Nullable String workspace,
            @Nullable String project,
            @Nullable RunId run,
            Occasion.Kind on,
            @Nullable Integer minutes,
            @Nullable String metric,
            Occasion.@Nullable Is is,
            @Nullable Double value,
            @Nullable List<String> channels) {}

    public record ChangeRule(String rule, List<String> channels) {}

    public record OneRule(String rule) {}

    public enum AboutKind {
        @JsonProperty("mine")
        MINE,
        @JsonProperty("project")
        PROJECT,
        @JsonProperty("run")
        RUN
    }

    /// @param words behind "when a run": `fails`
    public record RuleView(
            String id,
            AboutKind about,
            @Nullable String workspace,
            @Nullable String project,
            @Nullable RunId run,
            @Nullable String runName,
            Occasion.Kind on,
            @Nullable Integer minutes,
            @Nullable String metric,
            Occasion.@Nullable Is is,
            @Nullable Double value,
            String words,
            List<String> channels,
            Instant createdAt) {}

    /// @param name one is made of the target when absent
    /// @param target the address to call, or for e-mail
    public record OpenChannel(Channel.Kind kind, @Nullable String name, String target) {}

    public record OneChannel(String channel) {}

    /// @param secret what its receiver checks signatures with; only with the answer that opens it
    /// @param latest what went over it last
    public record ChannelView(
            String id,
            Channel.Kind kind,
            String name,
            String target,
            Instant createdAt,
            @Nullable String secret,
            @Nullable DeliveryView latest) {}

    /// @param mail whether there is e-mail
    /// @param mailRemedy what to do where there is none
    public record Channels(
            List<ChannelView> channels,
            boolean mail,
            @Nullable String mailRemedy) {}

    /// @param dueAt when it is tried again
    public record DeliveryView(
            String id,
            String title,
            Delivery.State state,
            Instant createdAt,
            @Nullable Instant dueAt,
            List<Delivery.Attempt> attempts) {}

    public List<Endpoint<?, ?>> endpoints() {
        return List.of(
                Endpoint.get(
                        NOTICES,
                        Right.SELF,
                        ListNotices.class,
                        Reply.page(NoticeView.class),
                        "List what one has been told, newest first",
                        this::list),
                Endpoint.get(
                        NOTICES + "/updates",
                        Right.SELF,
                        NoInput.class,
                        Reply.events(UnreadView.class),
                        "Follow how many notices are unread",
                        (_, call) -> updates.follow(Caller.of(call))),
                Endpoint.post(
                        NOTICES + "/read",
                        Right.SELF,
                        NoInput.class,
                        Reply.nothing(),
                        "Mark all notices as read",
                        this::readAll),
                Endpoint.post(
                        NOTICES + "/{notice}/read",
                        Right.SELF,
                        OneNotice.class,
                        Reply.nothing(),
                        "Mark a notice as read",
                        this::read),
                Endpoint.get(
                        RULES,
                        Right.SELF,
                        NoInput.class,
                        Reply.list(RuleView.class),
                        "List what one wants to be told",
                        this::rules),
                Endpoint.post(
                        RULES,
                        Right.SELF,
                        AddRule.class,
                        Reply.created(RuleView.class),
                        "Ask to be told of something",
                        this::add),
                Endpoint.put(
                        RULES + "/{rule}",
                        Right.SELF,
                        ChangeRule.class,
                        Reply.of(RuleView.class),
                        "Choose the channels of a rule",
                        this::change),
                Endpoint.delete(
                        RULES + "/{rule}",
                        Right.SELF,
                        OneRule.class,
                        Reply.nothing(),
                        "Be told of something no longer",
                        this::remove),
                Endpoint.get(
                        CHANNELS,
                        Right.SELF,
                        NoInput.class,
                        Reply.of(Channels.class),
                        "List the ways by which one is told",
                        this::channels),
                Endpoint.post(
                        CHANNELS,
                        Right.SELF,
                        OpenChannel.class,
                        Reply.created(ChannelView.class),
                        "Add a webhook or an e-mail address",
                        this::open),
                Endpoint.delete(
                        CHANNELS + "/{channel}",
                        Right.SELF,
                        OneChannel.class,
                        Reply.nothing(),
                        "Remove a channel",
                        this::close),
                Endpoint.post(
                        CHANNELS + "/{channel}/test",
                        Right.SELF,
                        OneChannel.class,
                        Reply.created(DeliveryView.class),
                        "Send a test over a channel",
                        this::test),
                Endpoint.get(
                        CHANNELS + "/{channel}/deliveries",
                        Right.SELF,
                        OneChannel.class,
                        Reply.list(DeliveryView.class),
                        "List what went over a channel, newest first",
                        this::deliveries));
    }

    private Page<NoticeView> list(ListNotices request, Call call) {
        int limit = request.limit() == null ? 100 : request.limit();
        if (limit < 1 || limit > 1000) {
            throw new RopewalkException(
                    ErrorCode.INVALID_REQUEST,
                    "'limit' is a number of notices from 1 to 1000, not %d.".formatted(limit));
        }
        List<Notice> found = notices.list(
                Caller.of(call),
                new Notices.Query(Boolean.TRUE.equals(request.unread()), Position.parse(request.cursor()), limit));
        String next = found.size() < limit ? null : found.getLast().position().cursor();
        return new Page<>(found.stream().map(NoticeApi::view).toList(), next);
    }

    private static NoticeView view(Notice notice) {
        return new NoticeView(
                notice.id(),
                notice.kind(),
                notice.told().title(),
                notice.told().text(),
                notice.run(),
                notice.told().runName(),
                notice.told().workspace(),
                notice.told().project(),
                notice.createdAt(),
                notice.read());
    }

    private static UnreadView view(Notices.Unread unread) {
        return new UnreadView(
                unread.count(), unread.newest().map(NoticeApi::view).orElse(null));
    }

    private Nothing readAll(NoInput request, Call call) {
        notices.readAll(Caller.of(call), answering(call));
        return Nothing.NOTHING;
    }

    private Nothing read(OneNotice request, Call call) {
        notices.read(Caller.of(call), request.notice(), answering(call));
        return Nothing.NOTHING;
    }

    private static Together<String> answering(Call call) {
        return (handle, _) -> call.key().keep(handle, Nothing.NOTHING);
    }

    private List<RuleView> rules(NoInput request, Call call) {
        return notices.rules(Caller.of(call)).stream().map(NoticeApi::view).toList();
    }

    private RuleView add(AddRule request, Call call) {
        Occasion on =
                new Asked(request.on(), request.minutes(), request.metric(), request.is(), request.value()).occasion();
        return view(notices.add(
                Caller.of(call),
                new Notices.Meant(request.workspace(), request.project(), request.run()),
                on,
                request.channels() == null ? List.of() : request.channels(),
                (handle, rule) -> call.key().keep(handle, view(rule))));
    }

    private RuleView change(ChangeRule request, Call call) {
        return view(notices.over(
                Caller.of(call),
                request.rule(),
                request.channels(),
                (handle, rule) -> call.key().keep(handle, view(rule))));
    }

    private Nothing remove(OneRule request, Call call) {
        notices.remove(Caller.of(call), request.rule(), answering(call));
        return Nothing.NOTHING;
    }

    private static RuleView view(Notices.Named named) {
        Rule rule = named.rule();
        Asked asked = Asked.of(rule.on());
        AboutKind about = switch (rule.about()) {
            case About.Mine _ -> AboutKind.MINE;
            case About.OfProject _ -> AboutKind.PROJECT;
            case About.OneRun _ -> AboutKind.RUN;
        };
        return new RuleView(
                rule.id(),
                about,
                named.names().map(NoticeStore.Names::workspace).orElse(null),
                named.names().map(NoticeStore.Names::project).orElse(null),
                rule.about() instanceof About.OneRun(RunId id) ? id : null,
                named.names().map(NoticeStore.Names::run).orElse(null),
                asked.on(),
                asked.minutes(),
                asked.metric(),
                asked.is(),
                asked.value(),
                rule.on().words(),
                rule.channels(),
                rule.createdAt());
    }

    private Channels channels(NoInput request, Call call) {
        boolean mail = notices.mailOffered();
        return new Channels(
                notices.channels(Caller.of(call)).stream()
                        .map(used -> view(
                                used.channel(),
                                null,
                                used.latest().map(NoticeApi::view).orElse(null)))
                        .toList(),
                mail,
                mail ? null : Mails.remedy());
    }

    private ChannelView open(OpenChannel request, Call call) {
        Channel opened = notices.open(
                Caller.of(call),
                request.kind(),
                request.name() == null ? "" : request.name(),
                request.target(),
                (handle, channel) -> keep(call, handle, channel));
        return view(opened, notices.secret(opened), null);
    }

    private void keep(Call call, Handle handle, Channel channel) {
        if (notices.secret(channel) == null) {
            call.key().keep(handle, view(channel, null, null));
        } else {
            call.key()
                    .keepOnlyThat(
                            handle,
                            "The channel '%s' has been opened, and its secret was shown then, once. If it is lost, remove this channel and open another."
                                    .formatted(channel.name()));
        }
    }

    private static ChannelView view(Channel channel, @Nullable String secret, @Nullable DeliveryView latest) {
        return new ChannelView(
                channel.id(), channel.kind(), channel.name(), channel.target(), channel.createdAt(), secret, latest);
    }

    private Nothing close(OneChannel request, Call call) {
        notices.close(Caller.of(call), request.channel(), answering(call));
        return Nothing.NOTHING;
    }

    private DeliveryView test(OneChannel request, Call call) {
        return view(notices.test(
                Caller.of(call),
                request.channel(),
                (handle, delivery) -> call.key().keep(handle, view(delivery))));
    }

    private List<DeliveryView> deliveries(OneChannel request, Call call) {
        return notices.deliveries(Caller.of(call), request.channel()).stream()
                .map(NoticeApi::view)
                .toList();
    }

    private static DeliveryView view(Delivery delivery) {
        return new DeliveryView(
                delivery.id(),
                io.ropewalk.support.json.Json.read(delivery.body(), Payload.class)
                        .data()
                        .title(),
                delivery.state(),
                delivery.createdAt(),
                delivery.state() == Delivery.State.WAITING ? delivery.dueAt() : null,
                delivery.log());
    }
}
