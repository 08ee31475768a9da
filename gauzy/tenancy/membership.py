"""The membership in force: who acts, in which tenant, with which role."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any
from uuid import UUID

from gauzy import context
from gauzy.context import Actor, ActorKind
from gauzy.tenancy.choices import Role
from gauzy.tenancy.exceptions import GrantTooHigh
from gauzy.tenancy.models import Membership
from gauzy.tenancy.roles import may_grant

_role: ContextVar[Role | None] = ContextVar("gauzy_role", default=None)


def current_role() -> Role | None:
    """Return the role whose rights are in force; None for nobody's: anonymous requests, handlers."""
    return _role.get()


@contextmanager
def acting_as(membership: Membership) -> Iterator[None]:
    """Work in the membership's tenant as its user, with its role."""
    with acting_in(membership.tenant_id, user=membership.user, role=Role(membership.role)):
        yield


@contextmanager
def acting_in(tenant_id: UUID | None, *, user: Any, role: Role | None) -> Iterator[None]:
    """Work as `user`; the correlation of the work in hand is kept."""
    actor = Actor(ActorKind.USER, str(user), user.pk)
    outer = context.find()
    correlation_id = outer.correlation_id if outer else None
    with context.acting(tenant_id=tenant_id, actor=actor, correlation_id=correlation_id), with_role(role):
        yield


@contextmanager
def with_role(role: Role | None) -> Iterator[None]:
    """Put the rights of a role in force inside the block."""
    token = _role.set(role)
    try:
        yield
    finally:
        _role.reset(token)


def require_grant(role: Role) -> None:
    """Raise `GrantTooHigh` unless the role in force may grant `role`."""
    if not may_grant(current_role(), role):
        raise GrantTooHigh(fields={"role": [GrantTooHigh.message]})
