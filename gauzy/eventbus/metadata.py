"""What travels with an event, and what a handler may ask for."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import msgspec

from gauzy.context import Actor
from gauzy.eventbus.event import AnyEvent


class Metadata(msgspec.Struct, frozen=True, kw_only=True):
    """The envelope of one delivery. Times are UTC.

    `attempt` counts from 1; `generation` is 0 and grows with each replay; `depth` is 0 where no handler caused it,
    else `causing_handler` did, on the event `causation_id`.
    """

    event_id: UUID
    name: str
    version: int
    tenant_id: UUID | None
    actor: Actor
    correlation_id: UUID
    causation_id: UUID | None
    causing_handler: str
    depth: int
    occurred_at: datetime
    history: bool
    handler: str
    target: str
    generation: int
    attempt: int
    _completing: Callable[[], AbstractContextManager[None]]

    @property
    def idempotency_key(self) -> str:
        """The same for every attempt of this delivery; for the outside world to recognise a repetition by."""
        parts = [str(self.event_id), self.handler, self.target, str(self.generation) if self.generation else ""]
        return ":".join(part for part in parts if part)

    def completing(self) -> AbstractContextManager[None]:
        """For external handlers: one short transaction in which effects, events and the receipt commit together.

        Raises `LeaseLost` (and rolls back) if another worker has taken the delivery over.
        """
        return self._completing()


@dataclass(frozen=True, slots=True)
class Window:
    """What a replay is about to run again: the wire names, `[since, until)`, and the tenant if it is only one's."""

    names: Sequence[str]
    since: datetime
    until: datetime
    tenant_id: UUID | None


@dataclass(frozen=True, slots=True)
class Delivered:
    """One item of a batch."""

    event: AnyEvent
    meta: Metadata
