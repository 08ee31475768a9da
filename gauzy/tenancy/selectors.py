from collections.abc import Collection
from uuid import UUID

from django.db.models import QuerySet

from gauzy.tenancy.choices import Role
from gauzy.tenancy.exceptions import AmbiguousTenant, MemberNotFound, TenantNotFound
from gauzy.tenancy.models import Membership, Tenant
from gauzy.tenancy.roles import MANAGERS


def find_tenant(id_or_name: str) -> Tenant:
    """Return the tenant an operator named; raise `TenantNotFound` or `AmbiguousTenant`."""
    if (tenant_id := _uuid(id_or_name)) and (tenant := Tenant.objects.filter(pk=tenant_id).first()):
        return tenant
    match list(Tenant.objects.filter(name=id_or_name)[:2]):
        case [tenant]:
            return tenant
        case []:
            raise TenantNotFound(f"There is no tenant {id_or_name!r}.")
        case _:
            raise AmbiguousTenant


def tenants_named(part: str) -> QuerySet[Tenant]:
    """Return the tenants with `part` in their name, by name: for superusers, who choose the one to work in."""
    return Tenant.objects.filter(name__icontains=part).order_by("name", "id")


def active_memberships(user_id: UUID) -> QuerySet[Membership]:
    """Return a user's memberships in all tenants, oldest first: for the edge, before a tenant is known."""
    memberships: QuerySet[Membership] = Membership.unscoped.filter(user_id=user_id, is_active=True)
    return memberships.select_related("tenant").order_by("created_at", "id")


def members() -> QuerySet[Membership]:
    """Return the memberships of the context's tenant with their users; those that ended are among them."""
    found: QuerySet[Membership] = Membership.objects.select_related("user")
    return found


def get_member(membership_id: UUID) -> Membership:
    """Return a membership of the tenant; raise `MemberNotFound` for an unknown and for a foreign id."""
    if membership := members().filter(pk=membership_id).first():
        return membership
    raise MemberNotFound


def members_among(user_ids: Collection[UUID] | None, *, roles: Collection[Role]) -> set[UUID]:
    """Return those of the users (None: of all) who are active in the context's tenant with one of the roles."""
    members = Membership.objects.filter(is_active=True, role__in=roles)
    if user_ids is not None:
        members = members.filter(user_id__in=user_ids)
    return set(members.values_list("user_id", flat=True))


def may_enter_admin(user_id: UUID) -> bool:
    return active_memberships(user_id).filter(role__in=MANAGERS).exists()


def user_ids_with(roles: Collection[Role]) -> set[UUID]:
    """Return the users who have one of these roles in the tenant in force."""
    return set(Membership.objects.filter(role__in=roles, is_active=True).values_list("user_id", flat=True))


def is_last_owner(membership: Membership) -> bool:
    owners = Membership.unscoped.filter(tenant_id=membership.tenant_id, role=Role.OWNER, is_active=True)
    return membership.role == Role.OWNER and not owners.exclude(pk=membership.pk).exists()


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
