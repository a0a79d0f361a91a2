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
    """Numbers that travel together. The key is theirs for good: however often they are sent, they count once."""

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

    At most ``QUEUE`` of them wait in memory; while the server is away they move to a file.
    """

    def __init__(self, client: Client | None, run_id: str, request: dict[str, Any] | None) -> None:
        self._client = client
        self.run_id = run_id
        self._request = request
        self._queue: deque[Point] = deque()
        self._change = threading.Condition()
        #: What was taken from the queue and is not known to have arrived.
        self._unsent: Batch | None = None
        self._deadline: float | None = None
        # Whoever has no server has been told so already.
        self._told = client is None
        self._away = False
        self._dropped = 0
        self._spool: _Spool | None = None
        self._thread: threading.Thread | None = None

    def put(self, point: Point) -> None:
        with self._change:
            self._queue.append(point)
            if len(self._queue) > QUEUE:
                self._spill()
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="ropewalk", daemon=True)
                self._thread.start()
            if len(self._queue) >= BATCH:
                self._change.notify_all()

    def flush(self, timeout: float) -> bool:
        end = time.monotonic() + timeout
        with self._change:
            self._change.notify_all()
            while (self._queue or self._unsent is not None) and self._thread is not None:
                left = end - time.monotonic()
                if left <= 0 or self._away:
                    return False
                self._change.wait(min(left, 0.1))
            return self._spool is None

    def close(self) -> str:
        """Sends what it can within ``CLOSING_SECONDS``; returns the file that holds the rest, or nothing."""
        with self._change:
            self._deadline = time.monotonic() + CLOSING_SECONDS
            self._change.notify_all()
        if self._thread is not None:
            self._thread.join(CLOSING_SECONDS + 2)
        with self._change:
            if self._queue or self._unsent is not None:
                self._spill(self._unsent)
            spool = self._spool
            if self._dropped:
                _warn(f"{self._dropped} numbers were lost: they did not fit into memory and file")
        if spool is None:
            return ""
        spool.close(self._header())
        return spool.path

    def _header(self) -> dict[str, Any]:
        if self.run_id:
            return {"run": self.run_id}
        if self._request is not None:
            self._request.setdefault("key", _new_key())
        return {"request": self._request}

    def _work(self) -> None:
        pause = FIRST_PAUSE
        while True:
            with self._change:
                closing = self._deadline is not None
                if self._unsent is None and not self._queue and self._spool is None and closing:
                    return
                if self._unsent is None and not closing and len(self._queue) < BATCH:
                    self._change.wait(LINGER)
                if self._unsent is None and self._queue:
                    self._unsent = Batch.of(
                        [self._queue.popleft() for _ in range(min(BATCH, len(self._queue)))]
                    )
                batch = self._unsent
                closing = self._deadline is not None
            if batch is None and not (closing and self._spool is not None):
                continue
            if self._send(batch):
                pause = FIRST_PAUSE
                if closing or self._spool is not None:
                    self._send_spool()
                continue
            with self._change:
                deadline = self._deadline
                if deadline is not None and time.monotonic() + pause > deadline:
                    self._spill(self._unsent)
                    return
                self._change.wait(pause if deadline is None else min(pause, 1.0))
                pause = min(LONGEST_PAUSE, pause * 2)

    def _send(self, batch: Batch | None) -> bool:
        """Whether the batch is done with: taken by the server, or refused for good."""
        problem = self._deliver(batch)
        with self._change:
            if problem is not None and problem.passing:
                if not self._told:
                    _warn(f"{problem}; numbers are kept and sent when the server is back")
                self._told = True
                self._away = True
            else:
                if problem is not None:
                    _warn(f"the server refused {len(batch.points) if batch else 0} numbers: {problem}")
                self._unsent = None
                self._away = False
            self._change.notify_all()
        return problem is None or not problem.passing

    def _deliver(self, batch: Batch | None) -> Refused | None:
        if self._client is None:
            return Refused("no server is known", passing=True)
        try:
            if not self.run_id and self._request is not None:
                self.run_id = create_tracked(self._client, self._request)
            if batch is not None:
                self._client.post(
                    f"/api/v1/runs/{self.run_id}/metrics", {"points": batch.points}, key=batch.key
                )
        except Refused as problem:
            return problem
        return None

    def _send_spool(self) -> None:
        with self._change:
            spool = self._spool
            self._spool = None
        if spool is None or self._client is None:
            return
        spool.close(self._header())
        try:
            send_spool_file(self._client, spool.path)
        except (Refused, OSError) as problem:
            _warn(f"numbers kept in {spool.path} could not be sent: {problem}")

    def _spill(self, unsent: Batch | None = None) -> None:
        """Moves what waits in memory to the file, and with it a batch that may have arrived. The lock is held."""
        points = list(self._queue)
        batches = [Batch.of(points[start : start + BATCH]) for start in range(0, len(points), BATCH)]
        if unsent is not None:
            batches.insert(0, unsent)
            self._unsent = None
        if self._spool is None:
            self._spool = _Spool.create()
        if self._spool is not None:
            self._dropped += self._spool.append(batches)
        else:
            self._dropped += sum(len(batch.points) for batch in batches)
        self._queue.clear()


class _Spool:
    """A file of numbers, one batch a line. Its first line, written last, says whose they are."""

    def __init__(self, path: str) -> None:
        self.path = path
        self._bytes = 0

    @staticmethod
    def create() -> _Spool | None:
        for folder in (os.environ.get("ROPEWALK_OUTPUT_DIR"), tempfile.gettempdir()):
            if not folder:
                continue
            try:
                handle, path = tempfile.mkstemp(".jsonl", "ropewalk-spool-", folder)
                os.close(handle)
                return _Spool(path)
            except OSError:
                continue
        return None

    def append(self, batches: list[Batch]) -> int:
        """Returns how many numbers did not fit."""
        left = sum(len(batch.points) for batch in batches)
        try:
            with Path(self.path).open("a", encoding="utf-8") as file:
                for batch in batches:
                    if self._bytes > SPOOL_BYTES:
                        return left
                    line = json.dumps(batch._asdict()) + "\n"
                    self._bytes += len(line)
                    file.write(line)
                    left -= len(batch.points)
        except OSError as problem:
            _warn(f"cannot keep numbers in {self.path}: {problem}")
            return sum(len(batch.points) for batch in batches)
        return 0

    def close(self, header: dict[str, Any]) -> None:
        try:
            with Path(self.path).open("a", encoding="utf-8") as file:
                file.write(json.dumps(header) + "\n")
        except OSError as problem:
            _warn(f"cannot keep numbers in {self.path}: {problem}")


def send_spool_file(client: Client, path: str) -> int:
    """Sends a spool file and removes it."""
    header: dict[str, Any] = {}
    with Path(path).open(encoding="utf-8") as file:
        for line in file:
            entry = _parsed(line)
            if "points" not in entry:
                header.update(entry)
    request = header.get("request") or {"project": "default", "body": {}}
    run_id = str(header.get("run") or "") or create_tracked(client, request)
    sent = 0
    with Path(path).open(encoding="utf-8") as file:
        for line in file:
            entry = _parsed(line)
            points = entry.get("points")
            if points:
                client.post(f"/api/v1/runs/{run_id}/metrics", {"points": points}, key=entry.get("key"))
                sent += len(points)
    Path(path).unlink()
    return sent


def _parsed(line: str) -> dict[str, Any]:
    """A line that a crash cut short is nothing."""
    try:
        entry = json.loads(line)
    except ValueError:
        return {}
    return entry if isinstance(entry, dict) else {}


def _warn(text: str) -> None:
    print(f"ropewalk: {text}", file=sys.stderr, flush=True)
