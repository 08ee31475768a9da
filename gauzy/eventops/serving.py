"""Web server, embedded worker and mail catcher, together in one process."""

import os
import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from email.message import EmailMessage
from types import TracebackType
from typing import Self

from django.conf import settings

from gauzy.eventbus.embedded import start_worker
from gauzy.eventops.mailcatcher import MailCatcher
from gauzy.eventops.sockets import address
from gauzy.eventops.webserver import WebServer

# A server that listens on every address is reached here through loopback.
LOOPBACK_OF = {"0.0.0.0": "127.0.0.1", "[::]": "[::1]"}  # noqa: S104  nothing is bound by this


class Stack:
    """Everything one installation needs while the block runs: `url` answers, handlers run, `mail` holds what was sent.

    A worker of its own runs only where settings name no broker. Nothing owed is lost if the process is killed instead.
    """

    def __init__(
        self, listening: socket.socket, *, catch_mail: bool, on_mail: Callable[[EmailMessage], None] | None = None
    ) -> None:
        self._web = WebServer(listening)
        self._resources = ExitStack()
        self._on_mail = on_mail
        self._catch_mail = catch_mail
        self.mail: MailCatcher | None = None
        host, port = address(listening)
        self.url = f"http://{LOOPBACK_OF.get(host, host)}:{port}"

    def __enter__(self) -> Self:
        if "PUBLIC_URL" not in os.environ:  # links in mails must lead here, whichever port it became
            settings.PUBLIC_URL = self.url
        with self._resources:
            if self._catch_mail:
                self.mail = self._resources.enter_context(caught_mail(self._on_mail))
            self._web.start()
            self._resources.callback(self._web.stop)
            self._resources.enter_context(embedded_worker())
            self._resources = self._resources.pop_all()
        return self

    @property
    def is_stuck(self) -> bool:
        """Whether, after the block, a request still runs that would not end in time."""
        return self._web.is_stuck

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._resources.close()


@contextmanager
def embedded_worker() -> Iterator[None]:
    """Run a Celery worker in this process while the block runs, if settings ask for one."""
    if not settings.EMBEDDED_WORKER:
        yield
        return
    worker = start_worker()
    try:
        yield
    finally:
        worker.stop()


@contextmanager
def caught_mail(on_mail: Callable[[EmailMessage], None] | None = None) -> Iterator[MailCatcher]:
    """Catch all mail of this process, whatever server settings name, while the block runs."""
    catcher = MailCatcher(settings.EMAIL_PORT, on_mail)
    settings.EMAIL_HOST, settings.EMAIL_PORT = catcher.host, catcher.port
    settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
    settings.EMAIL_USE_TLS = False
    catcher.start()
    try:
        yield catcher
    finally:
        catcher.stop()
