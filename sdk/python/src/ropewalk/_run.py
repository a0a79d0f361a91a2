"""A run, and the one run of this process."""

from __future__ import annotations

import atexit
import math
import os
import sys
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Union

if TYPE_CHECKING:
    from types import TracebackType

    from ._client import Client
    from ._sender import Sender

__all__ = [
    "Config",
    "Params",
    "RopewalkError",
    "Run",
    "current",
    "finish",
    "init",
    "log",
    "log_file",
    "save",
    "send_spool",
    "sync",
]

Number = Union[int, float]
PathLike = Union[str, "os.PathLike[str]"]


class RopewalkError(Exception):
    """The program asked for something that cannot be, such as logging a text as a number."""


class Params(Mapping[str, Any]):
    """Parameters by name, also as attributes: ``params["lr"]`` is ``params.lr``."""

    def __init__(self, values: Mapping[str, Any]) -> None:
        self._values = dict(values)

    def __getitem__(self, name: str) -> Any:
        return self._values[name]

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        try:
            return self._values[name]
        except KeyError:
            known = ", ".join(sorted(self._values)) or "none"
            raise AttributeError(f"the run has no parameter {name!r}; it has: {known}") from None

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def __repr__(self) -> str:
        return f"Params({self._values!r})"


class Config(Params):
    """Parameters that the program may add to: ``run.config["optimizer"] = "adam"``, ``run.config.update(…)``.

    What the run was started with stays as it is on the server; what is added is shown beside it.
    """

    def __init__(self, values: Mapping[str, Any], told: Callable[[dict[str, Any]], None]) -> None:
        super().__init__(values)
        self._told = told

    def __setitem__(self, name: str, value: Any) -> None:
        self.update({name: value})

    def update(self, values: Mapping[str, Any] | None = None, **more: Any) -> None:
        added = {**(values or {}), **more}
        self._values.update(added)
        self._told({name: _plain(value) for name, value in added.items()})


class Run:
    """One run. Made by ``init``; may be used by several threads."""

    def __init__(
        self,
        client: Client | None,
        run_id: str,
        params: Mapping[str, Any],
        tracked: bool,
        url: str = "",
        request: dict[str, Any] | None = None,
        quiet: bool = False,
        told: bool = False,
    ) -> None:
        from ._sender import Sender

        self._client = client
        self._tracked = tracked
        self._finished = False
        self._step = 0
        self._pid = os.getpid()
        self.url = url
        self.config = Config(params, self._add_config)
        self.params: Params = self.config
        self.replica = _replica_index()
        #: Which of the processes of a distributed program this is; 0 for the one that logs.
        self.rank = _rank()
        self._quiet = quiet
        self._sender: Sender = Sender(client, run_id, request, told)

    @property
    def id(self) -> str:
        """The run's id; empty while no server has given one."""
        return self._sender.run_id

    def log(self, values: Mapping[str, Any], step: int | None = None) -> None:
        """Records numbers. Returns at once; a background thread sends them.

        Without ``step`` they belong to the step after the last one logged.
        """
        import time

        if not self._listens():
            return
        if step is None:
            step = self._step
        elif isinstance(step, bool) or not hasattr(type(step), "__index__"):
            raise RopewalkError(f"step must be a whole number, not {step!r}")
        else:
            step = step.__index__()
        self._step = step + 1
        at = int(time.time() * 1000)
        points = [_point(name, value, step, at) for name, value in _flat(values)]
        if points:
            self._sender.put(points)

    def _listens(self) -> bool:
        if self._finished:
            _warn_once("finished", "the run is finished; what is logged now is not kept")
        elif os.getpid() != self._pid:
            _warn_once(
                "forked", "this process was forked from the one that began the run; only that one logs"
            )
        else:
            return not self._quiet
        return False

    def _add_config(self, added: dict[str, Any]) -> None:
        if added and self._listens():
            self._sender.put_info(added)

    def save(self, path: PathLike, name: str | None = None) -> str:
        """Keeps a file or directory with the run. Returns where it now is."""
        import shutil
        from pathlib import Path

        source = Path(path)
        if not source.exists():
            raise RopewalkError(f"there is no file {source} to keep with the run")
        if self._quiet:
            return str(source)
        output = _output_directory()
        if output is None:
            _warn_once(
                "output", "only runs that a server started keep files; this one keeps numbers and parameters"
            )
            return str(source)
        target = (output / (name or source.name)).resolve()
        if output.resolve() not in target.parents:
            raise RopewalkError(f"{name!r} is not a place below the run's output directory")
        if target == source.resolve():
            return str(target)
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, target, dirs_exist_ok=True)
        else:
            partial = target.with_name(target.name + ".partial")
            shutil.copyfile(source, partial)
            partial.replace(target)
        return str(target)

    log_file = save

    def flush(self, timeout: float = 10.0) -> bool:
        """Waits until everything logged so far was sent; says whether it was."""
        return self._sender.flush(timeout)

    def finish(self, state: str = "succeeded", reason: str | None = None) -> None:
        """Sends what is left; ends the run when it is a tracked one. Further calls do nothing."""
        if state not in ("succeeded", "failed", "stopped"):
            raise RopewalkError(f"a run ends as succeeded, failed or stopped, not as {state!r}")
        if self._finished or os.getpid() != self._pid:
            return
        self._finished = True
        if self._quiet:
            return
        left = self._sender.close()
        if self._tracked:
            body: dict[str, Any] = {"state": state}
            if reason:
                body["reason"] = reason
            left = self._report(body, left)
        self._sender.let_go()
        if left:
            _warn(f"what could not be sent is in {left}; `ropewalk sync {left}` sends it later")

    def _report(self, body: dict[str, Any], left: str) -> str:
        """Tells the server how the run ended, behind all of its numbers; else a file, which is returned."""
        problem = "the numbers come first"
        if self._client is not None and self.id and not left:
            told = self._client.try_post(f"/api/v1/runs/{self.id}/finish", body)
            if told is None:
                return ""
            problem = told
        kept = self._sender.keep_finish(body)
        if not kept:
            _warn(f"the end of the run could not be reported: {problem}")
        return kept or left

    def __enter__(self) -> Run:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        problem: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if kind is None or (kind is SystemExit and getattr(problem, "code", 1) in (None, 0)):
            self.finish()
        elif issubclass(kind, KeyboardInterrupt):
            self.finish("stopped", "interrupted")
        else:
            self.finish("failed", f"{kind.__name__}: {problem}"[:500])

    def __repr__(self) -> str:
        return f"<ropewalk.Run {self.id or 'not registered yet'}>"


_current: Run | None = None
_warned: set[str] = set()


def init(
    project: str | None = None,
    task: str | None = None,
    params: Mapping[str, Any] | None = None,
    comment: str | None = None,
    offline: bool | None = None,
    all_ranks: bool = False,
) -> Run:
    """Begins the run of this process, or picks up the one a server started it for.

    Inside a run ``project``, ``task`` and ``comment`` are already decided and are ignored; ``params`` are the
    defaults for parameters that the run was not started with.

    ``offline`` (or ``ROPEWALK_OFFLINE=1``) speaks to no server: everything is written to a file for
    ``ropewalk sync``. Of the processes of a distributed program (``RANK`` and its like) only the first makes
    a run; inside a run the others log too with ``all_ranks``.
    """
    global _current
    from ._client import Client

    if _current is not None and not _current._finished and _current._pid == os.getpid():
        _current.finish()
    run_id = os.environ.get("ROPEWALK_RUN_ID", "")
    if offline is None:
        offline = os.environ.get("ROPEWALK_OFFLINE", "").lower() in ("1", "true", "yes", "on")
    client = None if offline else Client.from_environment()
    values = dict(params or {})
    inside = bool(run_id) and (client is not None or offline)
    if inside:
        values.update(_parameters())
    if _rank() > 0 and not (inside and all_ranks):
        run = Run(None, "", values, tracked=False, quiet=True)
    elif inside:
        url = os.environ.get("ROPEWALK_RUN_URL", "")
        run = Run(client, run_id, values, tracked=False, url=url)
    else:
        run = _tracked(client, project, task, values, comment, offline)
    if _current is None:
        atexit.register(_at_exit)
    _current = run
    return run


def current() -> Run:
    """The run of this process, begun now if it was not yet."""
    if _current is None or _current._pid != os.getpid():
        return init()
    return _current


def log(values: Mapping[str, Any], step: int | None = None) -> None:
    """Records numbers in the current run."""
    current().log(values, step)


def save(path: PathLike, name: str | None = None) -> str:
    """Keeps a file with the current run."""
    return current().save(path, name)


log_file = save


def finish(state: str = "succeeded", reason: str | None = None) -> None:
    """Ends the current run, if there is one."""
    if _current is not None:
        _current.finish(state, reason)


def send_spool(path: PathLike) -> int:
    """Sends what an earlier process could not; returns how many numbers. The file is gone afterwards.

    Raises ``RopewalkError`` when the server still does not take them.
    """
    from pathlib import Path

    from ._client import Client, Refused
    from ._spool import send_file

    client = Client.from_environment()
    if client is None:
        raise RopewalkError(
            "no server is known; set ROPEWALK_URL and ROPEWALK_TOKEN, or start one with `ropewalk up`"
        )
    try:
        return send_file(client, Path(path)).points
    except Refused as problem:
        raise RopewalkError(f"{os.fspath(path)} was not sent: {problem}") from None


def sync(folder: PathLike = ".") -> int:
    """Sends every ``ropewalk-spool-….jsonl`` of a folder (or one such file) that no program still writes to.

    Returns how many numbers. Raises ``RopewalkError`` at the first file that the server does not take now.
    """
    from pathlib import Path

    from ._spool import is_written, spools

    place = Path(folder)
    files = [place] if place.is_file() else spools(place)
    if not files and not place.is_dir():
        raise RopewalkError(f"there is no folder {place}")
    sent = 0
    for file in files:
        if is_written(file):
            _warn(f"{file} is still being written by a program; left for later")
        else:
            sent += send_spool(file)
    return sent


def _tracked(
    client: Client | None,
    project: str | None,
    task: str | None,
    params: dict[str, Any],
    comment: str | None,
    offline: bool,
) -> Run:
    body: dict[str, Any] = {"task": task or _program_name()}
    if params:
        body["parameters"] = {name: _plain(value) for name, value in params.items()}
    if comment:
        body["comment"] = comment
    request = {"project": project or os.environ.get("ROPEWALK_PROJECT") or "default", "body": body}
    if offline:
        return Run(None, "", params, tracked=True, request=request)
    if client is None:
        _warn_once(
            "server",
            "no server is known, so numbers are only written to a file; set ROPEWALK_URL and ROPEWALK_TOKEN,"
            " or start one with `ropewalk up`",
        )
        return Run(None, "", params, tracked=True, request=request)
    from ._client import Refused
    from ._spool import create_tracked

    try:
        run_id = create_tracked(client, request)
    except Refused as problem:
        if not problem.passing:
            raise RopewalkError(f"the server refused to begin a run: {problem}") from None
        _warn_once("away", f"{problem}; numbers are kept in a file and sent when the server is back")
        return Run(client, "", params, tracked=True, request=request, told=True)
    return Run(client, run_id, params, tracked=True, url=f"{client.url}/runs/{run_id}")


def _at_exit() -> None:
    run = _current
    if run is None or run._finished:
        return
    problem = getattr(sys, "last_value", None)
    if isinstance(problem, KeyboardInterrupt):
        run.finish("stopped", "interrupted")
    elif problem is not None:
        run.finish("failed", f"{type(problem).__name__}: {problem}"[:500])
    else:
        run.finish()


def _parameters() -> dict[str, Any]:
    import json

    text = os.environ.get("ROPEWALK_PARAMETERS", "")
    try:
        values = json.loads(text) if text else {}
    except ValueError:
        return {}
    return {name: _typed(value) for name, value in values.items()} if isinstance(values, dict) else {}


def _typed(value: Any) -> Any:
    """A number that came as text is a number to the program."""
    if not isinstance(value, str):
        return value
    for kind in (int, float):
        try:
            return kind(value)
        except ValueError:
            continue
    return {"true": True, "false": False}.get(value, value)


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    return str(value)


def _flat(values: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for name, value in values.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{prefix}{name}/")
        else:
            yield f"{prefix}{name}", value


def _point(name: str, value: Any, step: int, at: int) -> dict[str, Any]:
    try:
        number = float(value)
    except (TypeError, ValueError):
        raise RopewalkError(f"{name} must be a number, not {value!r}") from None
    if math.isnan(number):
        sent: Number | str = "NaN"
    elif number in (float("inf"), float("-inf")):
        sent = "Infinity" if number > 0 else "-Infinity"
    else:
        sent = number
    return {"name": str(name), "value": sent, "step": step, "at": at}


def _replica_index() -> int:
    try:
        return int(os.environ.get("REPLICA_INDEX", "0"))
    except ValueError:
        return 0


def _rank() -> int:
    """Which process of a distributed program this is, as its launcher says; 0 when there is only one."""
    for name in ("RANK", "OMPI_COMM_WORLD_RANK", "PMIX_RANK", "PMI_RANK", "SLURM_PROCID", "LOCAL_RANK"):
        text = os.environ.get(name, "")
        if text.isdigit():
            return int(text)
    return 0


def _output_directory() -> Any:
    from pathlib import Path

    text = os.environ.get("ROPEWALK_OUTPUT_DIR") or os.environ.get("OUTPUT_DIR")
    return Path(text) if text else None


def _program_name() -> str:
    """The program as a task name: lower case letters, digits and dashes."""
    import re

    stem = os.path.basename(sys.argv[0] if sys.argv else "")  # noqa: PTH119
    name = re.sub(r"[^a-z0-9]+", "-", stem.rsplit(".", 1)[0].lower()).strip("-")
    return name[:63] or "python"


def _warn(text: str) -> None:
    print(f"ropewalk: {text}", file=sys.stderr, flush=True)


def _warn_once(key: str, text: str) -> None:
    if key not in _warned:
        _warned.add(key)
        _warn(text)
