package io.ropewalk.access;

import io.ropewalk.spi.ProjectId;
import io.ropewalk.spi.WorkspaceId;
import org.jdbi.v3.core.statement.SqlStatement;

/// What somebody may see, as a condition on rows. Every store read takes one and puts [#condition] into its `where`.
public sealed interface Scope {
    Scope EVERYTHING = new Everything();
    Scope NOTHING = new Nothing();

    /// SQL over a row's workspace and project columns; its parameters are bound by [#bind].
    ///
    /// @param project the column, or `null` in SQL where rows belong to no project
    String condition(String workspace, String project);

    <S extends SqlStatement<S>> S bind(S statement);

    /// For the server's own work, and for its owner.
    record Everything() implements Scope {
        @Override
        public String condition(String workspace, String project) {
            return "1 = 1";
        }

        @Override
        public <S extends SqlStatement<S>> S bind(S statement) {
            return statement;
        }
    }

    record Nothing() implements Scope {
        @Override
        public String condition(String workspace, String project) {
            return "1 = 0";
        }

        @Override
        public <S extends SqlStatement<S>> S bind(S statement) {
            return statement;
        }
    }

    record OneProject(WorkspaceId workspaceId, ProjectId projectId) implements Scope {
        @Override
        public String condition(String workspace, String project) {
            return "(" + workspace + " = :scopeWorkspace and " + project + " = :scopeProject)";
        }

        @Override
        public <S extends SqlStatement<S>> S bind(S statement) {
            return statement.bind("scopeWorkspace", workspaceId.value()).bind("scopeProject", projectId.value());
        }
    }
}
