"""A loopback SMTP server that keeps what it receives: mail of a development or demo server never leaves the machine."""

import asyncio
import email.policy
import logging
import threading
from collections import deque
from collections.abc import Callable
from email.message import EmailMessage

from aiosmtpd.smtp import SMTP, Envelope, Session

from gauzy.eventops.sockets import address, listen

KEPT = 1000  # messages


class MailCatcher:
    """Accepts every mail on a loopback port, in a thread of its own, and calls `on_mail` with each.

    `messages` holds the last thousand, oldest first.
    """

    def __init__(self, port: int, on_mail: Callable[[EmailMessage], None] | None = None) -> None:
        self.messages: deque[EmailMessage] = deque(maxlen=KEPT)
        self._on_mail = on_mail
        self._arrived = threading.Condition()
        self._socket = listen("127.0.0.1", port, or_next=True)
        self.host, self.port = address(self._socket)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, name="mail-catcher", daemon=True)

    def start(self) -> None:
        logging.getLogger("mail.log").setLevel(logging.WARNING)  # aiosmtpd tells every SMTP command at INFO
        self._server = self._loop.run_until_complete(self._loop.create_server(self._session, sock=self._socket))
        self._thread.start()

    def stop(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()

    def wait_for(self, matches: Callable[[EmailMessage], bool], timeout: float) -> EmailMessage | None:
        """Return the first message that matches, waiting up to `timeout` seconds for it; None if it does not come."""
        with self._arrived:
            self._arrived.wait_for(lambda: any(map(matches, self.messages)), timeout)
            return next(filter(matches, self.messages), None)

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802  aiosmtpd's name
        message = email.message_from_bytes(envelope.original_content or b"", policy=email.policy.default)
        if self._on_mail:
            self._on_mail(message)
        with self._arrived:
            self.messages.append(message)
            self._arrived.notify_all()
        return "250 Message accepted for delivery"

    def _run(self) -> None:
        self._loop.run_forever()
        self._server.close()
        self._loop.run_until_complete(self._end_sessions())
        self._loop.close()

    def _session(self) -> SMTP:
        # Given a name, it does not ask the resolver for one.
        return SMTP(self, hostname="localhost", enable_SMTPUTF8=True, loop=self._loop)

    async def _end_sessions(self) -> None:
        sessions = asyncio.all_tasks() - {asyncio.current_task()}
        for session in sessions:
            session.cancel()
        await asyncio.gather(*sessions, return_exceptions=True)
