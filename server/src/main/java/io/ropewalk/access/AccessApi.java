package io.ropewalk.access;

import io.ropewalk.spi.ErrorCode;
import io.ropewalk.spi.RopewalkException;
import io.ropewalk.support.http.Call;
import io.ropewalk.support.http.Content;
import io.ropewalk.support.http.Endpoint;
import io.ropewalk.support.http.NoInput;
import io.ropewalk.support.http.Nothing;
import io.ropewalk.support.http.Permission;
import io.ropewalk.support.http.Reply;
import io.ropewalk.support.http.SessionCookie;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Signing in and out, and finding out who one is.
public final class AccessApi {
    private final Access access;
    private final Sessions sessions;
    private final SignInCodes codes;
    private final Function<Scope, List<String>> workspaces;

    /// Who is signed in.
    ///
    /// @param csrf send it as `X-Ropewalk-Csrf` with every request that is not a GET, when signed in by cookie
    public record Me(String name, Kind kind, @Nullable String csrf, List<Workspace> workspaces) {}

    public record Workspace(String name) {}

    public enum Kind {
        owner,
        run
    }

    public record SignIn(String token) {}

    /// @param code one that signs in once
    public record SignInLink(
            @Nullable String token, @Nullable String code) {}

    /// @param workspaces names of the workspaces that somebody may see
    public AccessApi(Access access, Sessions sessions, SignInCodes codes, Function<Scope, List<String>> workspaces) {
        this.access = access;
        this.sessions = sessions;
        this.codes = codes;
        this.workspaces = workspaces;
    }

    public List<Endpoint<?, ?>> endpoints() {
        return List.of(
                Endpoint.post(
                        "/api/v1/session",
                        Permission.NONE,
                        SignIn.class,
                        Reply.of(Me.class),
                        "Sign a browser in with a token",
                        this::signIn),
                Endpoint.delete(
                        "/api/v1/session", Right.READ, NoInput.class, Reply.nothing(), "Sign out", this::signOut),
                Endpoint.get(
                        "/api/v1/me", Right.READ, NoInput.class, Reply.of(Me.class), "Say who is calling", this::me),
                Endpoint.get(
                        "/sign-in",
                        Permission.NONE,
                        SignInLink.class,
                        Reply.content("text/html"),
                        "Sign a browser in by a link",
                        this::signInByLink));
    }

    private Me signIn(SignIn request, Call call) {
        if (!(access.byToken(request.token()) instanceof Caller.Owner owner)) {
            throw new RopewalkException(ErrorCode.FORBIDDEN, "A run's token cannot sign a browser in.");
        }
        return open(owner, call);
    }

    /// A person follows this link: what is wrong with it is said on a page, not as a problem document.
    private Content signInByLink(SignInLink request, Call call) {
        if (request.code() != null) {
            Optional<String> subject = codes.redeem(request.code());
            subject.ifPresent(name -> open(new Caller.Owner(name), call));
            return new Content.Redirect(subject.isPresent() ? "/" : "/signed-out?refused");
        }
        if (request.token() == null) {
            return new Content.Redirect("/signed-out");
        }
        try {
            signIn(new SignIn(request.token()), call);
        } catch (RopewalkException e) {
            if (e.code() == ErrorCode.UNAUTHENTICATED || e.code() == ErrorCode.FORBIDDEN) {
                return new Content.Redirect("/signed-out?refused");
            }
            throw e;
        }
        return new Content.Redirect("/");
    }

    private Me open(Caller.Owner owner, Call call) {
        Sessions.Opened opened = sessions.open(owner.name());
        call.addHeader("Set-Cookie", SessionCookie.set(opened.cookie(), Sessions.LIFETIME));
        return me(owner, Optional.of(opened.session()));
    }

    private Nothing signOut(NoInput request, Call call) {
        cookie(call).ifPresent(sessions::close);
        call.addHeader("Set-Cookie", SessionCookie.clear());
        return Nothing.NOTHING;
    }

    private Me me(NoInput request, Call call) {
        return me(Caller.of(call), cookie(call).flatMap(sessions::find));
    }

    private Me me(Caller caller, Optional<Sessions.Session> session) {
        return new Me(
                caller.author(),
                caller instanceof Caller.Run ? Kind.run : Kind.owner,
                session.map(Sessions.Session::csrf).orElse(null),
                workspaces.apply(caller.scope()).stream().map(Workspace::new).toList());
    }

    private static Optional<String> cookie(Call call) {
        return call.header("Cookie").flatMap(SessionCookie::find);
    }
}
