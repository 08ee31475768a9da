from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from datetime import timedelta
from uuid import UUID

import pytest
from django.core.mail.backends.base import BaseEmailBackend
from django.db import connection, transaction
from django.utils import timezone
from msgspec.structs import replace
from pytest_django import Settings

from gauzy import context
from gauzy import eventbus as bus
from gauzy.context import Actor
from gauzy.eventbus import Metadata
from gauzy.eventbus.execution import Result
from gauzy.eventbus.ids import uuid7
from gauzy.eventbus.models import Delivery, Failure, Receipt
from gauzy.eventbus.testing import connected, deliver_all
from gauzy.notifications import services
from gauzy.notifications.choices import EmailStatus
from gauzy.notifications.exceptions import MailDeferred
from gauzy.notifications.models import EmailMessage
from gauzy.tenancy.models import Tenant
from gauzy.tenancy.services import create_tenant
from tests.factories.deliveries import delivered
from tests.notifications.conftest import MailServer
from tests.notifications.events import ADDRESS, LINK, LetterWantedEvent, send_letter, send_letter_once

pytestmark = pytest.mark.django_db

HANDLER = "mailtests.send_letter"


@pytest.fixture
def sender() -> Tenant:
    return create_tenant(name="Tenant")


@pytest.fixture(autouse=True)
def acting(sender: Tenant, actor: Actor) -> Iterator[None]:
    with context.acting(tenant_id=sender.id, actor=actor):
        yield


def want_letter() -> UUID:
    with transaction.atomic():
        return bus.publish(LetterWantedEvent(letter_id=uuid7()))


def the_email() -> EmailMessage:
    return EmailMessage.objects.get(key__contains="mailtests")


def metadata() -> Metadata:
    return delivered(LetterWantedEvent(letter_id=uuid7())).meta


def send(meta: Metadata) -> None:
    values = {"name": "Grace", "link": LINK}
    services.send_email(meta=meta, template="users/set_password", to=ADDRESS, values=values)


def test_a_mail_goes_out_in_two_forms_and_is_on_record_as_sent(mail_server: MailServer, sender: Tenant) -> None:
    with connected(send_letter):
        event_id = want_letter()
        deliver_all()
    [message], email = mail_server.received, the_email()
    assert mail_server.recipients == [ADDRESS]
    assert [part.get_content_type() for part in message.walk()][1:] == ["text/plain", "text/html"]
    assert message["Message-ID"] == email.message_id
    assert message["X-Gauzy-Delivery"] == email.key == f"{event_id}:{HANDLER}"
    assert (email.status, email.attempts, email.last_error) == (EmailStatus.SENT, 1, "")
    assert (email.tenant_id, email.to, email.template) == (sender.id, ADDRESS, "users/set_password")
    assert email.subject == message["Subject"]
    assert email.sent_at
    assert Receipt.objects.get(event_id=event_id, handler=HANDLER).outcome == "done"


def test_a_temporary_refusal_is_tried_again_as_the_same_message(mail_server: MailServer) -> None:
    mail_server.answer_to_recipient = f"451 Mailbox of <{ADDRESS}> is busy"
    with connected(send_letter):
        want_letter()
        assert deliver_all(expect_failures=True)[Result.FAILED] == 1
        first = the_email()
        mail_server.answer_to_recipient = ""
        deliver_all(now=timezone.now() + timedelta(minutes=1))
    email = the_email()
    assert (first.status, first.attempts, first.last_error) == (EmailStatus.QUEUED, 1, "451 Mailbox of <…> is busy")
    assert (email.status, email.attempts, email.last_error) == (EmailStatus.SENT, 2, "")
    assert mail_server.received[0]["Message-ID"] == first.message_id == email.message_id


@pytest.mark.usefixtures("no_mail_server")
def test_an_absent_mail_server_leaves_the_mail_owed() -> None:
    with connected(send_letter):
        event_id = want_letter()
        deliver_all(expect_failures=True)
        owed = Delivery.objects.get(event_id=event_id, handler=HANDLER)
    assert (owed.failures, owed.dead_at) == (1, None)
    assert the_email().status == EmailStatus.QUEUED
    assert the_email().last_error.startswith("ConnectionRefusedError")


@pytest.mark.parametrize(
    ("to_recipient", "to_data"), [(f"550 No such mailbox {ADDRESS}", ""), ("", "554 We take no such mail")]
)
def test_a_refusal_for_good_is_dead_at_once(mail_server: MailServer, to_recipient: str, to_data: str) -> None:
    mail_server.answer_to_recipient, mail_server.answer_to_data = to_recipient, to_data
    with connected(send_letter):
        event_id = want_letter()
        deliver_all(expect_failures=True)
        dead = Delivery.objects.get(event_id=event_id, handler=HANDLER)
    assert dead.dead_at
    assert dead.attempts == 1
    assert (the_email().status, the_email().attempts) == (EmailStatus.FAILED, 1)
    assert the_email().last_error[:3] in {"550", "554"}


def test_neither_the_history_nor_the_failure_names_the_recipient(mail_server: MailServer) -> None:
    mail_server.answer_to_recipient = f"550 No such mailbox {ADDRESS}"
    with connected(send_letter):
        want_letter()
        deliver_all(expect_failures=True)
    failure = Failure.objects.get()
    for text in (the_email().last_error, failure.error_text, failure.traceback):
        assert ADDRESS not in text


def test_a_mail_that_the_bus_gives_up_is_failed(mail_server: MailServer) -> None:
    mail_server.answer_to_data = "452 Out of storage"
    with connected(send_letter_once):
        want_letter()
        deliver_all(expect_failures=True)
    assert (the_email().status, the_email().last_error) == (EmailStatus.FAILED, "452 Out of storage")


def test_what_was_sent_is_not_sent_again(mail_server: MailServer) -> None:
    meta = metadata()
    send(meta)
    send(meta)
    assert len(mail_server.received) == 1
    assert the_email_of(meta).attempts == 1


def test_a_crash_after_acceptance_repeats_the_mail_under_the_same_message_id(mail_server: MailServer) -> None:
    def crash() -> AbstractContextManager[None]:
        raise SystemError("power cut")

    meta = metadata()
    with pytest.raises(SystemError):
        send(replace(meta, _completing=crash))
    assert the_email_of(meta).status == EmailStatus.SENDING
    send(replace(meta, _completing=nullcontext))
    first, second = mail_server.received
    assert first["Message-ID"] == second["Message-ID"]
    assert (the_email_of(meta).status, the_email_of(meta).attempts) == (EmailStatus.SENT, 2)


def the_email_of(meta: Metadata) -> EmailMessage:
    return EmailMessage.objects.get(key=meta.idempotency_key)


@pytest.mark.parametrize("kept", [True, False])
def test_the_history_keeps_links_whole_only_where_it_may(
    mail_server: MailServer, settings: Settings, kept: bool
) -> None:
    settings.EMAIL_HISTORY_KEEPS_LINKS = kept
    meta = metadata()
    send(meta)
    email = the_email_of(meta)
    assert (LINK in email.text, LINK in email.html) == (kept, kept)
    secret = "0123456789abcdef0123456789abcdef"
    assert (secret in email.text, secret in email.html) == (kept, kept)
    assert "https://gauzy.example/set-password/" in email.text


class LookingBackend(BaseEmailBackend):
    """Notes, at the moment of sending, what the database knows of it."""

    seen: list[tuple[bool, str, int]]

    def send_messages(self, email_messages: object) -> int:
        email = EmailMessage.objects.get()
        type(self).seen.append((connection.in_atomic_block, email.status, email.attempts))
        return 1


@pytest.mark.django_db(transaction=True)
def test_the_attempt_is_on_record_and_no_transaction_open_when_the_mail_server_is_asked(
    settings: Settings,
) -> None:
    LookingBackend.seen = []
    settings.EMAIL_BACKEND = f"{__name__}.{LookingBackend.__name__}"
    send(metadata())
    assert LookingBackend.seen == [(False, EmailStatus.SENDING, 1)]


@pytest.mark.django_db(transaction=True)
def test_an_open_transaction_is_refused() -> None:
    with pytest.raises(RuntimeError, match="durable"), transaction.atomic():
        send(metadata())
    assert not EmailMessage.objects.exists()


@pytest.mark.usefixtures("no_mail_server")
def test_a_failure_does_not_undo_what_another_worker_sent() -> None:
    meta = metadata()
    with pytest.raises(MailDeferred):
        send(meta)
    email = the_email_of(meta)
    EmailMessage.objects.update(status=EmailStatus.SENT)
    services._note_failure(email, EmailStatus.FAILED, "too late")
    assert the_email_of(meta).status == EmailStatus.SENT
