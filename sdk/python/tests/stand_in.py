"""A server of a few lines that remembers what it was told."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class StandIn:
    def __init__(self, port: int = 0) -> None:
        self.requests: list[tuple[str, dict[str, Any], dict[str, str]]] = []
        self.refuse: tuple[int, dict[str, Any]] | None = None
        #: What is carried out and then answered with a trouble, once for each.
        self.stumble: list[tuple[int, dict[str, Any]]] = []
        #: Names that no number may have.
        self.unwanted: set[str] = set()
        self._carried_out: set[str] = set()
        stand_in = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                if stand_in.refuse is not None:
                    status, answer = stand_in.refuse
                    self._answer(status, answer)
                    return
                if any(point.get("name") in stand_in.unwanted for point in body.get("points", ())):
                    self._answer(400, {"detail": "that is not a name"})
                    return
                key = self.headers.get("Idempotency-Key")
                if key is None or key not in stand_in._carried_out:
                    stand_in.requests.append((self.path, body, dict(self.headers)))
                    stand_in._carried_out.update([key] if key else [])
                if stand_in.stumble and self.path.endswith("/metrics"):
                    self._answer(*stand_in.stumble.pop(0))
                    return
                if self.path.endswith("/tracked"):
                    self._answer(201, {"id": "run-1", "number": 1})
                elif self.path.endswith("/metrics"):
                    self._answer(204, None)
                else:
                    self._answer(200, {})

            def _answer(self, status: int, answer: dict[str, Any] | None) -> None:
                data = b"" if answer is None else json.dumps(answer).encode()
                self.send_response(status)
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, format: str, *args: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
        self.port = int(self._server.server_address[1])
        self.url = f"http://127.0.0.1:{self.port}"
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def points(self) -> list[dict[str, Any]]:
        return [
            point for path, body, _ in self.requests if path.endswith("/metrics") for point in body["points"]
        ]

    def bodies(self, ending: str) -> list[dict[str, Any]]:
        return [body for path, body, _ in self.requests if path.endswith(ending)]
