"""Reading what a server knows: runs and their numbers, as plain dictionaries or for pandas."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, cast, overload

from ._client import Client, Refused
from ._run import RopewalkError

Record = dict[str, Any]
PAGE = 500


class Records(Sequence[Record]):
    """What was asked for, one dictionary each."""

    def __init__(self, records: list[Record]) -> None:
        self._records = records

    @overload
    def __getitem__(self, index: int) -> Record: ...

    @overload
    def __getitem__(self, index: slice) -> Records: ...

    def __getitem__(self, index: int | slice) -> Record | Records:
        return Records(self._records[index]) if isinstance(index, slice) else self._records[index]

    def __len__(self) -> int:
        return len(self._records)

    def __iter__(self) -> Iterator[Record]:
        return iter(self._records)

    def rows(self) -> list[Record]:
        """Flat: nested names are joined by dots, such as ``parameters.lr`` and ``metrics.loss``."""
        return [dict(_flat(record)) for record in self._records]

    def to_pandas(self) -> Any:
        """A ``pandas.DataFrame`` of ``rows()``; times are times."""
        try:
            import pandas  # type: ignore[import-untyped,import-not-found,unused-ignore]
        except ImportError:
            raise RopewalkError("pandas is not installed; `pip install pandas`, or use rows()") from None
        frame = pandas.DataFrame(self.rows())
        for name in frame.columns:
            if name in ("createdAt", "startedAt", "endedAt"):
                # Some have a fraction of a second and some have none.
                frame[name] = pandas.to_datetime(frame[name], utc=True, format="ISO8601")
            elif name == "at":
                frame[name] = pandas.to_datetime(frame[name], utc=True, unit="ms")
        return frame

    def __repr__(self) -> str:
        return f"<{len(self)} records>"


class Api:
    """The server of ``ROPEWALK_URL`` and ``ROPEWALK_TOKEN``, or of the data directory, unless one is given.

    Every method raises ``RopewalkError`` with the server's own words when it refuses or does not answer.
    """

    def __init__(self, url: str = "", token: str = "", workspace: str = "default") -> None:
        client = Client(url, token) if url else Client.from_environment()
        if client is None:
            raise RopewalkError("no server is known; set ROPEWALK_URL and ROPEWALK_TOKEN, or give a url")
        self._client = client
        self._workspace = workspace

    def projects(self) -> Records:
        return Records(self._pages(f"/api/v1/workspaces/{_quoted(self._workspace)}/projects", {}, None))

    def runs(
        self,
        project: str | None = None,
        task: str | None = None,
        state: str | None = None,
        search: str | None = None,
        limit: int | None = None,
    ) -> Records:
        """Runs, newest first: of one project, or of all that the token may see; ``limit`` of them at most."""
        terms = {"state": state, "search": search}
        if project is None:
            if task is not None:
                raise RopewalkError("a task belongs to a project: give that too")
            path = f"/api/v1/workspaces/{_quoted(self._workspace)}/runs"
        else:
            path = f"/api/v1/workspaces/{_quoted(self._workspace)}/projects/{_quoted(project)}/runs"
            terms["task"] = task
        return Records(self._pages(path, terms, limit))

    def run(self, run: str) -> Record:
        """One run by its id, or as ``project/number``."""
        project, slash, number = run.rpartition("/")
        if slash:
            home = f"/api/v1/workspaces/{_quoted(self._workspace)}/projects/{_quoted(project)}"
            return cast(Record, self._get(f"{home}/runs/{_quoted(number)}"))
        return cast(Record, self._get(f"/api/v1/runs/{_quoted(run)}"))

    def metrics(self, run: str, *names: str, points: int = 2000) -> Records:
        """Numbers of a run, a record for each point: ``name``, ``step``, ``at``, ``value``.

        Without names all of them. A series of more than ``points`` points is thinned out by the server.
        """
        run_id = _quoted(self.run(run)["id"])
        wanted = list(names) or [series["name"] for series in self._get(f"/api/v1/runs/{run_id}/metrics")]
        drawn = f"/api/v1/runs/{run_id}/metrics/series"
        records: list[Record] = []
        for name in wanted:
            for series in self._get(drawn + _query({"name": name, "points": points})):
                records.extend(_point(series["name"], point) for point in series["points"])
        return Records(records)

    def log(self, run: str, name: str = "worker-0") -> str:
        """All that a replica has written."""
        run_id = self.run(run)["id"]
        return self._text(f"/api/v1/runs/{_quoted(run_id)}/logs/{_quoted(name)}/raw")

    def _pages(self, path: str, terms: dict[str, Any], limit: int | None) -> list[Record]:
        records: list[Record] = []
        cursor = None
        while limit is None or len(records) < limit:
            size = PAGE if limit is None else min(PAGE, limit - len(records))
            page = self._get(path + _query({**terms, "cursor": cursor, "limit": size}))
            records.extend(page["items"])
            cursor = page.get("next")
            if not cursor:
                break
        return records

    def _get(self, path: str) -> Any:
        try:
            return self._client.get(path)
        except Refused as problem:
            raise RopewalkError(str(problem)) from None

    def _text(self, path: str) -> str:
        try:
            return self._client.text(path)
        except Refused as problem:
            raise RopewalkError(str(problem)) from None


def _flat(record: Record, prefix: str = "") -> Iterator[tuple[str, Any]]:
    for name, value in record.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{prefix}{name}.")
        elif value in ("NaN", "Infinity", "-Infinity"):
            yield prefix + name, float(value)
        else:
            yield prefix + name, value


def _point(name: str, point: list[Any]) -> Record:
    step, at, value = point
    return {"name": name, "step": step, "at": at, "value": float(value)}


def _query(terms: dict[str, Any]) -> str:
    from urllib.parse import urlencode

    text = urlencode({name: value for name, value in terms.items() if value is not None})
    return f"?{text}" if text else ""


def _quoted(text: str) -> str:
    from urllib.parse import quote

    return quote(str(text), safe="")
