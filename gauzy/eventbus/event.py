"""What events are made of: frozen, typed, keyword-only values."""

from enum import StrEnum
from typing import TYPE_CHECKING, dataclass_transform
from uuid import UUID

import msgspec

from gauzy import context

if TYPE_CHECKING:

    @dataclass_transform(frozen_default=True, kw_only_default=True, field_specifiers=(msgspec.field,))
    class _Frozen: ...

else:

    class _FrozenMeta(msgspec.StructMeta):
        def __new__(mcs, name, bases, namespace, **options):
            return super().__new__(mcs, name, bases, namespace, **({"frozen": True, "kw_only": True} | options))

    class _Frozen(msgspec.Struct, metaclass=_FrozenMeta):
        pass


class Action(StrEnum):
    """What happened to the subject, as the activity log words it."""

    ACCEPTED = "accepted"
    APPROVED = "approved"
    CREATED = "created"
    DELETED = "deleted"
    DIED = "died"
    EDITED = "edited"
    ENDED = "ended"
    ISSUED = "issued"
    PAID = "paid"
    REACHED = "reached"
    RECEIVED = "received"
    REGISTERED = "registered"
    REJECTED = "rejected"
    REOPENED = "reopened"
    RESTORED = "restored"
    RETRIED = "retried"
    REVOKED = "revoked"
    SENT = "sent"
    SKIPPED = "skipped"
    STARTED = "started"
    STOPPED = "stopped"
    SUBMITTED = "submitted"
    SYNCED = "synced"
    UPDATED = "updated"
    VOIDED = "voided"
    WITHDRAWN = "withdrawn"


Scalar = str | int | float | bool | None

# Marks a field that holds personal data: `email: Annotated[str, PERSONAL]`. Views and error texts redact it.
PERSONAL = msgspec.Meta(extra={"personal": True})


class Change(_Frozen):
    """One field that changed; values are JSON scalars (dates and ids as text)."""

    field: str
    old: Scalar
    new: Scalar


class Event(_Frozen):
    """Something that happened in a tenant. Subclass it, declare fields, decorate with `@event`."""

    tenant_id: UUID = msgspec.field(default_factory=context.tenant_id)


class PlatformEvent(_Frozen):
    """Something that can happen outside any tenant."""

    tenant_id: UUID | None = msgspec.field(default_factory=context.tenant_id_or_none)


AnyEvent = Event | PlatformEvent
