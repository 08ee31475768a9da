"""Events of the bus's own tests."""

from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from gauzy.eventbus import PERSONAL, Action, Change, Event, PlatformEvent, event


class Colour(StrEnum):
    RED = "red"
    BLUE = "blue"


@event("bustests.thing_created", subject="thing_id", action=Action.CREATED)
class ThingCreatedEvent(Event):
    """A thing came into being."""

    thing_id: UUID
    title: str = ""
    owner: Annotated[str, PERSONAL] = ""


@event("bustests.thing_updated", subject="thing_id", action=Action.UPDATED)
class ThingUpdatedEvent(Event):
    """A thing changed, with a field of every storable kind."""

    thing_id: UUID
    changes: tuple[Change, ...] = ()
    colour: Colour | None = None
    price: Decimal | None = None
    seen_at: datetime | None = None
    tags: tuple[str, ...] = ()
    owners: Annotated[tuple[str, ...], PERSONAL] = ()


@event("bustests.clock_ticked", subject="clock_id", action=Action.REACHED)
class ClockTickedEvent(PlatformEvent):
    """Nobody's clock ticked."""

    clock_id: str


@event("bustests.measure_taken", subject="measure_id", action=Action.CREATED)
class MeasureTakenEvent(Event):
    """Somebody measured, in every kind of number and time."""

    measure_id: UUID
    label: str = ""
    value: float | None = None
    price: Decimal | None = None
    values: tuple[float, ...] = ()
    prices: tuple[Decimal, ...] = ()
    times: tuple[datetime, ...] = ()
    rows: tuple[tuple[int, ...], ...] = ()
    changes: tuple[Change, ...] = ()
