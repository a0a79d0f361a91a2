package io.ropewalk.access;

import io.ropewalk.spi.ProjectId;
import io.ropewalk.spi.RunId;
import io.ropewalk.spi.WorkspaceId;
import io.ropewalk.support.http.Call;
import io.ropewalk.support.http.Permission;
import io.ropewalk.support.http.Principal;
import java.util.EnumSet;
import java.util.Set;

/// Somebody who was recognised.
public sealed interface Caller extends Principal {
    /// What they may see; every read of a store takes it.
    Scope scope();

    /// Who stands for what they do: the person, also for a run.
    String author();

    @Override
    default boolean anonymous() {
        return false;
    }

    static Caller of(Call call) {
        if (call.principal() instanceof Caller caller) {
            return caller;
        }
        throw new IllegalStateException("an endpoint without a permission asked who is calling");
    }

    /// The person whom the owner token belongs to.
    record Owner(String name) implements Caller {
        @Override
        public String author() {
            return name;
        }

        @Override
        public String identity() {
            return "owner " + name;
        }

        @Override
        public Scope scope() {
            return Scope.EVERYTHING;
        }

        @Override
        public boolean holds(Permission permission) {
            return true;
        }
    }

    /// A run, acting with its own token while it runs: inside its project only.
    ///
    /// @param author of the run
    record Run(RunId run, WorkspaceId workspace, ProjectId project, String author) implements Caller {
        private static final Set<Right> RIGHTS = EnumSet.of(Right.READ, Right.RUN, Right.TRACK);

        @Override
        public String name() {
            return "The run '%s'".formatted(run);
        }

        @Override
        public String identity() {
            return "run " + run;
        }

        @Override
        public Scope scope() {
            return new Scope.OneProject(workspace, project);
        }

        @Override
        public boolean holds(Permission permission) {
            return permission instanceof Right right && RIGHTS.contains(right);
        }
    }

    /// A stranger.
    record Nobody() implements Caller {
        @Override
        public String name() {
            return "nobody";
        }

        @Override
        public String author() {
            return "nobody";
        }

        @Override
        public String identity() {
            return "nobody";
        }

        @Override
        public Scope scope() {
            return Scope.NOTHING;
        }

        @Override
        public boolean holds(Permission permission) {
            return permission.equals(Permission.NONE);
        }

        @Override
        public boolean anonymous() {
            return true;
        }
    }
}
