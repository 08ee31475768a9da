"""Tenants, members, organizations and clients signed in as them, made through the services."""

from itertools import count

from django.test import Client
from django.utils import timezone
from rest_framework.test import APIClient

from gauzy import context
from gauzy.context import Actor, ActorKind
from gauzy.organizations.models import Organization
from gauzy.organizations.services import create_organization
from gauzy.tenancy.choices import Role
from gauzy.tenancy.membership import acting_as
from gauzy.tenancy.middleware import MEMBERSHIP_KEY
from gauzy.tenancy.models import Membership
from gauzy.tenancy.services import add_member
from gauzy.users.choices import UserSource
from gauzy.users.models import User
from gauzy.users.services import create_superuser, find_or_create_user, issue_token, register

PASSWORD = "correct horse battery staple"
SYSTEM = Actor(ActorKind.SYSTEM, "tests")

_numbers = count(1)


def new_owner(*, email: str = "", organization_name: str = "Acme") -> Membership:
    """Sign somebody up: the owner of a tenant with one organization."""
    with context.acting(tenant_id=None, actor=SYSTEM):
        owner = register(
            email=email or f"owner-{next(_numbers)}@example.org",
            password=PASSWORD,
            first_name="Olga",
            last_name="Owner",
            organization_name=organization_name,
        )
    assert owner is not None, "the e-mail is taken"
    return owner


def prove_email(user: User) -> None:
    """Let the user have followed the link in the mail that asked for it."""
    user.email_verified_at = timezone.now()
    user.save(update_fields=["email_verified_at"])


def new_member(owner: Membership, role: Role, *, user: User | None = None) -> Membership:
    """Give a user, new if none is given, a role in the owner's tenant."""
    with acting_as(owner):
        user = user or find_or_create_user(email=f"{role}-{next(_numbers)}@example.org", source=UserSource.ADMIN)
        membership = add_member(tenant_id=owner.tenant_id, user_id=user.pk, role=role)
    membership.user, membership.tenant = user, owner.tenant
    return membership


def new_superuser() -> User:
    with context.acting(tenant_id=None, actor=SYSTEM):
        return create_superuser(email=f"root-{next(_numbers)}@example.org", password=PASSWORD)


def new_organization(owner: Membership, name: str = "") -> Organization:
    with acting_as(owner):
        return create_organization(name=name or f"Organization {next(_numbers)}")


def organization_of(owner: Membership) -> Organization:
    """Return the first organization of the owner's tenant."""
    found: Organization = Organization.unscoped.filter(tenant_id=owner.tenant_id).earliest("id")
    return found


def token_client(membership: Membership) -> APIClient:
    """Return an API client that sends a token of the membership."""
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {issue_token(membership=membership).secret}")
    return client


def session_client(membership: Membership, *, enforce_csrf_checks: bool = False) -> Client:
    """Return a browser signed in to the membership."""
    client = Client(enforce_csrf_checks=enforce_csrf_checks)
    client.force_login(membership.user, backend="gauzy.users.backends.EmailBackend")
    session = client.session
    session[MEMBERSHIP_KEY] = str(membership.id)
    session.save()
    return client
