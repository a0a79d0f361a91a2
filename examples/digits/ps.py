"""The parameter server: holds the weights, adds up the workers' gradients, hands out the new weights.

A step is done when every worker has sent its gradient, so the result does not depend on who was faster.
It serves until it is stopped, which happens when the workers are done.
"""

from __future__ import annotations

import os
import socket
import threading
from pathlib import Path

import numpy as np
import wire
from network import Descent, Digits, Settings, first_weights


class ParameterServer:
    def __init__(self, settings: Settings, workers: int) -> None:
        self.steps = settings.epochs * Digits(settings.seed).steps_per_epoch(settings.batch)
        self.descent = Descent(first_weights(settings), settings.lr, self.steps)
        self.workers = workers
        self.step = 0
        self.gradients: dict[int, list[np.ndarray]] = {}
        self.totals = np.zeros(3, np.float32)
        self.changed = threading.Condition()
        self.checkpoint = checkpoint_file()
        self.resume()

    def serve(self, connection: socket.socket) -> None:
        """One worker, from its greeting to its last step. A worker that comes again goes on where all are."""
        with connection:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            worker = int(wire.receive(connection)[0])
            print(f"worker {worker} is here", flush=True)
            try:
                while True:
                    with self.changed:
                        step = self.step
                        message = [np.float32(step), self.totals, *self.descent.weights]
                    wire.send(connection, message)
                    answered, *gradient = wire.receive(connection)
                    if int(answered) == step:
                        self.take(worker, step, gradient)
            except ConnectionError:
                print(f"worker {worker} has gone at step {self.step} of {self.steps}", flush=True)

    def take(self, worker: int, step: int, gradient: list[np.ndarray]) -> None:
        with self.changed:
            if step == self.step:
                self.gradients[worker] = gradient
            if len(self.gradients) == self.workers:
                self.finish_step()
            while self.step == step:
                self.changed.wait()

    def finish_step(self) -> None:
        """Adds the gradients in the workers' order: sums of floats depend on it."""
        ordered = [self.gradients[worker] for worker in sorted(self.gradients)]
        self.totals = np.sum([counts for counts, *_ in ordered], axis=0, dtype=np.float32)
        sums = [np.sum(parts, axis=0, dtype=np.float32) for parts in zip(*(rest for _, *rest in ordered))]
        self.descent.move(self.step, sums, float(self.totals[2]))
        self.gradients = {}
        self.step += 1
        if self.step % 200 == 0:
            self.keep()
        self.changed.notify_all()

    def keep(self) -> None:
        if self.checkpoint is not None:
            partial = self.checkpoint.with_suffix(".partial.npz")
            arrays = [*self.descent.weights, *self.descent.speed]
            named = {f"a{i}": array for i, array in enumerate(arrays)}
            np.savez(partial, step=self.step, totals=self.totals, **named)
            partial.replace(self.checkpoint)

    def resume(self) -> None:
        if self.checkpoint is None or not self.checkpoint.exists():
            return
        with np.load(self.checkpoint, allow_pickle=False) as kept:
            self.step = int(kept["step"])
            self.totals = kept["totals"]
            count = len(self.descent.weights)
            self.descent.weights = [kept[f"a{i}"] for i in range(count)]
            self.descent.speed = [kept[f"a{i}"] for i in range(count, 2 * count)]
        print(f"going on at step {self.step}", flush=True)


def checkpoint_file() -> Path | None:
    """Of this run alone: another run starts from the beginning."""
    folder = os.environ.get("ROPEWALK_CHECKPOINT_DIR")
    return Path(folder) / f"ps-{os.environ.get('ROPEWALK_RUN_ID', 'run')}.npz" if folder else None


def main() -> None:
    workers = len(os.environ["WORKER_NODES"].split(","))
    server = ParameterServer(Settings(), workers)
    address = (os.environ.get("HOST_ADDRESS", "127.0.0.1"), int(os.environ.get("PORT", "2222")))
    with socket.create_server(address, backlog=64) as listener:
        print(f"parameter server at {address[0]}:{address[1]}, waiting for {workers} workers", flush=True)
        while True:
            connection, _ = listener.accept()
            threading.Thread(target=server.serve, args=(connection,), daemon=True).start()


if __name__ == "__main__":
    main()
