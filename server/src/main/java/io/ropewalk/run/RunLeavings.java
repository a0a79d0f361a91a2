package io.ropewalk.run;

import io.ropewalk.spi.ProjectId;
import io.ropewalk.spi.RunId;
import io.ropewalk.support.db.Database;
import io.ropewalk.support.disk.TreeRemoval;
import io.ropewalk.support.failpoint.Failpoints;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jdbi.v3.core.Handle;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The directories of runs whose projects were deleted. They are noted in the transaction that deletes the runs, so
/// that a crash forgets none, and a directory that only this database does not know is never taken for one.
public final class RunLeavings {
    private static final Logger LOG = LoggerFactory.getLogger(RunLeavings.class);

    private final Database database;
    private final RunDirectories directories;

    public RunLeavings(Database database, Path dataDirectory) {
        this.database = database;
        this.directories = new RunDirectories(dataDirectory);
    }

    /// Call it before the rows of the runs go.
    static void note(Handle handle, ProjectId project) {
        handle.createUpdate("insert into leaving_run (run_id) select id from run where project_id = :project")
                .bind("project", project.value())
                .execute();
    }

    /// Removes what is there. Doing it again does no harm; what cannot be removed now is tried again.
    public void sweep() {
        List<RunId> leaving = database.read(handle -> handle.createQuery("select run_id from leaving_run")
                .map((row, _) -> new RunId(row.getString("run_id")))
                .list());
        for (RunId run : leaving) {
            try {
                TreeRemoval.remove(directories.of(run));
                Failpoints.LEAVING_FILES.reached();
                database.write(handle -> handle.createUpdate("delete from leaving_run where run_id = :run")
                        .bind("run", run.value())
                        .execute());
            } catch (IOException e) {
                LOG.warn("the files of run {}, which was deleted, cannot be removed; it is tried again later", run, e);
            }
        }
    }
}
