package io.ropewalk.notice;

import io.ropewalk.access.Tokens;
import io.ropewalk.metric.MetricStore;
import io.ropewalk.project.PartOfProject;
import io.ropewalk.project.Projects;
import io.ropewalk.run.RunNews;
import io.ropewalk.spi.ProjectId;
import io.ropewalk.support.config.ServerSettings;
import io.ropewalk.support.db.Database;
import io.ropewalk.support.egress.Egress;
import io.ropewalk.support.http.Endpoint;
import io.ropewalk.support.time.Signals;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import org.jdbi.v3.core.Handle;

/// The parts of this capability, joined.
public final class NoticeCapability implements AutoCloseable {
    /// How long a receiver may take.
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final Egress egress;
    private final NoticeReconciler reconciler;
    private final Courier courier;
    private final NoticeApi api;
    private volatile String server = "";

    /// What the capability is built on.
    public record Foundations(
            Database database,
            Path dataDirectory,
            ServerSettings.Notices settings,
            Projects projects,
            RunNews runs,
            MetricStore numbers,
            Tokens tokens,
            Signals signals,
            Clock clock) {}

    public NoticeCapability(Foundations on) {
        NoticeStore store = new NoticeStore(on.database());
        ChannelStore channels = new ChannelStore(on.database());
        egress = new Egress(on.settings().allow(), PATIENCE);
        Webhooks webhooks = new Webhooks(egress, on.tokens(), on.clock());
        Mails mails = new Mails(on.settings().mail(), on.dataDirectory(), PATIENCE);
        reconciler =
                new NoticeReconciler(on.runs(), on.numbers(), store, channels, on.signals(), on.clock(), () -> server);
        courier = new Courier(channels, webhooks, mails, on.signals(), on.clock());
        Notices notices = new Notices(
                store, channels, on.runs(), on.projects(), egress, webhooks, mails, on.signals(), on.clock());
        api = new NoticeApi(notices, on.signals());
    }

    /// What goes with a project when it is deleted.
    public static PartOfProject ofProjects(Database database) {
        NoticeStore store = new NoticeStore(database);
        return new PartOfProject() {
            @Override
            public void delete(Handle handle, ProjectId project) {
                store.deleteProject(handle, project);
            }
        };
    }

    public List<Endpoint<?, ?>> endpoints() {
        return api.endpoints();
    }

    /// Begins.
    ///
    /// @param url where the server's pages are
    public void start(String url) {
        server = url;
        reconciler.start();
        courier.start();
    }

    @Override
    public void close() {
        reconciler.close();
        courier.close();
        egress.close();
    }
}
