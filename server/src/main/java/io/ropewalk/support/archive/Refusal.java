package io.ropewalk.support.archive;

import io.ropewalk.spi.ErrorCode;
import io.ropewalk.spi.RopewalkException;

/// What is said of an archive that is not taken.
final class Refusal {
    private Refusal() {}

    /// @param why what the archive does or is
    static RopewalkException refused(String why) {
        return new RopewalkException(
                ErrorCode.UNSAFE_ARCHIVE,
                "The archive %s. Make it again from a plain folder, or upload the files themselves.".formatted(why));
    }
}
