"""Rows of the bus's tables as plain values, and the names both sides of the store agree on."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

import msgspec

from gauzy.eventbus.event import AnyEvent
from gauzy.eventbus.handler import Handler, Owed

ALIAS = "default"  # the database that events share with the rows they speak of

EVENT_COLUMNS = (
    "id, name, version, tenant_id, actor_kind, actor_id, actor_label, on_behalf_of_id, correlation_id, causation_id, "
    "causing_handler, depth, occurred_at, subject_type, subject_id, data, history, known_handlers, dedup_key"
)


# The lease token of what nobody has claimed since it was published: with it, its publisher may run it without a claim.
UNCLAIMED = UUID(int=0)


class NewEvent(msgspec.Struct, frozen=True):
    """An event to insert: its columns as in `EVENT_COLUMNS`, what is owed, and who is skipped with which reason."""

    columns: tuple[Any, ...]
    owed: Sequence[Owed]
    skipped: Sequence[tuple[str, str]]
    event: AnyEvent
    handlers: Sequence[Handler]

    @property
    def id(self) -> UUID:
        event_id: UUID = self.columns[0]
        return event_id

    def held(self, handler: str) -> "Claimed":
        """Return what the handler is owed of it as the claim of its publisher, good until a worker claims it."""
        columns = dict(zip(_EVENT_COLUMNS, self.columns, strict=True))
        return Claimed(
            key=Key(self.id, handler, target="", generation=0),
            token=UNCLAIMED,
            attempt=1,
            failures=0,
            crashes=0,
            ordering_key=None,
            due=columns["occurred_at"],
            data=columns["data"].encode(),
            **{name: columns[name] for name in _READ},
        )


class Key(NamedTuple):
    """Names a delivery."""

    event_id: UUID
    handler: str
    target: str
    generation: int


@dataclass(frozen=True, slots=True)
class Lane:
    """How an ordered handler walks through its keys."""

    handler: str
    passes_dead: bool  # else a dead delivery blocks its key
    after_key: str | None = None  # look at the keys behind this one; None: at all


class Claimed(msgspec.Struct, frozen=True):
    """A delivery this process holds the lease of, with its event's columns."""

    key: Key
    token: UUID
    attempt: int
    failures: int
    crashes: int
    name: str
    version: int
    tenant_id: UUID | None
    actor_kind: str
    actor_id: UUID | None
    actor_label: str
    on_behalf_of_id: UUID | None
    correlation_id: UUID
    causation_id: UUID | None
    causing_handler: str
    depth: int
    occurred_at: datetime
    history: bool
    ordering_key: str | None
    due: datetime
    data: bytes
    place: str = ""  # of the row, where the store knows one: the quickest way to it while nobody moves it


_EVENT_COLUMNS = EVENT_COLUMNS.split(", ")
_READ = [name for name in _EVENT_COLUMNS if name in Claimed.__struct_fields__ and name != "data"]
