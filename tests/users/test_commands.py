import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from gauzy.eventbus.models import StoredEvent
from gauzy.tenancy.choices import Role
from gauzy.tenancy.models import Membership
from gauzy.users.models import User
from tests.factories.platform import PASSWORD, new_owner, organization_of

pytestmark = pytest.mark.django_db


def run(name: str, *args: str) -> str:
    out = StringIO()
    call_command(name, *args, stdout=out, stderr=StringIO())
    return out.getvalue()


def test_createtenant_makes_tenant_owner_and_organization() -> None:
    options = ["--name", "Acme", "--owner-email", "olga@example.org", "--organization", "Acme Ltd", "--currency", "CHF"]
    made = json.loads(run("createtenant", *options, "--json"))
    owner = Membership.unscoped.get(pk=made["membership_id"])
    assert (str(owner.tenant_id), owner.role, owner.user.email) == (made["tenant_id"], Role.OWNER, "olga@example.org")
    assert not owner.user.has_usable_password()
    organization = organization_of(owner)
    assert (organization.name, organization.currency) == ("Acme Ltd", "CHF")
    assert set(StoredEvent.objects.values_list("actor_label", flat=True)) == {"manage.py createtenant"}


def test_createtenant_takes_the_password_from_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", StringIO(f"{PASSWORD}\n"))
    run("createtenant", "--name", "Acme", "--owner-email", "olga@example.org", "--owner-password-stdin")
    assert User.objects.get().check_password(PASSWORD)


@pytest.mark.parametrize(
    ("options", "field"),
    [
        (["--owner-email", "nonsense"], "email"),
        (["--owner-email", "a@example.org", "--time-zone", "Mars/Olympus"], "time_zone"),
        (["--owner-email", "a@example.org", "--currency", "EURO"], "currency"),
    ],
)
def test_createtenant_refuses_bad_input_by_field(options: list[str], field: str) -> None:
    with pytest.raises(CommandError, match=field):
        run("createtenant", "--name", "Acme", *options)
    assert not User.objects.exists()
    assert not StoredEvent.objects.exists()


def test_createsuperuser_takes_the_password_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", PASSWORD)
    run("createsuperuser", "--email", "Root@example.org", "--no-input")
    root = User.objects.get(email="root@example.org")
    assert root.is_superuser
    assert root.check_password(PASSWORD)
    assert StoredEvent.objects.get().name == "users.user_registered"


def test_createsuperuser_without_a_password_leaves_it_to_the_mailed_link() -> None:
    run("createsuperuser", "--email", "root@example.org", "--no-input")
    assert not User.objects.get().has_usable_password()


def test_createsuperuser_refuses_an_email_that_is_taken() -> None:
    with pytest.raises(CommandError, match="email_taken"):
        run("createsuperuser", "--email", new_owner().user.email, "--no-input")


def test_createsuperuser_needs_to_know_whom() -> None:
    with pytest.raises(CommandError, match="--email"):
        run("createsuperuser", "--no-input")
