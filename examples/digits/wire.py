"""Arrays over a socket.

A message is a list of float32 arrays, each with its shape in front; nothing in it can be executed, and
nothing is longer than the reader allows.
"""

from __future__ import annotations

import socket
import struct

import numpy as np

MOST_ARRAYS = 16
MOST_BYTES = 64 << 20


def send(connection: socket.socket, arrays: list[np.ndarray]) -> None:
    parts = [struct.pack("!I", len(arrays))]
    for array in (np.asarray(a, "<f4", order="C") for a in arrays):
        parts.append(struct.pack(f"!B{array.ndim}I", array.ndim, *array.shape))
        parts.append(array.tobytes())
    connection.sendall(b"".join(parts))


def receive(connection: socket.socket) -> list[np.ndarray]:
    (count,) = struct.unpack("!I", exactly(connection, 4))
    if count > MOST_ARRAYS:
        raise ConnectionError(f"a message of {count} arrays is none of ours")
    arrays = []
    for _ in range(count):
        (dimensions,) = struct.unpack("!B", exactly(connection, 1))
        shape = struct.unpack(f"!{dimensions}I", exactly(connection, 4 * dimensions))
        size = 4 * int(np.prod(shape, dtype=np.int64))
        if not 0 <= size <= MOST_BYTES:
            raise ConnectionError(f"an array of {size} bytes is none of ours")
        arrays.append(np.frombuffer(exactly(connection, size), "<f4").reshape(shape).copy())
    return arrays


def exactly(connection: socket.socket, size: int) -> bytes:
    data = bytearray()
    while len(data) < size:
        part = connection.recv(size - len(data))
        if not part:
            raise ConnectionError("the other side closed the connection")
        data += part
    return bytes(data)
