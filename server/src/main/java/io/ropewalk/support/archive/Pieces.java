package io.ropewalk.support.archive;

import java.io.IOException;
import java.io.InputStream;

/// A stream that is made piece by piece; a single byte is a short piece.
abstract class Pieces extends InputStream {
    /// @param length more than 0
    /// @return how many bytes there were, at least 1; -1 at the end
    abstract int piece(byte[] bytes, int offset, int length) throws IOException;

    @Override
    public final int read(byte[] bytes, int offset, int length) throws IOException {
        return length == 0 ? 0 : piece(bytes, offset, length);
    }

    @Override
    public final int read() throws IOException {
        byte[] one = new byte[1];
        return piece(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }
}
