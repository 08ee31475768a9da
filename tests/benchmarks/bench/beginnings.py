"""How a handler in another process tells when it began: a datagram to whoever measures."""

import os
import socket
from pathlib import Path

VARIABLE = "BENCH_SOCKET"
_socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)


def tell(moment: float) -> None:
    _socket.sendto(repr(moment).encode(), os.environ[VARIABLE])


def listen() -> socket.socket:
    listening = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    path = Path(os.environ[VARIABLE])
    path.unlink(missing_ok=True)  # an earlier one's
    listening.bind(str(path))
    listening.settimeout(20)
    return listening


def hear(listening: socket.socket) -> float:
    return float(listening.recv(100))
