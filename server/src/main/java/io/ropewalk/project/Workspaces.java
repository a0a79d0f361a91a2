package io.ropewalk.project;

import io.ropewalk.access.Scope;
import io.ropewalk.spi.ErrorCode;
import io.ropewalk.spi.RopewalkException;
import io.ropewalk.spi.WorkspaceId;
import io.ropewalk.support.db.Database;
import java.time.Clock;
import java.util.List;
import java.util.Optional;

/// The tenants of this server.
public final class Workspaces {
    private final Database database;

    /// Makes the default workspace when there is none.
    public Workspaces(Database database, Clock clock) {
        this.database = database;
        String created = """
                insert into workspace (id, name, created_at) values (:id, :name, :at)
                on conflict (name) do nothing
                """;
        if (find(Scope.EVERYTHING, Workspace.DEFAULT).isEmpty()) {
            database.write(handle -> handle.createUpdate(created)
                    .bind("id", WorkspaceId.mint().value())
                    .bind("name", Workspace.DEFAULT)
                    .bind("at", clock.millis())
                    .execute());
        }
    }

    public Optional<Workspace> find(Scope scope, String name) {
        return visible(scope).stream()
                .filter(workspace -> workspace.name().equals(name))
                .findFirst();
    }

    public Workspace get(Scope scope, String name) {
        return find(scope, name)
                .orElseThrow(() -> new RopewalkException(
                        ErrorCode.NOT_FOUND,
                        "There is no workspace '%s' that you may see; the first one is called 'default'."
                                .formatted(Fields.shortened(name))));
    }

    public List<String> names(Scope scope) {
        return visible(scope).stream().map(Workspace::name).toList();
    }

    // Rows of this table are few; what a run may see is its own workspace, whichever project it asks about.
    private List<Workspace> visible(Scope scope) {
        List<Workspace> all = database.read(handle -> handle.createQuery("select id, name from workspace order by name")
                .map((row, _) -> new Workspace(new WorkspaceId(row.getString("id")), row.getString("name")))
                .list());
        return all.stream().filter(workspace -> sees(scope, workspace)).toList();
    }

    private static boolean sees(Scope scope, Workspace workspace) {
        return switch (scope) {
            case Scope.Everything _ -> true;
            case Scope.Nothing _ -> false;
            case Scope.OneProject project -> project.workspaceId().equals(workspace.id());
        };
    }
}
