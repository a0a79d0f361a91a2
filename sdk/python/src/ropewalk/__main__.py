"""``python -m ropewalk sync FOLDER``: sends what was logged while no server was there."""

from __future__ import annotations

import argparse
import sys

from . import RopewalkError, __version__, sync


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m ropewalk", description="Ropewalk for Python")
    parser.add_argument("--version", action="version", version=f"ropewalk {__version__}")
    verbs = parser.add_subparsers(dest="verb", required=True)
    verb = verbs.add_parser("sync", help="send what programs logged while no server was there")
    verb.add_argument("folder", nargs="+", help="a folder with ropewalk-spool-….jsonl, or such a file")
    asked = parser.parse_args(arguments)
    sent = 0
    for folder in asked.folder:
        try:
            sent += sync(folder)
        except RopewalkError as problem:
            print(f"ropewalk: {problem}", file=sys.stderr)
            return 1
    print(f"Sent {sent} numbers.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
