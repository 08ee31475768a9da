"""HTTP servers on loopback that answer as a test tells them to, well or badly."""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self


@dataclass(frozen=True)
class Received:
    """A request as it came; header names in lower case."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes


Reply = Callable[["Receiver", BaseHTTPRequestHandler], None]


class Receiver:
    """Keeps what it receives, and answers by `replies` in turn; by the last one for ever."""

    def __init__(self, *replies: Reply) -> None:
        self.received: list[Received] = []
        self.replies = list(replies) or [answer(204)]
        self.closing = threading.Event()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self._server.server_address[1]}"

    @property
    def url(self) -> str:
        return f"http://{self.host}/hook"

    def next_reply(self) -> Reply:
        return self.replies.pop(0) if len(self.replies) > 1 else self.replies[0]

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.closing.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def answer(status: int, body: bytes = b"", **headers: str) -> Reply:
    def reply(receiver: Receiver, to: BaseHTTPRequestHandler) -> None:
        to.send_response(status)
        for name, value in ({"Content-Length": str(len(body))} | headers).items():
            to.send_header(name.replace("_", "-"), value)
        to.end_headers()
        to.wfile.write(body)

    return reply


def hang(receiver: Receiver, to: BaseHTTPRequestHandler) -> None:
    """Say nothing until the test is over."""
    receiver.closing.wait(30)
    to.close_connection = True


def drip(receiver: Receiver, to: BaseHTTPRequestHandler) -> None:
    """Send a header that never ends, byte by byte."""
    to.wfile.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
    while not receiver.closing.wait(0.02):
        try:
            to.wfile.write(b"x")
        except OSError:
            break
    to.close_connection = True


def hang_up(receiver: Receiver, to: BaseHTTPRequestHandler) -> None:
    to.close_connection = True


def lie(receiver: Receiver, to: BaseHTTPRequestHandler) -> None:
    """Promise more than is sent."""
    to.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nshort")
    to.close_connection = True


def babble(receiver: Receiver, to: BaseHTTPRequestHandler) -> None:
    to.wfile.write(b"SSH-2.0-not-http\r\n\r\n")
    to.close_connection = True


def flood(receiver: Receiver, to: BaseHTTPRequestHandler) -> None:
    """Accept, and send a body without end."""
    to.wfile.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    try:
        while not receiver.closing.is_set():
            to.wfile.write(b"10000\r\n" + b"x" * 0x10000 + b"\r\n")
    except OSError:
        to.close_connection = True


def _handler(receiver: Receiver) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def serve(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
            headers = {name.lower(): value for name, value in self.headers.items()}
            receiver.received.append(Received(self.command, self.path, headers, body))
            receiver.next_reply()(receiver, self)

        def log_message(self, format: str, *args: Any) -> None:
            """Say nothing."""

    for method in ("GET", "POST", "PATCH", "PUT", "DELETE"):
        setattr(Handler, f"do_{method}", Handler.serve)
    return Handler
