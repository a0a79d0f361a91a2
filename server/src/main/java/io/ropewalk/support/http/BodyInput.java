package io.ropewalk.support.http;

import io.ropewalk.spi.ErrorCode;
import io.ropewalk.spi.RopewalkException;
import io.vertx.core.Context;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/// A request's body as a blocking stream, at most `limit` bytes. It asks for the next piece only when the last one has
/// been read, so a fast client cannot fill the memory; one that stays silent for a minute is given up.
final class BodyInput extends InputStream {
    private static final Buffer END = Buffer.buffer();
    private static final Buffer BROKEN = Buffer.buffer();

    private static final long MOST_DISCARDED = 64 << 20;

    private final HttpServerRequest request;
    private final Context context;
    private final long limit;
    private final BlockingQueue<Buffer> arrived = new LinkedBlockingQueue<>();
    private byte[] piece = new byte[0];
    private int at;
    private long total;
    private boolean ended;
    private long discarded;

    /// The client went away, or fell silent, in the middle of its request.
    static final class CutOff extends IOException {
        CutOff(String message) {
            super(message);
        }
    }

    /// Called on the event loop, before anything of the body is lost.
    BodyInput(HttpServerRequest request, Context context, long limit) {
        this.request = request;
        this.context = context;
        this.limit = limit;
        request.pause();
        request.handler(arrived::add);
        request.endHandler(_ -> arrived.add(END));
        request.exceptionHandler(_ -> arrived.add(BROKEN));
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        while (at == piece.length) {
            if (ended || !fetch()) {
                return -1;
            }
        }
        int count = Math.min(length, piece.length - at);
        System.arraycopy(piece, at, target, offset, count);
        at += count;
        return count;
    }

    @SuppressWarnings("ReferenceEquality") // Marks, compared as such.
    private boolean fetch() throws IOException {
        context.runOnContext(_ -> {
            if (!request.isEnded()) {
                request.fetch(1);
            }
        });
        Buffer next = next();
        if (next == END) {
            ended = true;
            return false;
        }
        total += next.length();
        if (total > limit) {
            throw tooLarge(limit);
        }
        piece = next.getBytes();
        at = 0;
        return true;
    }

    @SuppressWarnings("ReferenceEquality") // Marks, compared as such.
    private Buffer next() throws IOException {
        try {
            Buffer next = arrived.poll(60, TimeUnit.SECONDS);
            if (next == null || next == BROKEN) {
                throw new CutOff("the client stopped sending");
            }
            return next;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while reading a request", e);
        }
    }

    /// Lets the rest of the body pass, so that the answer can be read by a client that is still sending; one that
    /// does not stop is cut off.
    void discardRest() {
        context.runOnContext(_ -> {
            if (!request.isEnded()) {
                request.handler(piece -> {
                    discarded += piece.length();
                    if (discarded > MOST_DISCARDED) {
                        request.connection().close();
                    }
                });
                request.resume();
            }
        });
    }

    static RopewalkException tooLarge(long limit) {
        return new RopewalkException(
                ErrorCode.TOO_LARGE,
                "The request is larger than %d bytes. Send less at once, or raise the server's limit."
                        .formatted(limit));
    }
}
