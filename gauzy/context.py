"""Tenant, actor and correlation of the work in hand: one ContextVar holding plain values.

Set at the edge (a middleware, a command, the bus around a handler), read anywhere below it, cleared on the way out.
Nothing is guessed: reading what was not set raises `MissingContext`.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from enum import StrEnum
from uuid import UUID, uuid4


class ActorKind(StrEnum):
    USER = "user"
    API_KEY = "api_key"
    COMMAND = "command"
    SCHEDULE = "schedule"
    INTEGRATION = "integration"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: `id` is the user's (or key's, or integration's); `label` is how they are called at this moment.

    `on_behalf_of_id` is the user in whose name an API key acts.
    """

    kind: ActorKind
    label: str
    id: UUID | None = None
    on_behalf_of_id: UUID | None = None

    @property
    def user_id(self) -> UUID | None:
        """The person behind it: the user who acts, or in whose name a key does."""
        return self.id if self.kind == ActorKind.USER else self.on_behalf_of_id


@dataclass(frozen=True, slots=True)
class Context:
    """`causation_id` is the event whose `handler` runs now; `depth` its number of ancestors plus one."""

    tenant_id: UUID | None
    actor: Actor
    correlation_id: UUID
    causation_id: UUID | None = None
    depth: int = 0
    handler: str = ""


class MissingContext(RuntimeError):
    """Code that needs a tenant or an actor ran where none was set."""


_current: ContextVar[Context | None] = ContextVar("gauzy_context", default=None)


def current() -> Context:
    """Return the context in force; raise `MissingContext` where there is none."""
    if (context := _current.get()) is None:
        raise MissingContext("No context is set here. Enter one with gauzy.context.acting(tenant_id=…, actor=…).")
    return context


def find() -> Context | None:
    """Return the context in force, or None."""
    return _current.get()


def tenant_id() -> UUID:
    """Return the tenant in force; raise `MissingContext` where there is none."""
    if (tenant := current().tenant_id) is None:
        raise MissingContext("The context has no tenant. Enter one with gauzy.context.acting(tenant_id=…, actor=…).")
    return tenant


def tenant_id_or_none() -> UUID | None:
    """Return the tenant in force, or None outside any tenant."""
    return context.tenant_id if (context := _current.get()) else None


@contextmanager
def use(context: Context | None) -> Iterator[None]:
    """Make `context` the one in force inside the block; None clears it."""
    token = _current.set(context)
    try:
        yield
    finally:
        _current.reset(token)


@contextmanager
def acting(*, tenant_id: UUID | None, actor: Actor, correlation_id: UUID | None = None) -> Iterator[Context]:
    """Enter the context of a new piece of work; a correlation id is made up if none is given."""
    context = Context(tenant_id=tenant_id, actor=actor, correlation_id=correlation_id or uuid4())
    with use(context):
        yield context


@contextmanager
def within_tenant(tenant_id: UUID | None) -> Iterator[None]:
    """Change only the tenant: a registration or a command learns which one it works in, or does what is no tenant's."""
    with use(replace(current(), tenant_id=tenant_id)):
        yield
