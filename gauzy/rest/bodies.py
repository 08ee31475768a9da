"""No request's body is read beyond `REQUEST_MAX_BYTES`, neither into memory nor to disk.

Django's ASGI handler writes a body to a temporary file before anything may look at it; one that is sent in chunks
announces no length, and would fill the disk.
"""

import json
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from typing import Any

from django.conf import settings

from gauzy.rest.problems import MEDIA_TYPE, problem

Scope = dict[str, Any]
Message = Mapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Coroutine[Any, Any, None]]


def bounded(application: Application) -> Application:
    """Return the ASGI application with a bound on bodies: 413 at once, and the connection is closed."""

    async def serve(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await application(scope, receive, send)
            return
        body = _Body(receive)
        if _announced(scope) <= settings.REQUEST_MAX_BYTES:
            await application(scope, body.receive, body.watch(send))
        else:
            body.is_refused = True
        if body.is_refused and not body.is_answered:
            await _refuse(send)

    return serve


class _Body:
    """A body while it is read; when it gets too long, the application hears that its client has left."""

    def __init__(self, receive: Receive) -> None:
        self._receive, self._size = receive, 0
        self.is_refused = self.is_answered = False

    async def receive(self) -> Message:
        message = await self._receive()
        self._size += len(message.get("body", b""))
        if message["type"] == "http.request" and self._size > settings.REQUEST_MAX_BYTES:
            self.is_refused = True
        return {"type": "http.disconnect"} if self.is_refused else message

    def watch(self, send: Send) -> Send:
        async def watched(message: Message) -> None:
            self.is_answered = True
            await send(message)

        return watched


def _announced(scope: Scope) -> int:
    found = next((value for name, value in scope["headers"] if name == b"content-length"), b"0")
    return int(found) if found.isdigit() and len(found) < 20 else 0


async def _refuse(send: Send) -> None:
    body = json.dumps(problem(status=413, code="too_large", title="The request is too large.")).encode()
    headers = [(b"content-type", MEDIA_TYPE.encode()), (b"connection", b"close")]
    headers.append((b"content-length", str(len(body)).encode()))
    await send({"type": "http.response.start", "status": 413, "headers": headers})
    await send({"type": "http.response.body", "body": body})
