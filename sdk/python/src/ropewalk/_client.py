"""HTTP to the server, with nothing but the standard library."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any


class Refused(Exception):
    """A request that did not succeed.

    ``passing`` says whether the same request may succeed later: the server was away or busy. ``held`` says
    that what it carried is to be kept, because it may be wanted later: also when only the token is wrong.
    """

    def __init__(self, message: str, passing: bool, status: int = 0) -> None:
        super().__init__(message)
        self.passing = passing
        self.held = passing or status in (401, 403)
        self.status = status


class Client:
    def __init__(self, url: str, token: str, timeout: float = 10.0) -> None:
        self.url = url.rstrip("/")
        self._token = token
        self._timeout = timeout

    @staticmethod
    def from_environment() -> Client | None:
        """The server of ``ROPEWALK_URL``, else of the data directory; none when neither says."""
        url = os.environ.get("ROPEWALK_URL", "")
        token = os.environ.get("ROPEWALK_TOKEN", "")
        if not url:
            data = Path(os.environ.get("ROPEWALK_DATA") or "~/.ropewalk").expanduser()
            url = _first_line(data / "url")
            token = token or _first_line(data / "owner-token")
        return Client(url, token) if url.startswith(("http://", "https://")) else None

    def get(self, path: str) -> Any:
        """The answer's JSON."""
        return self._parsed(self._call("GET", path, None, {}))

    def text(self, path: str) -> str:
        """The answer as it is."""
        return self._call("GET", path, None, {"Accept": "*/*"}).decode("utf-8", "replace")

    def post(self, path: str, body: Any, key: str | None = None) -> Any:
        """The answer's JSON. ``key`` makes a repeated request count once."""
        headers = {"Idempotency-Key": key} if key else {}
        return self._parsed(self._call("POST", path, json.dumps(body, allow_nan=False).encode(), headers))

    def _parsed(self, text: bytes) -> Any:
        try:
            return json.loads(text) if text else None
        except ValueError:
            raise Refused(f"{self.url} does not answer like a Ropewalk server", passing=False) from None

    def _call(self, method: str, path: str, data: bytes | None, more: dict[str, str]) -> bytes:
        import http.client
        import urllib.error
        import urllib.request

        headers = {"Accept": "application/json", "User-Agent": "ropewalk-python", **more}
        if data is not None:
            headers["Content-Type"] = "application/json"
        if self._token:
            headers["Authorization"] = f"Bearer {self._token}"
        request = urllib.request.Request(self.url + path, data, headers, method=method)
        # The server is named in full: a proxy of the environment must not stand between it and its own runs.
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), _no_redirects())
        try:
            with opener.open(request, timeout=self._timeout) as answer:
                return bytes(answer.read())
        except urllib.error.HTTPError as problem:
            detail, code = _told(problem)
            # The first try of this very request is still being carried out.
            unfinished = problem.code == 409 and code == "IN_PROGRESS"
            passing = unfinished or problem.code in (408, 425, 429) or problem.code >= 500
            raise Refused(detail, passing, problem.code) from None
        except (OSError, http.client.HTTPException) as problem:
            reason = getattr(problem, "reason", None) or problem
            raise Refused(f"no server answers at {self.url}: {reason}", passing=True) from None

    def try_post(self, path: str, body: Any) -> str | None:
        """Tells what went wrong, if anything did; tries a passing trouble twice more."""
        import time

        for pause in (0.2, 0.5, None):
            try:
                self.post(path, body)
            except Refused as problem:
                if not problem.passing or pause is None:
                    return str(problem)
                time.sleep(pause)
            else:
                return None
        return None


def _no_redirects() -> Any:
    """A token is for the server it was given for."""
    import urllib.request

    class NoRedirects(urllib.request.HTTPRedirectHandler):
        def redirect_request(self, *_: Any) -> None:
            return None

    return NoRedirects()


def _told(problem: Any) -> tuple[str, str]:
    """What the server says went wrong, for people and as a code."""
    try:
        answer = json.loads(problem.read())
        detail = answer.get("detail") or answer.get("title") or f"status {problem.code}"
        return str(detail), str(answer.get("code") or "")
    except (ValueError, AttributeError, OSError):
        return f"the server answered with status {problem.code}", ""


def _first_line(path: Path) -> str:
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
        return lines[0].strip() if lines else ""
    except (OSError, UnicodeDecodeError):
        return ""
