"""The product that the browser looks at: a process of its own, and a mail server that can be made to refuse."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from aiosmtpd.smtp import SMTP, Envelope, Session

from gauzy.eventops.demo.product import NOT_OURS, Product
from gauzy.eventops.mailcatcher import MailCatcher
from tests.architecture.source import ROOT

PATIENCE = 120  # seconds
MANY = "10000/min"  # sign-ins, all from one address


class PickyMailServer(MailCatcher):
    """Refuses for good every recipient in `refused`."""

    def __init__(self) -> None:
        super().__init__(0)
        self.refused: set[str] = set()

    async def handle_RCPT(  # noqa: N802  aiosmtpd's name
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if address in self.refused:
            return "550 5.1.1 No such mailbox here"
        envelope.rcpt_tos.append(address)
        return "250 OK"


@dataclass(frozen=True, slots=True)
class Site:
    """Where the product is, and what sends its mail."""

    url: str
    mail: PickyMailServer


@contextmanager
def running(folder: Path) -> Iterator[Site]:
    """Serve the made-up company, with a member of each role, while the block runs."""
    mail = PickyMailServer()
    mail.start()
    try:
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("LOGIN_RATE", MANY)
            patch.setenv("ACCOUNT_RATE", MANY)
            with Product(folder, mail_port=mail.port) as product:
                _settle_company(folder, product.url)
                yield Site(product.url, mail)
    finally:
        mail.stop()


def _settle_company(folder: Path, url: str) -> None:
    kept = {name: value for name, value in os.environ.items() if name not in NOT_OURS}
    own = {"DATABASE_URL": f"sqlite:///{folder / 'demo.sqlite3'}", "DJANGO_SETTINGS_MODULE": "gauzy.settings"}
    command = [sys.executable, "-m", "tests.browser.company"]
    subprocess.run(command, cwd=ROOT, env=kept | own | {"PUBLIC_URL": url}, check=True, timeout=PATIENCE)
