"""Bodies are not read beyond the limit, by the ASGI application as a server calls it."""

import asyncio
import json
from collections.abc import Sequence
from typing import Any

import pytest
from pytest_django import Settings

from gauzy.asgi import application
from gauzy.rest.bodies import Message, Scope

CHUNK = b"x" * 1_000


class Caller:
    """What a server does for one request: hands chunks over, and keeps what is sent."""

    def __init__(self, headers: Sequence[tuple[bytes, bytes]], chunks: int) -> None:
        self.scope: Scope = {
            "type": "http",
            "method": "POST",
            "path": "/api/v1/github/app/webhook",
            "query_string": b"",
            "headers": [(b"host", b"localhost"), *headers],
        }
        self.left, self.taken = chunks, 0
        self.sent: list[Message] = []

    async def receive(self) -> Message:
        if not self.left:
            await asyncio.Event().wait()  # as while nobody hangs up
        self.left, self.taken = self.left - 1, self.taken + 1
        return {"type": "http.request", "body": CHUNK, "more_body": self.left > 0}

    async def send(self, message: Message) -> None:
        self.sent.append(message)

    def call(self) -> tuple[int, Any]:
        asyncio.run(application(self.scope, self.receive, self.send))
        return self.sent[0]["status"], json.loads(self.sent[1]["body"])


@pytest.fixture(autouse=True)
def limit(settings: Settings) -> None:
    settings.REQUEST_MAX_BYTES = 5_000


def test_a_body_in_chunks_is_refused_while_it_is_read() -> None:
    caller = Caller([(b"transfer-encoding", b"chunked")], chunks=1_000_000)
    status, answer = caller.call()
    assert (status, answer["code"], caller.taken) == (413, "too_large", 6)


def test_a_body_that_says_it_is_too_long_is_not_read_at_all() -> None:
    caller = Caller([(b"content-length", b"5001")], chunks=1_000_000)
    assert (caller.call()[0], caller.taken) == (413, 0)


def test_a_body_longer_than_it_says_is_refused_while_it_is_read() -> None:
    caller = Caller([(b"content-length", b"10")], chunks=1_000_000)
    assert (caller.call()[0], caller.taken) == (413, 6)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("length", [b"5000", b"lots"])
def test_the_product_answers_what_is_within_the_limit(length: bytes) -> None:
    caller = Caller([(b"content-length", length), (b"content-type", b"application/json")], chunks=5)
    status, answer = caller.call()
    expected = (401, "bad_signature") if length.isdigit() else (400, "bad_delivery")
    assert (status, answer["code"], caller.taken) == (*expected, 5)
