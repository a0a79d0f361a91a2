package io.ropewalk.run;

import io.ropewalk.project.ProjectDocument;
import io.ropewalk.source.Prepared;
import io.ropewalk.source.ProjectPlace;
import io.ropewalk.source.ProjectSource;
import io.ropewalk.source.SourceDefinition;
import io.ropewalk.source.Sources;
import io.ropewalk.spi.source.SourceType.Pin;
import java.util.function.Consumer;

/// The sources of a run's project, as this capability names them.
final class RunSources {
    private final Sources sources;

    RunSources(Sources sources) {
        this.sources = sources;
    }

    /// What a source stands for now.
    ///
    /// @param revision what is asked for; empty leaves it to the source
    Pin pin(Run.Home home, ProjectDocument.Source source, String revision) {
        return sources.pin(of(home, source), revision);
    }

    /// Brings about that a pinned source's files are on this machine.
    Prepared prepare(Run.Home home, ProjectDocument.Source source, Pin pin, Consumer<String> progress) {
        return sources.prepare(of(home, source), pin, progress::accept);
    }

    private static ProjectSource of(Run.Home home, ProjectDocument.Source source) {
        return new ProjectSource(
                new ProjectPlace(home.workspaceId(), home.workspace(), home.projectId(), home.project()),
                new SourceDefinition(
                        source.name(), source.kind(), source.settings(), source.mountPath(), source.readOnly()));
    }
}
