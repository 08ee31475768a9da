from enum import StrEnum
from uuid import UUID

from gauzy.eventbus import Action, Event, event


class Behaviour(StrEnum):
    """What a job's handlers do after their effect and before its commit."""

    PLAIN = "plain"
    BUSY = "busy"  # take a few milliseconds
    HELD = "held"  # wait until the gate "release" is open
    FAILING = "failing"  # raise while the gate "broken" is open
    DEADLY = "deadly"  # kill their own process


@event("jobs.job_started", subject="job_id", action=Action.STARTED)
class JobStartedEvent(Event):
    """A job was started. `troubled` is the id of the only handler that behaves so; empty: all do."""

    job_id: UUID
    behaviour: Behaviour
    troubled: str
