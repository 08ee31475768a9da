"""Events of the activity log's own tests."""

from typing import Annotated
from uuid import UUID

from gauzy.eventbus import PERSONAL, Action, Change, Event, PlatformEvent, event


@event("logtests.machine_updated", subject="machine_id", action=Action.UPDATED)
class MachineUpdatedEvent(Event):
    """A machine changed hands or name."""

    machine_id: UUID
    organization_id: UUID
    changes: tuple[Change, ...] = ()
    operator: Annotated[str, PERSONAL] = ""


@event("logtests.person_updated", subject="person_id", action=Action.UPDATED)
class PersonUpdatedEvent(Event):
    """Whatever changes of a person is personal."""

    person_id: UUID
    changes: Annotated[tuple[Change, ...], PERSONAL] = ()


@event("logtests.clock_stopped", subject="clock_id", action=Action.STOPPED)
class ClockStoppedEvent(PlatformEvent):
    """Nobody's clock stopped."""

    clock_id: str
