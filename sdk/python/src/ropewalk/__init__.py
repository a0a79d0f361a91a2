"""Numbers, parameters and files of a run, sent to a Ropewalk server.

    import ropewalk

    run = ropewalk.init(project="digits", params={"lr": 0.1})
    ropewalk.log({"loss": 0.25}, step=1)
    run.finish()

Inside a run that a server started, the run is picked up from the environment. Nothing here raises because a
server is away.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ._run import (
    Config,
    Params,
    RopewalkError,
    Run,
    current,
    finish,
    init,
    log,
    log_file,
    save,
    send_spool,
    sync,
)

if TYPE_CHECKING:
    from ._api import Api

__version__ = "0.1.0"

__all__ = [
    "Api",
    "Config",
    "Params",
    "RopewalkError",
    "Run",
    "config",
    "current",
    "finish",
    "init",
    "log",
    "log_file",
    "params",
    "save",
    "send_spool",
    "sync",
]


def __getattr__(name: str) -> Any:
    """``ropewalk.params`` and ``ropewalk.config`` are those of the current run."""
    if name in ("params", "config"):
        return current().config
    if name == "Api":
        from ._api import Api

        return Api
    raise AttributeError(f"module 'ropewalk' has no attribute {name!r}")
