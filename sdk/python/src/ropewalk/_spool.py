"""The file that holds what a program logs from the moment it logs it, and how such a file is sent later.

One line of JSON each, in order: whose the rest is (``{"run": …}`` or ``{"request": …}``; the last one
counts), what was logged (``{"key": …, "points": […]}``, ``"info"`` or ``"finish"``), and how far sending has
come: ``{"sending": n}`` is written before the oldest ``n`` entries that are not sent yet travel together,
``{"sent": n}`` when they have arrived. The key of what travels together follows from its first entry and
``n``, so that whoever sends it again uses the same.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from ._client import Client, Refused

#: So many numbers travel together at most.
BATCH = 1000
SPOOL_BYTES = 256 << 20
READ_AT_ONCE = 1 << 17
#: A file of which everything was sent is emptied when it is longer than this.
WORTH_EMPTYING = 1 << 20

Entry = dict[str, Any]
PREFIX, ENDING = "ropewalk-spool-", ".jsonl"

#: The files that this process writes itself; locks do not tell it.
_own: set[str] = set()


class Batch(NamedTuple):
    """Entries that travel together: either numbers or one of anything else."""

    entries: list[Entry]

    @property
    def key(self) -> str:
        """Theirs for good: sent however often, they count once."""
        first = str(self.entries[0].get("key") or "")
        return first if len(self.entries) == 1 or not first else f"{first}-{len(self.entries)}"

    @property
    def what(self) -> str:
        return what(self.entries[0])

    @property
    def content(self) -> Any:
        if self.what != "points":
            return self.entries[0][self.what]
        return [point for entry in self.entries for point in entry["points"]]

    @property
    def numbers(self) -> int:
        return sum(map(numbers_of, self.entries))


def numbers_of(entry: Entry) -> int:
    return len(entry.get("points") or ())


def what(entry: Entry) -> str:
    """What an entry holds that is to be sent; nothing for a line that says something about the others."""
    return next((name for name in ("points", "info", "finish") if entry.get(name)), "")


def new_key() -> str:
    return os.urandom(8).hex()


def batches(entries: Iterable[Entry], first: int = 0) -> Iterator[Batch]:
    """Entries as they travel; ``first`` of them did so before already, and must again."""
    together: list[Entry] = []
    numbers = 0
    for entry in entries:
        more = numbers_of(entry)
        full = len(together) >= first if first else numbers + more > BATCH
        if together and (full or not more or not numbers_of(together[-1])):
            yield Batch(together)
            together, numbers, first = [], 0, 0
        together.append(entry)
        numbers += more
    if together:
        yield Batch(together)


class Spool:
    """The file of a living program, which it keeps locked.

    What was written survives the program; after ``sync`` it also survives the machine. Every method but that
    one wants to be called by one thread at a time.
    """

    def __init__(self, path: str, descriptor: int) -> None:
        self.path = path
        self._descriptor = descriptor
        self._size = 0
        self._read = 0
        self.unsynced = False
        #: Entries that were written and are not known to have arrived.
        self.waiting = 0
        _own.add(os.path.realpath(path))

    @staticmethod
    def create() -> Spool | None:
        chosen = os.environ.get("ROPEWALK_SPOOL_DIR")
        for folder in (chosen, os.environ.get("ROPEWALK_OUTPUT_DIR"), tempfile.gettempdir()):
            if folder:
                with contextlib.suppress(OSError):
                    if folder == chosen:
                        Path(folder).mkdir(parents=True, exist_ok=True)
                    return Spool._in(folder)
        return None

    @staticmethod
    def _in(folder: str) -> Spool:
        # Under a name that nobody looks for until it is locked.
        descriptor, path = tempfile.mkstemp(ENDING, ".new-" + PREFIX, folder)
        lock(descriptor)
        named = Path(path).rename(Path(path).with_name(Path(path).name[len(".new-") :]))
        return Spool(str(named), descriptor)

    def put(self, entry: Entry) -> bool:
        """Adds what is to be sent; false when the file takes no more."""
        if self._size > SPOOL_BYTES or not self.note(entry):
            return False
        self.waiting += 1
        return True

    def note(self, line: Entry) -> bool:
        """Adds a line; false, and nothing is added, when it could not be written."""
        data = json.dumps(line).encode() + b"\n"
        try:
            os.lseek(self._descriptor, self._size, os.SEEK_SET)
            left = data
            while left:
                left = left[os.write(self._descriptor, left) :]
        except OSError:
            with contextlib.suppress(OSError):
                os.ftruncate(self._descriptor, self._size)
            return False
        self._size += len(data)
        self.unsynced = True
        return True

    def read(self) -> bytes:
        """Whole lines that were not read yet, not too many at once."""
        data = b""
        while self._read + len(data) < self._size and not data.endswith(b"\n"):
            os.lseek(self._descriptor, self._read + len(data), os.SEEK_SET)
            data += os.read(self._descriptor, READ_AT_ONCE)
            data = data[: data.rfind(b"\n") + 1] or data
        self._read += len(data)
        return data

    def sent(self, entries: int, header: Entry) -> None:
        self.waiting -= entries
        if self.waiting or self._size < WORTH_EMPTYING:
            self.note({"sent": entries})
            return
        with contextlib.suppress(OSError):
            os.ftruncate(self._descriptor, 0)
            self._size = self._read = 0
            self.note(header)

    def sync(self) -> None:
        """May be called while another thread writes."""
        self.unsynced = False
        with contextlib.suppress(OSError):
            os.fsync(self._descriptor)

    def close(self) -> None:
        """Others may send it now; one of which nothing is left to send is removed."""
        if not self.waiting:
            with contextlib.suppress(OSError):
                Path(self.path).unlink()
        with contextlib.suppress(OSError):
            os.close(self._descriptor)
        _own.discard(os.path.realpath(self.path))


def lock(descriptor: int) -> bool:
    """Whether the file is ours now. It stays so until this process ends or closes the file."""
    try:
        import fcntl
    except ImportError:
        return True
    try:
        fcntl.lockf(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def spools(folder: Path) -> list[Path]:
    return sorted(folder.glob(f"{PREFIX}*{ENDING}"))


def is_written(path: Path) -> bool:
    """Whether a living program still writes to the file."""
    if os.path.realpath(path) in _own:
        return True
    try:
        with path.open("ab") as file:
            return not lock(file.fileno())
    except OSError:
        return False


class Sent(NamedTuple):
    """What came of a file. ``refused`` names one with what the server does not want, or is empty."""

    run_id: str
    points: int
    refused: str


class State(NamedTuple):
    """How far a file has come: whose it is, and how many of its entries were sent or on their way."""

    header: Entry
    sent: int
    sending: int


def state(path: Path) -> State:
    header: Entry = {}
    sent = sending = 0
    for entry in _lines(path):
        if "sent" in entry:
            sent, sending = sent + int(entry["sent"]), 0
        elif "sending" in entry:
            sending = int(entry["sending"])
        elif not what(entry):
            header.update({name: value for name, value in entry.items() if value})
    return State(header, sent, sending)


def send_file(client: Client, path: Path) -> Sent:
    """Sends a file and removes it. Sending it again, or twice at once, counts once.

    What the server refuses for good is put into a file beside it, so that the rest can go on.
    """
    found = state(path)
    waiting = (entry for number, entry in enumerate(_entries(path)) if number >= found.sent)
    run_id = str(found.header.get("run") or "")
    if not run_id and found.header.get("request"):
        run_id = create_tracked(client, found.header["request"])
    points = 0
    refused: list[Entry] = []
    with path.open("a", encoding="utf-8") as marks:
        # Behind a line that a crash cut short.
        marks.write("\n")
        for batch in batches(waiting, found.sending):
            run_id = run_id or create_tracked(client, {"project": "default", "body": {}})
            unwanted = deliver(client, run_id, batch)
            points += batch.numbers - sum(map(numbers_of, unwanted))
            refused.extend(unwanted)
            if not refused:
                marks.write(json.dumps({"sent": len(batch.entries)}) + "\n")
                marks.flush()
    kept = ""
    if refused:
        kept = str(path) + ".refused"
        text = "".join(json.dumps(line) + "\n" for line in [{"run": run_id}, *refused])
        Path(kept).write_text(text, encoding="utf-8")
    path.unlink(missing_ok=True)
    return Sent(run_id, points, kept)


def deliver(client: Client, run_id: str, batch: Batch) -> list[Entry]:
    """Sends what the server takes; returns, and says, what it will never take.

    One bad number spoils no others.
    """
    try:
        _send(client, run_id, batch)
    except Refused as problem:
        if problem.held:
            raise
        if batch.what == "finish" and problem.status == 409:
            return []
        if len(batch.entries) == 1 or problem.status not in (400, 413, 422):
            refused = f"{batch.numbers} numbers" if batch.numbers else batch.what
            warn(f"the server refused {refused} of run {run_id}: {problem}")
            return batch.entries
        half = len(batch.entries) // 2
        first, second = Batch(batch.entries[:half]), Batch(batch.entries[half:])
        return deliver(client, run_id, first) + deliver(client, run_id, second)
    return []


def _send(client: Client, run_id: str, batch: Batch) -> None:
    key = batch.key or None
    if batch.what == "points":
        client.post(f"/api/v1/runs/{run_id}/metrics", {"points": batch.content}, key=key)
    elif batch.what == "info":
        client.post(f"/api/v1/runs/{run_id}/info", {"info": batch.content}, key=key)
    else:
        client.post(f"/api/v1/runs/{run_id}/finish", batch.content, key=key)


def create_tracked(client: Client, request: Entry) -> str:
    """Begins a tracked run and returns its id."""
    from urllib.parse import quote

    workspace = quote(os.environ.get("ROPEWALK_WORKSPACE") or "default", safe="")
    project = quote(str(request["project"]), safe="")
    path = f"/api/v1/workspaces/{workspace}/projects/{project}/runs/tracked"
    answer = client.post(path, request["body"], key=request.setdefault("key", new_key()))
    if not isinstance(answer, dict) or not answer.get("id"):
        raise Refused(f"{client.url} does not answer like a Ropewalk server", passing=False)
    return str(answer["id"])


def parsed(lines: Iterable[str | bytes]) -> Iterator[Entry]:
    """A line that a crash cut short is nothing."""
    for line in lines:
        try:
            entry = json.loads(line)
        except ValueError:
            continue
        if isinstance(entry, dict):
            yield entry


def _lines(path: Path) -> Iterator[Entry]:
    with path.open(encoding="utf-8", errors="replace") as file:
        yield from parsed(file)


def _entries(path: Path) -> Iterator[Entry]:
    return (entry for entry in _lines(path) if what(entry))


def warn(text: str) -> None:
    print(f"ropewalk: {text}", file=sys.stderr, flush=True)
