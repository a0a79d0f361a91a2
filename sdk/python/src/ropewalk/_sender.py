"""The background thread that sends numbers, and the file that keeps them while no server takes them."""

from __future__ import annotations

import json
import os
import sys
import tempfile
import threading
import time
from collections import deque
from pathlib import Path
from typing import Any, NamedTuple

from ._client import Client, Refused

BATCH = 1000
QUEUE = 100_000
SPOOL_BYTES = 256 << 20
#: A batch waits at most this long for more numbers.
LINGER = 0.25
FIRST_PAUSE = 0.25
LONGEST_PAUSE = 15.0
#: What sending may delay the end of the program.
CLOSING_SECONDS = 10.0

Point = dict[str, Any]


class Batch(NamedTuple):
    """Numbers that travel together. The key is theirs for good: sent however often, they count once."""

    key: str
    points: list[Point]

    @staticmethod
    def of(points: list[Point]) -> Batch:
        return Batch(_new_key(), points)


def _new_key() -> str:
    return os.urandom(16).hex()


def create_tracked(client: Client, request: dict[str, Any]) -> str:
    """Begins a tracked run and returns its id."""
    from urllib.parse import quote

    workspace = quote(os.environ.get("ROPEWALK_WORKSPACE") or "default", safe="")
    project = quote(str(request["project"]), safe="")
    path = f"/api/v1/workspaces/{workspace}/projects/{project}/runs/tracked"
    answer = client.post(path, request["body"], key=request.setdefault("key", _new_key()))
    if not isinstance(answer, dict) or not answer.get("id"):
        raise Refused(f"{client.url} does not answer like a Ropewalk server", passing=False)
    return str(answer["id"])


class Sender:
    """Takes numbers without waiting and sends them in order, in batches.

    At most ``QUEUE`` of them wait in memory. While the server is away they are written to a file within
    ``LINGER``, so that a killed program has them there; what the file holds is sent before anything newer.
    """

    def __init__(
        self, client: Client | None, run_id: str, request: dict[str, Any] | None, told: bool = False
    ) -> None:
        self._client = client
        self.run_id = run_id
        self._request = request
        self._queue: deque[Point] = deque()
        self._info: dict[str, Any] = {}
        self._change = threading.Condition()
        #: What was taken from the queue and is not known to have arrived.
        self._unsent: Batch | None = None
        self._deadline: float | None = None
        # Whoever has no server has been told so already.
        self._told = told or client is None
        self._away = client is None
        self._dropped = 0
        self._spools: deque[_Spool] = deque()
        self._sending: _Spool | None = None
        self._thread: threading.Thread | None = None

    def put(self, point: Point) -> None:
        with self._change:
            self._queue.append(point)
            if len(self._queue) > QUEUE:
                self._spill()
            self._wake()
            if len(self._queue) >= BATCH:
                self._change.notify_all()

    def put_info(self, info: dict[str, Any]) -> None:
        """What is said about the run beside its numbers; later words win."""
        with self._change:
            self._info.update(info)
            self._wake()

    def _wake(self) -> None:
        if self._thread is None:
            self._thread = threading.Thread(target=self._work, name="ropewalk", daemon=True)
            self._thread.start()

    def flush(self, timeout: float) -> bool:
        end = time.monotonic() + timeout
        with self._change:
            self._change.notify_all()
            while self._busy() and self._thread is not None:
                left = end - time.monotonic()
                if left <= 0 or self._away:
                    return False
                self._change.wait(min(left, 0.1))
            return not self._spools and self._sending is None

    def _busy(self) -> bool:
        return bool(self._queue or self._info or self._unsent is not None)

    def close(self) -> str:
        """Sends what it can within ``CLOSING_SECONDS``; returns the file that holds the rest, or nothing."""
        with self._change:
            self._deadline = time.monotonic() + CLOSING_SECONDS
            self._change.notify_all()
        if self._thread is not None:
            self._thread.join(CLOSING_SECONDS + 2)
        with self._change:
            if self._busy():
                self._spill()
            if self._dropped:
                _warn(f"{self._dropped} numbers were lost: they did not fit into memory and file")
            left = [*([self._sending] if self._sending else []), *self._spools]
            for spool in left:
                spool.header(self._header())
            return left[-1].path if left else ""

    def keep_finish(self, body: dict[str, Any]) -> str:
        """Writes how the run ended to the file, for a later ``sync``. Call it after ``close``."""
        with self._change:
            spool = self._open_spool()
            if spool is None:
                return ""
            spool.write([{"key": _new_key(), "finish": body}])
            return spool.path

    def let_go(self) -> None:
        """The files are complete: others may send them."""
        with self._change:
            for spool in self._spools:
                spool.forget()

    def _header(self) -> dict[str, Any]:
        if self.run_id:
            return {"run": self.run_id}
        if self._request is not None:
            self._request.setdefault("key", _new_key())
        return {"request": self._request}

    def _work(self) -> None:
        pause = FIRST_PAUSE
        next_try = 0.0
        while True:
            with self._change:
                closing = self._deadline is not None
                if closing and not self._busy() and not self._spools:
                    return
                if not closing and len(self._queue) < BATCH and self._unsent is None:
                    self._change.wait(LINGER)
                closing = self._deadline is not None
                kept = bool(self._spools)
                if kept or self._away:
                    self._spill()
            if kept or self._away:
                now = time.monotonic()
                if self._client is not None and (closing or now >= next_try):
                    if self._send_spools():
                        pause = FIRST_PAUSE
                        continue
                    next_try = time.monotonic() + pause
                if not self._rest(pause):
                    return
                pause = min(LONGEST_PAUSE, pause * 2) if now >= next_try or closing else pause
                continue
            with self._change:
                if self._queue and self._unsent is None:
                    self._unsent = Batch.of(
                        [self._queue.popleft() for _ in range(min(BATCH, len(self._queue)))]
                    )
                batch = self._unsent
                info = dict(self._info)
            if (batch is not None or info) and not self._send(batch, info):
                next_try = time.monotonic() + pause

    def _rest(self, pause: float) -> bool:
        """Waits before the next look; false when there is no time left for one."""
        with self._change:
            if self._deadline is None:
                self._change.wait(min(pause, LINGER))
                return True
            if self._client is None or time.monotonic() + pause > self._deadline:
                return False
            self._change.wait(min(pause, 1.0))
            return True

    def _send(self, batch: Batch | None, info: dict[str, Any]) -> bool:
        """Whether the batch is done with: taken by the server, or refused for good."""
        problem = self._deliver(batch, info)
        with self._change:
            if problem is not None and problem.passing:
                self._is_away(problem)
                self._spill()
            else:
                if problem is not None:
                    _warn(f"the server refused {len(batch.points) if batch else 0} numbers: {problem}")
                self._unsent = None
                self._info = {
                    name: value
                    for name, value in self._info.items()
                    if name not in info or info[name] is not value
                }
            self._change.notify_all()
        return problem is None or not problem.passing

    def _is_away(self, problem: Refused) -> None:
        if not self._told:
            _warn(f"{problem}; numbers are kept and sent when the server is back")
        self._told = True
        self._away = True

    def _deliver(self, batch: Batch | None, info: dict[str, Any]) -> Refused | None:
        if self._client is None:
            return Refused("no server is known", passing=True)
        try:
            if not self.run_id and self._request is not None:
                self.run_id = create_tracked(self._client, self._request)
            if info:
                self._client.post(f"/api/v1/runs/{self.run_id}/info", {"info": info})
            if batch is not None:
                self._client.post(
                    f"/api/v1/runs/{self.run_id}/metrics", {"points": batch.points}, key=batch.key
                )
        except Refused as problem:
            return problem
        return None

    def _send_spools(self) -> bool:
        """Whether nothing is left in files."""
        while True:
            with self._change:
                if not self._spools:
                    self._away = False
                    self._change.notify_all()
                    return True
                spool = self._spools.popleft()
                self._sending = spool
            spool.header(self._header())
            problem: Refused | OSError | None = None
            try:
                sent = send_spool_file(self._client, spool.path) if self._client else None
            except (Refused, OSError) as trouble:
                problem = trouble
            with self._change:
                self._sending = None
                if problem is None and sent is not None:
                    self.run_id = self.run_id or sent.run_id
                    spool.forget()
                    continue
                self._spools.appendleft(spool)
                if isinstance(problem, Refused) and problem.passing:
                    self._is_away(problem)
                else:
                    if not self._told:
                        _warn(f"numbers kept in {spool.path} could not be sent: {problem}")
                    self._told = self._away = True
                self._change.notify_all()
                return False

    def _spill(self) -> None:
        """Moves what waits in memory to a file, with a batch that may have arrived. The lock is held."""
        if not self._busy():
            return
        points = list(self._queue)
        batches = [Batch.of(points[start : start + BATCH]) for start in range(0, len(points), BATCH)]
        if self._unsent is not None:
            batches.insert(0, self._unsent)
            self._unsent = None
        spool = self._open_spool()
        if spool is None:
            self._dropped += sum(len(batch.points) for batch in batches)
        else:
            if self._info:
                spool.write([{"key": _new_key(), "info": self._info}])
            self._dropped += spool.append(batches)
        self._info = {}
        self._queue.clear()

    def _open_spool(self) -> _Spool | None:
        """The file to write to: never the one that is being sent."""
        if not self._spools:
            made = _Spool.create(self._header(), offline=self._client is None)
            if made is None:
                return None
            self._spools.append(made)
        return self._spools[-1]


class _Spool:
    """A file of numbers, one batch a line; its first line says whose they are. What was written survives the
    program and, being synced, the machine. It is locked while its program lives."""

    def __init__(self, path: str) -> None:
        self.path = path
        self._bytes = 0
        self._file = Path(path).open("a", encoding="utf-8")  # noqa: SIM115

    @staticmethod
    def create(header: dict[str, Any], offline: bool) -> _Spool | None:
        chosen = os.environ.get("ROPEWALK_SPOOL_DIR")
        folders = (chosen, os.environ.get("ROPEWALK_OUTPUT_DIR"), tempfile.gettempdir())
        for folder in folders:
            if not folder:
                continue
            try:
                if folder == chosen:
                    Path(folder).mkdir(parents=True, exist_ok=True)
                handle, path = tempfile.mkstemp(".jsonl", "ropewalk-spool-", folder)
                os.close(handle)
                spool = _Spool(path)
            except OSError:
                continue
            spool.write([header])
            return spool
        return None

    def append(self, batches: list[Batch]) -> int:
        """Returns how many numbers did not fit."""
        room = [batch for batch in batches if self._bytes <= SPOOL_BYTES]
        left = sum(len(batch.points) for batch in batches) - sum(len(batch.points) for batch in room)
        kept = self.write([batch._asdict() for batch in room])
        return left if kept else sum(len(batch.points) for batch in batches)

    def header(self, header: dict[str, Any]) -> None:
        self.write([header])

    def write(self, entries: list[dict[str, Any]]) -> bool:
        try:
            _lock(self._file)
            text = "".join(json.dumps(entry) + "\n" for entry in entries)
            self._file.write(text)
            self._file.flush()
            os.fsync(self._file.fileno())
            self._bytes += len(text)
        except (OSError, ValueError) as problem:
            _warn(f"cannot keep numbers in {self.path}: {problem}")
            return False
        return True

    def forget(self) -> None:
        self._file.close()


def _lock(file: Any) -> bool:
    """Whether the file is ours now. It stays so until this process ends or closes the file."""
    try:
        import fcntl
    except ImportError:
        return True
    try:
        fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


class Sent(NamedTuple):
    """What came of a file. ``refused`` names one with what the server does not want, or is empty."""

    run_id: str
    points: int
    refused: str


def send_spool_file(client: Client, path: str) -> Sent:
    """Sends a spool file and removes it. Sending it again, or twice at once, counts once.

    What the server refuses for good is put into a file beside it, so that the rest can go on.
    """
    header: dict[str, Any] = {}
    with Path(path).open(encoding="utf-8") as file:
        for line in file:
            entry = _parsed(line)
            if not _what(entry):
                header.update({name: value for name, value in entry.items() if value})
    request = header.get("request") or {"project": "default", "body": {}}
    run_id = str(header.get("run") or "") or create_tracked(client, request)
    sent = 0
    refused: list[str] = []
    with Path(path).open(encoding="utf-8") as file:
        for line in file:
            entry = _parsed(line)
            what = _what(entry)
            if not what:
                continue
            content = entry[what]
            try:
                _send_entry(client, run_id, entry)
            except Refused as problem:
                if problem.passing or problem.status in (401, 403):
                    raise
                if what == "finish" and problem.status == 409:
                    continue
                _warn(f"the server refused {what} of run {run_id}: {problem}")
                refused.append(line)
            else:
                sent += len(content) if what == "points" else 0
    kept = ""
    if refused:
        kept = path + ".refused"
        Path(kept).write_text(json.dumps({"run": run_id}) + "\n" + "".join(refused), encoding="utf-8")
    Path(path).unlink()
    return Sent(run_id, sent, kept)


def _send_entry(client: Client, run_id: str, entry: dict[str, Any]) -> None:
    key = entry.get("key")
    if "points" in entry:
        client.post(f"/api/v1/runs/{run_id}/metrics", {"points": entry["points"]}, key=key)
    elif "info" in entry:
        client.post(f"/api/v1/runs/{run_id}/info", {"info": entry["info"]}, key=key)
    else:
        client.post(f"/api/v1/runs/{run_id}/finish", entry["finish"], key=key)


def _what(entry: dict[str, Any]) -> str:
    """What a line of a file holds that is to be sent; nothing for one that says whose the others are."""
    return next((name for name in ("points", "info", "finish") if entry.get(name)), "")


def is_written(path: str) -> bool:
    """Whether a living program still writes to the file."""
    try:
        with Path(path).open("a", encoding="utf-8") as file:
            return not _lock(file)
    except OSError:
        return False


def _parsed(line: str) -> dict[str, Any]:
    """A line that a crash cut short is nothing."""
    try:
        entry = json.loads(line)
    except ValueError:
        return {}
    return entry if isinstance(entry, dict) else {}


def _warn(text: str) -> None:
    print(f"ropewalk: {text}", file=sys.stderr, flush=True)
