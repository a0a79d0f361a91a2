"""Numbers, parameters and files of a run, sent to a Ropewalk server.

    import ropewalk

    run = ropewalk.init(project="digits", params={"lr": 0.1})
    ropewalk.log({"loss": 0.25}, step=1)
    run.finish()

Inside a run that a server started, the run is picked up from the environment. Nothing here raises because a
server is away.
"""

from __future__ import annotations

from ._run import (
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
)

__version__ = "0.1.0"

__all__ = [
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
]


def __getattr__(name: str) -> Params:
    """``ropewalk.params`` and ``ropewalk.config`` are those of the current run."""
    if name in ("params", "config"):
        return current().params
    raise AttributeError(f"module 'ropewalk' has no attribute {name!r}")
