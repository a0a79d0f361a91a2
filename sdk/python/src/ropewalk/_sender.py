"""The background thread that sends what is logged."""

from __future__ import annotations

import os
import threading
import time
from collections import deque
from pathlib import Path
from typing import Any

from ._client import Client, Refused
from ._spool import (
    BATCH,
    Batch,
    Entry,
    Spool,
    batches,
    create_tracked,
    deliver,
    is_written,
    new_key,
    numbers_of,
    parsed,
    send_file,
    spools,
    state,
    warn,
    what,
)

#: What the file does not take waits in memory, so many numbers of it at most.
QUEUE = 100_000
#: A batch waits at most this long for more numbers.
LINGER = 0.25
FIRST_PAUSE = 0.25
LONGEST_PAUSE = 15.0
#: What sending may delay the end of the program.
CLOSING_SECONDS = 10.0


class Sender:
    """Takes what is logged without waiting for the server, and sends it in order, in batches.

    When ``put`` returns, the entry is in a file, so that it survives the program. Where no file takes it, at
    most ``QUEUE`` numbers wait in memory; what is too much even for that is dropped, and said.
    """

    def __init__(
        self, client: Client | None, run_id: str, request: dict[str, Any] | None, told: bool = False
    ) -> None:
        self._client = client
        self.run_id = run_id
        self._request = request
        self._change = threading.Condition()
        self._spool: Spool | None = None
        #: What was read from the file and is not known to have arrived; the thread's own.
        self._read: deque[Entry] = deque()
        self._memory: deque[Entry] = deque()
        self._in_memory = 0
        #: Numbers in file and memory that are not known to have arrived.
        self._numbers = 0
        self._dropped = 0
        #: When the next batch is sent, and how long the one after a failed one waits.
        self._due = 0.0
        self._pause = FIRST_PAUSE
        self._deadline: float | None = None
        # Whoever has no server has been told so already.
        self._told = told or client is None
        self._away = client is None
        self._idle = False
        self._thread: threading.Thread | None = None

    def put(self, points: list[dict[str, Any]]) -> None:
        self._put({"key": new_key(), "points": points})

    def put_info(self, info: dict[str, Any]) -> None:
        """What is said about the run beside its numbers; later words win."""
        self._put({"key": new_key(), "info": info})

    def _put(self, entry: Entry) -> None:
        with self._change:
            before = self._numbers
            if not self._away and not self._waiting():
                self._due = time.monotonic() + LINGER
            self._keep(entry)
            if not self._away and before < BATCH <= self._numbers:
                self._due = 0.0
                self._change.notify_all()
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="ropewalk", daemon=True)
                self._thread.start()
            elif self._idle:
                self._change.notify_all()

    def _keep(self, entry: Entry) -> bool:
        numbers = numbers_of(entry)
        if self._spool is None:
            self._spool = Spool.create()
            if self._spool is not None:
                self._spool.note(self._header())
        # What waits in memory is not overtaken.
        if self._spool is None or self._memory or not self._spool.put(entry):
            if self._in_memory + numbers > QUEUE:
                if not self._dropped:
                    warn("file and memory are full; what is logged now is lost until the server takes some")
                self._dropped += numbers
                return False
            self._memory.append(entry)
            self._in_memory += numbers
        self._numbers += numbers
        return True

    def flush(self, timeout: float) -> bool:
        end = time.monotonic() + timeout
        with self._change:
            while self._waiting():
                left = end - time.monotonic()
                if left <= 0 or self._away:
                    return False
                self._due = 0.0
                self._change.notify_all()
                self._change.wait(min(left, 0.1))
            return True

    def _waiting(self) -> bool:
        return bool(self._memory or (self._spool is not None and self._spool.waiting))

    def close(self) -> str:
        """Sends what it can within ``CLOSING_SECONDS``; returns the file that holds the rest, or nothing."""
        with self._change:
            self._deadline = time.monotonic() + CLOSING_SECONDS
            # Whoever was away may be back.
            self._due, self._pause = 0.0, FIRST_PAUSE
            self._change.notify_all()
        if self._thread is not None:
            self._thread.join(CLOSING_SECONDS + 2)
        with self._change:
            while self._memory and self._spool is not None and self._spool.put(self._memory[0]):
                self._memory.popleft()
            lost = self._dropped + sum(map(numbers_of, self._memory))
            if lost:
                warn(f"{lost} numbers were lost: they did not fit into file and memory")
            return self._left()

    def keep_finish(self, body: dict[str, Any]) -> str:
        """Writes how the run ended to the file, for a later ``sync``. Call it after ``close``."""
        with self._change:
            return self._left() if self._keep({"key": new_key(), "finish": body}) else ""

    def _left(self) -> str:
        return self._spool.path if self._spool is not None and self._spool.waiting else ""

    def let_go(self) -> None:
        """The file is complete: others may send it. One of which everything was sent is removed."""
        with self._change:
            if self._spool is not None:
                self._spool.note(self._header())
                self._spool.sync()
                self._spool.close()

    def _header(self) -> Entry:
        if self.run_id:
            return {"run": self.run_id}
        if self._request is not None:
            self._request.setdefault("key", new_key())
        return {"request": self._request}

    def _work(self) -> None:
        self._send_left_behind()
        while self._wait_until_due():
            try:
                batch, spool = self._next()
                self._deliver(batch, spool)
            except OSError as trouble:
                self._hold(f"{self._left()} cannot be read: {trouble}")
                continue
            except Refused as problem:
                self._hold(str(problem))
                continue
            self._done(batch, spool)

    def _wait_until_due(self) -> bool:
        """False when there is nothing more to do before the program ends."""
        while True:
            with self._change:
                now = time.monotonic()
                closing = self._deadline is not None
                if not self._waiting() or self._client is None:
                    if closing:
                        return False
                    self._idle = True
                    self._change.wait(LINGER if self._unsynced() else None)
                    self._idle = False
                elif self._deadline is not None and max(self._due, now) > self._deadline:
                    return False
                elif self._due <= now:
                    return True
                else:
                    self._change.wait(min(LINGER, self._due - now))
                unsynced = self._unsynced()
            # Not while it is locked: nobody who logs should wait for a disk.
            if unsynced is not None:
                unsynced.sync()

    def _unsynced(self) -> Spool | None:
        """The file, when nobody else has what it holds."""
        return self._spool if self._away and self._spool is not None and self._spool.unsynced else None

    def _next(self) -> tuple[Batch, Spool | None]:
        """The oldest entries that have not arrived, and the file that holds them, if one does."""
        ahead = sum(map(numbers_of, self._read))
        while ahead < BATCH:
            with self._change:
                data = self._spool.read() if self._spool is not None else b""
            if not data:
                break
            fresh = [entry for entry in parsed(data.splitlines()) if what(entry)]
            ahead += sum(map(numbers_of, fresh))
            self._read.extend(fresh)
        with self._change:
            return (
                next(batches(self._read or self._memory)),
                self._spool if self._read else None,
            )

    def _deliver(self, batch: Batch, spool: Spool | None) -> None:
        """Raises ``Refused`` when the batch is to be sent again."""
        if self._client is None:
            raise Refused("no server is known", passing=True)
        if not self.run_id and self._request is not None:
            self.run_id = create_tracked(self._client, self._request)
            with self._change:
                if self._spool is not None:
                    self._spool.note(self._header())
        if spool is not None:
            with self._change:
                spool.note({"sending": len(batch.entries)})
        deliver(self._client, self.run_id, batch)

    def _hold(self, why: str) -> None:
        """Everything is kept and tried again later."""
        with self._change:
            if not self._told:
                warn(f"{why}; numbers are kept and sent when the server is back")
            self._told = self._away = True
            self._due = time.monotonic() + self._pause
            self._pause = min(LONGEST_PAUSE, self._pause * 2)
            self._change.notify_all()

    def _done(self, batch: Batch, spool: Spool | None) -> None:
        """The batch has arrived, or never will."""
        with self._change:
            for _ in batch.entries:
                (self._memory if spool is None else self._read).popleft()
            self._numbers -= batch.numbers
            if spool is None:
                self._in_memory -= batch.numbers
            else:
                spool.sent(len(batch.entries), self._header())
            self._away = False
            self._pause = FIRST_PAUSE
            hurry = self._numbers >= BATCH or self._deadline is not None
            self._due = 0.0 if hurry else time.monotonic() + LINGER
            self._change.notify_all()

    def _send_left_behind(self) -> None:
        """What earlier processes of this very run logged and were killed before they could send it."""
        folder = os.environ.get("ROPEWALK_SPOOL_DIR")
        if self._client is None or self._request is not None or not folder:
            return
        try:
            for path in spools(Path(folder)):
                if not is_written(path) and state(path).header.get("run") == self.run_id:
                    send_file(self._client, path)
        except (Refused, OSError, ValueError) as problem:
            warn(f"what an earlier process of this run left in {folder} was not sent: {problem}")
