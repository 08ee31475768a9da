import threading

import pytest
from django.db import connection

from gauzy import context
from gauzy.eventbus.models import StoredEvent
from gauzy.eventbus.testing import assert_published, recorded_events
from gauzy.exceptions import Invalid
from gauzy.organizations.events import OrganizationCreatedEvent
from gauzy.tenancy.choices import Role
from gauzy.tenancy.membership import acting_as
from gauzy.tenancy.models import Membership, Tenant
from gauzy.users.choices import UserSource
from gauzy.users.events import RegistrationRepeatedEvent, UserRegisteredEvent
from gauzy.users.exceptions import EmailTaken, WeakPassword
from gauzy.users.models import User
from gauzy.users.services import create_superuser, create_tenant_with_owner, find_or_create_user, register
from tests.factories.platform import PASSWORD, SYSTEM, new_owner, organization_of, prove_email

pytestmark = pytest.mark.django_db


def sign_up(email: str = "olga@example.org", password: str = PASSWORD, organization: str = "Acme") -> Membership | None:
    with context.acting(tenant_id=None, actor=SYSTEM):
        return register(
            email=email, password=password, first_name="Olga", last_name="Owner", organization_name=organization
        )


def test_signing_up_makes_user_tenant_ownership_and_organization() -> None:
    owner = sign_up(" Olga@Example.ORG ")
    assert owner
    assert (owner.role, owner.user.email, owner.tenant.name) == (Role.OWNER, "olga@example.org", "Acme")
    assert owner.user.check_password(PASSWORD)
    assert organization_of(owner).name == "Acme"


def test_signing_up_is_announced_in_the_new_tenant_by_the_new_user() -> None:
    with recorded_events() as events:
        owner = sign_up()
    assert owner
    assert [type(event) for event in events] == [UserRegisteredEvent, OrganizationCreatedEvent]
    assert {event.tenant_id for event in events} == {owner.tenant_id}
    assert_published(UserRegisteredEvent, user_id=owner.user_id, source=UserSource.SELF)
    assert {(row.actor_id, row.actor_label) for row in StoredEvent.objects.all()} == {(owner.user_id, "Olga Owner")}


def test_an_email_that_is_taken_changes_nothing_and_says_nothing() -> None:
    owner = new_owner(email="olga@example.org")
    with recorded_events() as events:
        assert sign_up("OLGA@example.org", organization="Other") is None
    assert [event.user_id for event in events.of(RegistrationRepeatedEvent)] == [owner.user_id]
    assert len(events) == 1
    assert Tenant.objects.count() == User.objects.count() == 1


def test_a_weak_password_is_refused_with_the_reasons() -> None:
    with pytest.raises(WeakPassword) as refusal:
        sign_up(password="12345")
    assert len(refusal.value.fields["password"]) == 2


def test_a_wrong_organization_leaves_nothing_behind() -> None:
    with recorded_events() as events, pytest.raises(Invalid):
        sign_up(organization="x" * 201)
    assert not User.objects.exists()
    assert not Tenant.objects.exists()
    assert not events


def test_a_malformed_email_is_refused() -> None:
    with pytest.raises(Invalid) as refusal:
        sign_up("not an address")
    assert list(refusal.value.fields) == ["email"]


def test_bringing_in_a_new_person_makes_a_user_without_a_password() -> None:
    owner = new_owner()
    with acting_as(owner), recorded_events() as events:
        user = find_or_create_user(email=" Ada@Example.org", first_name="Ada", source=UserSource.EMPLOYEE)
    assert (user.email, user.first_name, user.has_usable_password()) == ("ada@example.org", "Ada", False)
    assert events == [UserRegisteredEvent(tenant_id=owner.tenant_id, user_id=user.id, source=UserSource.EMPLOYEE)]


def test_bringing_in_someone_who_exists_leaves_them_as_they_are() -> None:
    existing = new_owner(email="olga@example.org").user
    prove_email(existing)
    with acting_as(new_owner()), recorded_events() as events:
        user = find_or_create_user(email="OLGA@example.org", first_name="Mallory", source=UserSource.EMPLOYEE)
    assert (user.pk, user.first_name) == (existing.pk, "Olga")
    assert not events


def test_a_superuser_belongs_to_no_tenant() -> None:
    with context.acting(tenant_id=None, actor=SYSTEM), recorded_events() as events:
        root = create_superuser(email="root@example.org", password=PASSWORD)
    assert (root.is_superuser, root.is_staff) == (True, True)
    assert events == [UserRegisteredEvent(tenant_id=None, user_id=root.id, source=UserSource.COMMAND)]


def test_a_second_superuser_of_one_email_is_refused() -> None:
    owner = new_owner()
    with context.acting(tenant_id=None, actor=SYSTEM), pytest.raises(EmailTaken):
        create_superuser(email=owner.user.email, password=PASSWORD)
    assert not User.objects.get(pk=owner.user_id).is_superuser


def test_a_tenant_can_be_made_for_a_user_who_exists() -> None:
    existing = new_owner()
    prove_email(existing.user)
    with context.acting(tenant_id=None, actor=SYSTEM), recorded_events() as events:
        owner = create_tenant_with_owner(
            name="Second", owner_email=existing.user.email, organization_name="Second Ltd", currency="CHF"
        )
    assert (owner.user_id, owner.role) == (existing.user_id, Role.OWNER)
    assert organization_of(owner).currency == "CHF"
    assert [type(event) for event in events] == [OrganizationCreatedEvent]


def test_an_operator_cannot_set_the_password_of_a_user_who_exists() -> None:
    existing = new_owner()
    with context.acting(tenant_id=None, actor=SYSTEM), pytest.raises(EmailTaken):
        create_tenant_with_owner(
            name="Second", owner_email=existing.user.email, owner_password=PASSWORD, organization_name="Second"
        )
    assert Tenant.objects.count() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("doing", ["register", "bring in"])
def test_many_at_once_with_one_email_make_one_user(doing: str) -> None:
    owner = new_owner()
    together, failures = threading.Barrier(6), []

    def one() -> None:
        try:
            together.wait()
            if doing == "register":
                sign_up("twin@example.org")
            else:
                with acting_as(owner):
                    find_or_create_user(email="twin@example.org", source=UserSource.EMPLOYEE)
        except Exception as error:  # noqa: BLE001  told to the test's own thread
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=one) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures
    twin = User.objects.get(email="twin@example.org")
    assert StoredEvent.objects.filter(name="users.user_registered", subject_id=str(twin.pk)).count() == 1
    assert Tenant.objects.count() == (2 if doing == "register" else 1)
