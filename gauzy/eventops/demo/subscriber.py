"""Somebody else's server, to which the product sends webhooks."""

import base64
import hashlib
import hmac
import json
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class Subscriber:
    """Takes in messages on loopback, and keeps those whose signature fits `secret`."""

    def __init__(self) -> None:
        self.secret = ""
        self.forged = 0
        self._messages: list[dict[str, Any]] = []
        self._arrived = threading.Condition()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}/events"

    def start(self) -> None:
        threading.Thread(target=self._server.serve_forever, name="subscriber", daemon=True).start()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def take(self, headers: dict[str, str], body: bytes) -> bool:
        """Keep a message; return whether it is genuine."""
        if not self._is_genuine(headers, body):
            self.forged += 1
            return False
        with self._arrived:
            self._messages.append(json.loads(body))
            self._arrived.notify_all()
        return True

    def wait_for(self, matches: Callable[[dict[str, Any]], bool], patience: float) -> dict[str, Any] | None:
        """Return the first message that matches, arrived or still to come; None if none does in time."""
        deadline = time.monotonic() + patience
        with self._arrived:
            while True:
                if found := next((message for message in self._messages if matches(message)), None):
                    return found
                if (left := deadline - time.monotonic()) <= 0:
                    return None
                self._arrived.wait(left)

    def _is_genuine(self, headers: dict[str, str], body: bytes) -> bool:
        """Verify as Standard Webhooks says."""
        signed = f"{headers.get('webhook-id')}.{headers.get('webhook-timestamp')}.".encode() + body
        key = base64.b64decode(self.secret.removeprefix("whsec_"))
        signature = "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
        given = headers.get("webhook-signature", "").split()
        return bool(key) and any(hmac.compare_digest(signature.encode(), one.encode()) for one in given)


def _handler(subscriber: Subscriber) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        timeout = 10

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
            genuine = subscriber.take({name.lower(): value for name, value in self.headers.items()}, body)
            self.send_response(204 if genuine else 401)
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:
            """Say nothing: the story tells."""

    return Handler
