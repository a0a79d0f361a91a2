package io.ropewalk.source;

import io.ropewalk.spi.ErrorCode;
import io.ropewalk.spi.RopewalkException;
import io.ropewalk.support.archive.EntryPath;

/// One file of a snapshot.
///
/// @param mode as git has it: 100644 or 100755 in octal for a file, 120000 for a symbolic link, whose
///     content is where it points to. Any other way to say the same is brought into this form.
record FileEntry(EntryPath path, int mode, long size, ContentHash hash) {
    static final int PLAIN = 0100644;
    static final int EXECUTABLE = 0100755;
    static final int LINK = 0120000;
    private static final int KIND = 0170000;

    FileEntry {
        int kind = mode & KIND;
        if (kind != 0 && kind != (PLAIN & KIND) && kind != LINK) {
            throw new RopewalkException(
                    ErrorCode.INVALID_REQUEST,
                    "'%s' is neither a file nor a symbolic link (mode %o); leave it out."
                            .formatted(EntryPath.shown(path.value()), mode));
        }
        if (size < 0) {
            throw new RopewalkException(
                    ErrorCode.INVALID_REQUEST,
                    "'%s' cannot have a size of %d.".formatted(EntryPath.shown(path.value()), size));
        }
        mode = kind == LINK ? LINK : (mode & 0111) != 0 ? EXECUTABLE : PLAIN;
    }

    boolean isLink() {
        return mode == LINK;
    }
}
