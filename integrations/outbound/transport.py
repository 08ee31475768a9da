"""One POST to a stranger: pinned to an address that was checked, no redirects, no proxies, within a deadline."""

import socket
import ssl
import time
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import httpcore
import httpx

from integrations.exceptions import NotDelivered
from integrations.outbound.addresses import is_named, resolve

_EXCERPT = 500  # bytes of an answer that are kept


@dataclass(frozen=True, slots=True)
class Answer:
    """`wait`: what the answer's Retry-After asks for, in seconds; 0 if it does not."""

    status: int
    excerpt: str
    wait: float

    @property
    def accepted(self) -> bool:
        return 200 <= self.status < 300


def post(url: str, *, headers: Mapping[str, str], body: bytes, timeout: float, allowed: Collection[str]) -> Answer:
    """Return what the server answered, whatever its status; raise `NotDelivered` if it did not in time."""
    target = httpx.URL(url)
    backend = _PinnedBackend(time.monotonic() + timeout, trusted=is_named(target, allowed))
    sent = {"host": target.netloc.decode(), "accept-encoding": "identity", "content-length": str(len(body)), **headers}
    try:
        with (
            httpcore.ConnectionPool(ssl_context=_ssl_context(), network_backend=backend) as pool,
            pool.stream("POST", str(target), headers=list(sent.items()), content=body) as response,
        ):
            return Answer(response.status, _excerpt(response.iter_stream()), _wait(response.headers))
    except httpcore.TimeoutException as error:
        raise NotDelivered(f"The endpoint did not answer within {timeout:g} s.") from error
    except (httpcore.NetworkError, httpcore.ProtocolError, ssl.SSLError, OSError) as error:
        raise NotDelivered(f"The connection failed: {type(error).__name__}.") from error


def _excerpt(chunks: Iterable[bytes]) -> str:
    """Return the beginning of the answer's body; the rest, perhaps endless, is not read."""
    found = b""
    for chunk in chunks:
        found += chunk
        if len(found) >= _EXCERPT:
            break
    return found[:_EXCERPT].decode(errors="replace").replace("\0", "")


def _wait(headers: Iterable[tuple[bytes, bytes]]) -> float:
    given = next((value for name, value in headers if name.lower() == b"retry-after"), b"")
    return float(given) if given.isdigit() and len(given) <= 6 else 0.0


@cache
def _ssl_context() -> ssl.SSLContext:
    return httpx.create_ssl_context()


class _PinnedBackend(httpcore.NetworkBackend):
    """Resolves and checks the host itself, and connects to what it checked; TLS still asks for the host by name."""

    def __init__(self, deadline: float, *, trusted: bool) -> None:
        self._deadline, self._trusted, self._inner = deadline, trusted, httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        failure: Exception | None = None
        for address in resolve(host, port, trusted=self._trusted):
            try:
                return _Stream(self._inner.connect_tcp(address, port, timeout=_left(self._deadline)), self._deadline)
            except httpcore.ConnectError as error:
                failure = error
        raise failure or httpcore.ConnectError(socket.gaierror())


class _Stream(httpcore.NetworkStream):
    """Lets the whole exchange last until the deadline, however slowly the bytes drip."""

    def __init__(self, inner: httpcore.NetworkStream, deadline: float) -> None:
        self._inner, self._deadline = inner, deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._inner.read(max_bytes, timeout=_left(self._deadline))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._inner.write(buffer, timeout=_left(self._deadline))

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        secured = self._inner.start_tls(ssl_context, server_hostname, timeout=_left(self._deadline))
        return _Stream(secured, self._deadline)

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)


def _left(deadline: float) -> float:
    if (left := deadline - time.monotonic()) <= 0:
        raise httpcore.ReadTimeout
    return left
