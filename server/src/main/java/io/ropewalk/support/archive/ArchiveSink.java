package io.ropewalk.support.archive;

import java.io.IOException;
import java.io.InputStream;

/// Takes what an archive holds, entry by entry. Directories are not entries of their own.
public interface ArchiveSink {
    /// @param content ends after `size` bytes
    void file(EntryPath path, boolean executable, long size, InputStream content) throws IOException;

    /// A symbolic link that stays inside the tree.
    void link(EntryPath path, String target) throws IOException;

    /// A second name of a file that came before.
    void copy(EntryPath path, EntryPath earlier) throws IOException;
}
