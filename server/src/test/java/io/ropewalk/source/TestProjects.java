package io.ropewalk.source;

import io.ropewalk.access.Scope;
import io.ropewalk.spi.ErrorCode;
import io.ropewalk.spi.ProjectId;
import io.ropewalk.spi.RopewalkException;
import io.ropewalk.spi.WorkspaceId;
import io.ropewalk.support.db.Database;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Projects that stand in the database but have their sources in memory.
final class TestProjects implements ProjectSources {
    private final Database database;
    private final Map<String, Listed> projects = new LinkedHashMap<>();
    private final Map<String, WorkspaceId> workspaces = new LinkedHashMap<>();

    TestProjects(Database database) {
        this.database = database;
    }

    ProjectPlace add(String workspace, String project, SourceDefinition... definitions) {
        WorkspaceId workspaceId = workspaces.computeIfAbsent(workspace, name -> {
            WorkspaceId id = new WorkspaceId("id-" + name);
            database.write(handle -> handle.execute("insert into workspace values (?, ?, 0)", id.value(), name));
            return id;
        });
        ProjectId projectId = new ProjectId("id-" + workspace + "-" + project);
        database.write(handle -> handle.execute(
                "insert into project values (?, ?, ?, 'owner', 0, 0, 0)",
                projectId.value(),
                workspaceId.value(),
                project));
        ProjectPlace place = new ProjectPlace(workspaceId, workspace, projectId, project);
        projects.put(workspace + "/" + project, new Listed(place, List.of(definitions)));
        return place;
    }

    static SourceDefinition upload(String name) {
        return new SourceDefinition(name, "upload", Map.of(), null, false);
    }

    @Override
    public WorkspaceId workspace(String name, Scope scope) {
        WorkspaceId id = workspaces.get(name);
        boolean seen = switch (scope) {
            case Scope.Everything _ -> id != null;
            case Scope.Nothing _ -> false;
            case Scope.OneProject one -> one.workspaceId().equals(id);
        };
        if (!seen || id == null) {
            throw new RopewalkException(ErrorCode.NOT_FOUND, "no workspace");
        }
        return id;
    }

    @Override
    public Listed sources(String workspace, String project, Scope scope) {
        Listed listed = projects.get(workspace + "/" + project);
        boolean seen = listed != null
                && switch (scope) {
                    case Scope.Everything _ -> true;
                    case Scope.Nothing _ -> false;
                    case Scope.OneProject one ->
                        one.projectId().equals(listed.place().projectId());
                };
        if (!seen || listed == null) {
            throw new RopewalkException(ErrorCode.NOT_FOUND, "no project");
        }
        return listed;
    }
}
