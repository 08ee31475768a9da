"""The loopback mail server of `make run` and `make demo`."""

import smtplib
from collections.abc import Iterator
from email.message import EmailMessage

import pytest

from gauzy.eventops.mailcatcher import MailCatcher
from gauzy.eventops.sockets import address, listen


@pytest.fixture
def seen() -> list[EmailMessage]:
    return []


@pytest.fixture
def catcher(seen: list[EmailMessage]) -> Iterator[MailCatcher]:
    catcher = MailCatcher(8025, seen.append)
    catcher.start()
    yield catcher
    catcher.stop()


def mail(subject: str, body: str = "Hello") -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "gauzy@localhost", "zoë@exämple.org", subject
    message.set_content(body)
    return message


def send(catcher: MailCatcher, message: EmailMessage) -> None:
    with smtplib.SMTP(catcher.host, catcher.port) as client:
        client.send_message(message)


def test_a_mail_arrives_as_it_was_sent(catcher: MailCatcher, seen: list[EmailMessage]) -> None:
    send(catcher, mail("Willkommen, Zoë", "Schöne Grüße"))
    message = catcher.wait_for(lambda found: found["Subject"] == "Willkommen, Zoë", timeout=5)
    assert message is not None
    assert message["To"] == "zoë@exämple.org"
    assert message.get_content().strip() == "Schöne Grüße"
    assert seen == [message]


def test_waiting_for_a_mail_that_does_not_come_ends(catcher: MailCatcher) -> None:
    send(catcher, mail("Another"))
    assert catcher.wait_for(lambda found: found["Subject"] == "Mine", timeout=0.05) is None


def test_it_takes_the_next_port_where_its_own_is_taken(catcher: MailCatcher) -> None:
    neighbour = MailCatcher(catcher.port)
    neighbour.start()
    assert neighbour.port > catcher.port
    neighbour.stop()


def test_an_open_session_does_not_keep_it_from_stopping() -> None:
    catcher = MailCatcher(8025)
    catcher.start()
    client = smtplib.SMTP(catcher.host, catcher.port)
    catcher.stop()
    client.close()
    with listen("127.0.0.1", catcher.port, or_next=False) as free_again:
        assert address(free_again) == ("127.0.0.1", catcher.port)
