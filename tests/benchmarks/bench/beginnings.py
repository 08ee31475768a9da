"""How a handler in another process tells when it began: a datagram to whoever measures."""

import os
import socket

VARIABLE = "BENCH_SOCKET"
_socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)


def tell(moment: float) -> None:
    _socket.sendto(repr(moment).encode(), os.environ[VARIABLE])


def listen() -> socket.socket:
    listening = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    listening.bind(os.environ[VARIABLE])
    listening.settimeout(20)
    return listening


def hear(listening: socket.socket) -> float:
    return float(listening.recv(100))
