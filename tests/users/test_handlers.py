import re

import pytest
from django.core.mail import EmailMessage

from gauzy import context
from gauzy.eventbus.models import Receipt
from gauzy.eventbus.testing import deliver_all
from gauzy.tenancy.membership import acting_as
from gauzy.users.choices import UserSource
from gauzy.users.services import create_superuser, create_tenant_with_owner, find_or_create_user, register
from tests.factories.platform import PASSWORD, SYSTEM, new_owner

pytestmark = pytest.mark.django_db(transaction=True)


def reasons() -> list[str]:
    return list(
        Receipt.objects.filter(handler="users.send_account_email", outcome="skipped").values_list("reason", flat=True)
    )


def test_who_signs_up_is_asked_to_verify_the_email(mailoutbox: list[EmailMessage]) -> None:
    new_owner(email="olga@example.org")
    deliver_all()
    [mail] = mailoutbox
    assert mail.to == ["olga@example.org"]
    assert mail.subject == "Verify your e-mail address"
    assert re.search(r"http://\S+/accounts/verify-email/\S+", str(mail.body))


def test_the_owner_an_operator_made_is_asked_to_choose_a_password(mailoutbox: list[EmailMessage]) -> None:
    with context.acting(tenant_id=None, actor=SYSTEM):
        create_tenant_with_owner(name="Acme", owner_email="olga@example.org", organization_name="Acme")
    deliver_all()
    assert re.search(r"http://\S+/accounts/set-password/\S+", str(mailoutbox[0].body))


def test_who_was_given_a_password_gets_no_mail(mailoutbox: list[EmailMessage]) -> None:
    with context.acting(tenant_id=None, actor=SYSTEM):
        create_superuser(email="root@example.org", password=PASSWORD)
    deliver_all()
    assert not mailoutbox
    assert reasons() == ["has a password already"]


@pytest.mark.parametrize("source", [UserSource.EMPLOYEE, UserSource.INVITE, UserSource.IMPORT])
def test_who_was_brought_in_is_welcomed_by_what_did_it(source: UserSource, mailoutbox: list[EmailMessage]) -> None:
    owner = new_owner()
    deliver_all()
    mailoutbox.clear()
    with acting_as(owner):
        find_or_create_user(email="ada@example.org", source=source)
    deliver_all()
    assert not mailoutbox
    assert reasons() == [f"welcomed by what brought them in: {source}"]


def test_signing_up_twice_sends_the_owner_of_the_address_a_mail(mailoutbox: list[EmailMessage]) -> None:
    new_owner(email="olga@example.org")
    deliver_all()
    mailoutbox.clear()
    with context.acting(tenant_id=None, actor=SYSTEM):
        again = {"first_name": "Mallory", "last_name": "M", "organization_name": "Evil"}
        register(email="olga@example.org", password=PASSWORD, **again)
    deliver_all()
    [mail] = mailoutbox
    assert (mail.to, mail.subject) == (["olga@example.org"], "You have an account already")
    assert "Mallory" not in str(mail.body)
