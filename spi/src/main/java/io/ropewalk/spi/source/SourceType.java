package io.ropewalk.spi.source;

import java.nio.file.Path;

/// A kind of source, such as `git`. Stateless and thread-safe.
///
/// @param <S> its settings. The components of this record, documented with [Setting], are the keys in the project
///     document, the form in the UI and the JSON schema. Its compact constructor refuses bad values with an
///     [io.ropewalk.spi.RopewalkException] naming the setting.
public interface SourceType<S extends Record> {
    /// The key in the project document: `git`.
    String kind();

    /// One sentence for people.
    String description();

    Class<S> settings();

    /// Resolves whatever may move (a branch, the latest snapshot) to what it stands for now, asking the outside
    /// where it must. Called when a run is submitted, before it is accepted; the result is recorded with the
    /// run. A failure says which address was asked, what it answered and what to do next, without
    /// credentials; the server puts the source's name before it.
    Pin pin(S settings, SourceContext context);

    /// How the files of a pinned source reach a replica. Called when a run starts, maybe often, with the same
    /// answer.
    Delivery deliver(S settings, Pin pin, SourceContext context);

    /// What a source stood for at one moment.
    ///
    /// @param revision opaque to all but the type: a commit, a snapshot id; empty when there is nothing to pin
    /// @param description for people: `main at 3f2c1a9`
    record Pin(String revision, String description) {
        public static final Pin NOTHING = new Pin("", "");
    }

    /// How files reach a replica.
    sealed interface Delivery {
        /// A directory of the server's machine itself, seen live by whoever mounts it.
        record Bind(Path directory, boolean readOnly) implements Delivery {}

        /// A tree that is made once per key and kept. `writer` fills an empty directory; the server calls it at
        /// most once at a time per key and throws away what a failed call left behind. Who may write gets a
        /// private copy.
        ///
        /// @param key what the content depends on, credentials excluded; equal keys give equal trees
        record Fetch(String key, TreeWriter writer) implements Delivery {}

        /// An empty directory of each replica's own.
        record Scratch() implements Delivery {}
    }

    interface TreeWriter {
        void writeInto(Path directory, Progress progress);
    }

    interface Progress {
        /// A line for the run's events, such as `fetching 12 of 40 MB`.
        void report(String line);
    }
}
