package io.ropewalk.access;

import io.ropewalk.spi.ErrorCode;
import io.ropewalk.spi.RopewalkException;
import io.ropewalk.spi.RunId;
import io.ropewalk.support.http.Authenticator;
import io.ropewalk.support.http.Principal;
import java.util.Optional;

/// Recognises who calls.
public final class Access implements Authenticator {
    private final Tokens tokens;
    private final Sessions sessions;
    private final ActiveRuns runs;

    /// Tells which runs may act. Implemented by the run capability.
    public interface ActiveRuns {
        /// Empty when the run has ended, or never was.
        Optional<Caller.Run> find(RunId run);
    }

    public Access(Tokens tokens, Sessions sessions, ActiveRuns runs) {
        this.tokens = tokens;
        this.sessions = sessions;
        this.runs = runs;
    }

    @Override
    public Principal authenticate(Credentials credentials) {
        if (credentials.bearer().isPresent()) {
            return byToken(credentials.bearer().get());
        }
        if (credentials.session().isPresent()) {
            return bySession(credentials.session().get(), credentials);
        }
        return new Caller.Nobody();
    }

    Caller byToken(String token) {
        if (tokens.isOwner(token)) {
            return new Caller.Owner("owner");
        }
        RunId run = tokens.run(token)
                .orElseThrow(
                        () -> refused(
                                "The token is not one of this server. The owner's stands in the file 'owner-token' of the server's data directory."));
        return runs.find(run)
                .orElseThrow(() -> refused("The token belongs to a run that has ended, and ended with it."));
    }

    private Caller bySession(String cookie, Credentials credentials) {
        Optional<Sessions.Session> session = sessions.find(cookie);
        if (session.isEmpty()) {
            return new Caller.Nobody();
        }
        boolean sentByThisSite = credentials
                .csrf()
                .filter(shown -> Tokens.equal(shown, session.get().csrf()))
                .isPresent();
        if (credentials.changing() && !sentByThisSite) {
            throw new RopewalkException(
                    ErrorCode.FORBIDDEN,
                    "The request did not show that it comes from this site's pages. Reload the page and try again.");
        }
        return new Caller.Owner(session.get().subject());
    }

    private static RopewalkException refused(String message) {
        return new RopewalkException(ErrorCode.UNAUTHENTICATED, message);
    }
}
