from collections.abc import Collection
from uuid import UUID

from django.db import transaction

from gauzy import context
from gauzy import eventbus as bus
from gauzy.tenancy.choices import Role
from gauzy.tenancy.events import MemberRoleChangedEvent
from gauzy.tenancy.exceptions import LastOwner, MemberInactive, MemberNotFound
from gauzy.tenancy.membership import require_grant
from gauzy.tenancy.models import Membership, Tenant
from gauzy.tenancy.selectors import is_last_owner
from gauzy.tenancy.validation import clean


@transaction.atomic
def create_tenant(*, name: str) -> Tenant:
    tenant = Tenant(name=name.strip())
    clean(tenant)
    tenant.save(force_insert=True)
    return tenant


@transaction.atomic
def add_member(*, tenant_id: UUID, user_id: UUID, role: Role) -> Membership:
    """Make the user a member. An active membership is left as it is; an ended one comes back with `role`."""
    # Locked: a membership that ends at this moment is waited for, and then comes back.
    memberships = Membership.unscoped.select_for_update(no_key=True)
    membership: Membership
    membership, _ = memberships.get_or_create(tenant_id=tenant_id, user_id=user_id, defaults={"role": role})
    if not membership.is_active:
        membership.is_active, membership.role = True, role
        membership.save(update_fields=["is_active", "role"])
    return membership


@transaction.atomic
def add_members(*, tenant_id: UUID, user_ids: Collection[UUID], role: Role) -> None:
    """Make users members as `add_member` does, in a fixed number of statements."""
    new = [Membership(tenant_id=tenant_id, user_id=user_id, role=role) for user_id in sorted(user_ids)]
    Membership.unscoped.bulk_create(new, ignore_conflicts=True)
    members = Membership.unscoped.filter(tenant_id=tenant_id, user_id__in=user_ids).order_by("user_id")
    # Locked for the same reason as above, and therefore asked all before it is known who has ended.
    ended = [member.pk for member in members.select_for_update(no_key=True) if not member.is_active]
    if ended:
        members.filter(pk__in=ended).update(is_active=True, role=role)


@transaction.atomic
def change_role(*, membership_id: UUID, role: Role) -> Membership:
    """Give a member of the context's tenant another role; the same role changes nothing.

    Raises `MemberNotFound`, `MemberInactive`, `LastOwner`, and `GrantTooHigh` if the actor may not grant the old role
    or the new one.
    """
    membership = lock_member(membership_id)
    old, role = Role(membership.role), Role(role)
    for touched in (old, role):
        require_grant(touched)
    if not membership.is_active:
        raise MemberInactive
    if role == old:
        return membership
    if is_last_owner(membership):
        raise LastOwner
    membership.role = role
    membership.save(update_fields=["role"])
    bus.publish(MemberRoleChangedEvent(membership_id=membership.pk, user_id=membership.user_id, old=old, new=role))
    return membership


def lock_member(membership_id: UUID) -> Membership:
    """Lock a member and, before it, the tenant, so that owners who leave at once queue up; raise `MemberNotFound`."""
    Tenant.objects.select_for_update(no_key=True).get(pk=context.tenant_id())
    if membership := Membership.objects.select_for_update(no_key=True).filter(pk=membership_id).first():
        return membership
    raise MemberNotFound


@transaction.atomic
def end_membership(membership: Membership) -> None:
    """Close every way in that hangs on this membership; raise `LastOwner` for the last owner's."""
    # Locking the tenant makes two owners who leave at once queue up.
    Tenant.objects.select_for_update(no_key=True).get(pk=membership.tenant_id)
    if is_last_owner(membership):
        raise LastOwner
    membership.is_active = False
    membership.save(update_fields=["is_active"])
