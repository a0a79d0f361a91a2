package io.ropewalk.support.http;

import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/// The `Idempotency-Key` of a request, for a handler whose change must not be made twice: it stores the answer in
/// the same transaction as the change. A handler that does not has its answer stored afterwards, and a server that
/// dies in between carries a repetition out again.
public final class RequestKey {
    /// For a request that came without one.
    public static final RequestKey NONE = new RequestKey(Optional.empty());

    private final Optional<Idempotency.Entry> entry;
    private volatile Idempotency.@Nullable Stored kept;
    private volatile boolean secret;

    RequestKey(Idempotency.Entry entry) {
        this(Optional.of(entry));
    }

    private RequestKey(Optional<Idempotency.Entry> entry) {
        this.entry = entry;
    }

    /// To be called by the transaction that makes the change, each time it is run.
    ///
    /// @param answer what the handler is going to answer
    public void keep(Handle handle, @Nullable Object answer) {
        entry.ifPresent(known -> kept = known.insert(handle, answer));
    }

    /// The same of an answer with a secret in it: that is given once and stored nowhere, and a repetition is refused.
    ///
    /// @param refusal what has been done, and what to do without the answer
    public void keepOnlyThat(Handle handle, String refusal) {
        entry.ifPresent(known -> {
            known.insertRefusal(handle, refusal);
            secret = true;
        });
    }

    /// That a request was carried out is stored, what it was answered is not.
    boolean secret() {
        return secret;
    }

    /// What was stored; empty when the handler has stored no answer.
    Optional<Idempotency.Stored> kept() {
        return Optional.ofNullable(kept);
    }
}
