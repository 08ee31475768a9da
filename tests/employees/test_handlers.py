import re
from email.message import Message
from urllib.parse import urlsplit

import pytest
from django.core import mail
from django.core.mail import EmailMultiAlternatives
from django.test import Client

from employees.choices import WELCOME
from employees.events import EmployeeCreatedEvent
from employees.importing import import_employees
from employees.services import end_employee
from gauzy.analytics.models import DailyCount
from gauzy.eventbus import catalogue
from gauzy.eventbus.choices import Outcome
from gauzy.eventbus.models import Receipt
from gauzy.eventbus.testing import deliver_all
from gauzy.notifications.models import EmailMessage, Notification
from gauzy.users.models import User
from tests.factories.people import Company, acting_for, found_company, hire
from tests.factories.platform import prove_email
from tests.notifications.conftest import MailServer

pytestmark = pytest.mark.django_db


def contents_of(letter: Message) -> list[str]:
    payloads = [part.get_payload(decode=True) for part in letter.walk() if not part.is_multipart()]
    return [payload.decode() for payload in payloads if isinstance(payload, bytes)]


def test_a_newcomer_gets_one_mail_through_the_mail_server_and_its_link_sets_a_password_once(
    company: Company, mail_server: MailServer
) -> None:
    employee = hire(company, first_name="Zoë")
    mail_server.received.clear()
    deliver_all()
    letters = [letter for letter in mail_server.received if letter["To"] == employee.user.email]
    assert [letter["Subject"] for letter in letters] == ["Welcome to Acme"]
    text, html = contents_of(letters[0])
    assert "Hello Zoë" in text
    link = re.search(r"http\S+/set-password/\S+", text)
    assert link is not None
    assert link[0] in html
    browser, path = Client(), urlsplit(link[0]).path
    password = {"password": "entirely new words", "repetition": "entirely new words"}
    assert browser.post(path, password).status_code == 200
    assert browser.post(path, password).status_code == 400
    assert User.objects.get(pk=employee.user_id).check_password("entirely new words")


def test_what_created_the_user_says_why_it_sent_no_mail(company: Company) -> None:
    hire(company)
    deliver_all()
    assert Receipt.objects.filter(
        handler="users.send_account_email", outcome=Outcome.SKIPPED, reason__contains="employee"
    ).exists()


def test_who_has_a_password_is_told_to_sign_in(company: Company) -> None:
    elsewhere = found_company("Elsewhere")
    prove_email(elsewhere.owner.user)
    employee = hire(company, email=elsewhere.owner.user.email)
    deliver_all()
    email = EmailMessage.objects.get(
        user_id=employee.user_id, tenant_id=company.tenant_id, template__startswith="employees/"
    )
    assert (email.template, email.subject) == ("employees/joined", "You are now with Acme")
    assert "set-password" not in email.text


def test_names_cannot_smuggle_markup_into_the_mail(company: Company) -> None:
    hire(company, first_name="<b>Ada</b>", email="ada@example.org")
    deliver_all()
    message = next(message for message in mail.outbox if message.to == ["ada@example.org"])
    assert isinstance(message, EmailMultiAlternatives)
    assert "<b>Ada</b>" in message.body
    assert "&lt;b&gt;Ada" in str(message.alternatives[0][0])


def test_who_left_before_the_mail_gets_none(company: Company) -> None:
    employee = hire(company)
    with acting_for(company):
        end_employee(employee_id=employee.id)
    deliver_all()
    assert not EmailMessage.objects.filter(user_id=employee.user_id).exists()
    assert Receipt.objects.get(handler="employees.send_welcome_email").reason == "the employment has ended meanwhile"


def test_a_newcomer_is_welcomed_in_the_application(company: Company) -> None:
    employee = hire(company)
    deliver_all()
    notification = Notification.unscoped.get(user_id=employee.user_id)
    assert (notification.kind, notification.title) == (WELCOME, "Welcome to Acme")
    assert notification.tenant_id == company.tenant_id


def test_nobody_is_notified_of_their_own_act(company: Company) -> None:
    employee = hire(company, email=company.owner.user.email)
    deliver_all()
    assert not Notification.unscoped.filter(user_id=employee.user_id, kind=WELCOME).exists()


def test_new_employees_are_counted(company: Company) -> None:
    hire(company)
    hire(company)
    hire(found_company("Elsewhere"))
    deliver_all()
    assert DailyCount.objects.get(tenant_key=company.tenant_id, metric="employees_created").count == 2


def test_importing_employees_is_no_history(company: Company) -> None:
    with acting_for(company):
        content = b"email,first_name,last_name\nada@example.org,Ada,Lovelace\n"
        import_employees(content=content, organization_id=company.organization.id)
    deliver_all()
    assert EmailMessage.objects.filter(to="ada@example.org").count() == 1
    assert Notification.unscoped.filter(kind=WELCOME).count() == 1


def test_the_event_has_exactly_its_three_handlers_of_this_app() -> None:
    handlers = {handler.id: handler for handler in catalogue.handlers if EmployeeCreatedEvent in handler.events}
    assert set(handlers) == {
        "employees.send_welcome_email",
        "employees.send_welcome_notification",
        "employees.track_employee_creation",
    }
    mailer = handlers["employees.send_welcome_email"]
    assert (mailer.queue, mailer.external) == ("mail", True)
