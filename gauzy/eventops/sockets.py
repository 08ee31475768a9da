"""Listening sockets, bound before anything is promised about their port."""

import errno
import socket

MORE_PORTS = 50


class PortTaken(Exception):
    """Another program listens there."""


def listen(host: str, port: int, *, or_next: bool) -> socket.socket:
    """Return a socket listening on `port`, or, with `or_next`, on the first free one of the ports after it."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    for candidate in range(port, port + (MORE_PORTS if or_next else 1)):
        try:
            return socket.create_server((host, candidate), family=family, backlog=128)
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                raise
    raise PortTaken(
        f"Port {port} of {host} is taken" + (f", and so are the next {MORE_PORTS - 1}." if or_next else ".")
    )


def address(listening: socket.socket) -> tuple[str, int]:
    """Return host and port of a listening socket, the host as it is written in a URL."""
    host, port = listening.getsockname()[:2]
    return (f"[{host}]" if ":" in host else host), port
