"""A worker: takes the weights, computes the gradient of its share of the batch, sends it; again and again."""

from __future__ import annotations

import contextlib
import os
import socket
import time

import numpy as np
import report
import ropewalk
import wire
from network import Digits, Settings, accuracy, gradient


class Link:
    """The connection to the parameter server, made again when it breaks."""

    def __init__(self, node: str, worker: int, patience: float = 120.0) -> None:
        self.host, port = node.rsplit(":", 1)
        self.port = int(port)
        self.worker = worker
        self.patience = patience
        self.connection = self.connect()

    def connect(self) -> socket.socket:
        """The parameter server may start later than we do."""
        end = time.monotonic() + self.patience
        pause = 0.05
        while True:
            try:
                connection = socket.create_connection((self.host, self.port), timeout=self.patience)
                connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                wire.send(connection, [np.float32(self.worker)])
                return connection
            except OSError as problem:
                if time.monotonic() + pause > end:
                    raise SystemExit(f"no parameter server at {self.host}:{self.port}: {problem}") from None
                time.sleep(pause)
                pause = min(1.0, pause * 2)

    def weights(self) -> list[np.ndarray]:
        """The step to work on, the totals of the last one, and the weights."""
        while True:
            try:
                return wire.receive(self.connection)
            except OSError as problem:
                print(f"lost the parameter server ({problem}); connecting again", flush=True)
                self.connection.close()
                self.connection = self.connect()

    def answer(self, arrays: list[np.ndarray]) -> None:
        # Whether it arrived shows in what comes next: the next step, or the same one again.
        with contextlib.suppress(OSError):
            wire.send(self.connection, arrays)


def main() -> None:
    settings = Settings()
    worker = int(os.environ["REPLICA_INDEX"])
    workers = len(os.environ["WORKER_NODES"].split(","))
    node = os.environ["PS_NODES"].split(",")[0]
    digits = Digits(settings.seed)
    per_epoch = digits.steps_per_epoch(settings.batch)
    steps = settings.epochs * per_epoch
    run = ropewalk.init(project="digits")
    print(f"worker {worker} of {workers}, parameter server {node}, {steps} steps", flush=True)

    link = Link(node, worker)
    sums = np.zeros(3)
    while True:
        number, totals, *weights = link.weights()
        step = int(number)
        sums += totals
        if step > 0 and step % per_epoch == 0:
            epoch = step // per_epoch
            loss, right = sums[:2] / max(1.0, sums[2])
            sums[:] = 0
            if worker == 0:
                tested = accuracy(weights, digits.test_images, digits.test_labels)
                run.log({"loss": loss, "accuracy": right, "test_accuracy": tested}, step=epoch)
                print(
                    f"epoch {epoch:3d} of {settings.epochs}  loss {loss:.4f}"
                    f"  accuracy {right:.3f}  on unseen digits {tested:.3f}",
                    flush=True,
                )
        if step >= steps:
            break
        images, labels = digits.batch(step, settings.batch, settings.seed, worker, workers)
        sent, counts = gradient(weights, images, labels)
        link.answer([number, counts, *sent])
    link.connection.close()
    if worker == 0:
        report.write(weights, digits, settings, run)
    run.finish()


if __name__ == "__main__":
    main()
