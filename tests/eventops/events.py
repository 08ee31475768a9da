"""Events and handlers of the operators' own tests."""

from typing import Annotated
from uuid import UUID

from gauzy import eventbus as bus
from gauzy.eventbus import PERSONAL, Action, Change, Event, event, handles


@event("opstests.parcel_sent", subject="parcel_id", action=Action.SENT)
class ParcelSentEvent(Event):
    """A parcel left."""

    parcel_id: UUID
    recipient: Annotated[str, PERSONAL] = ""
    weight: int = 1
    changes: tuple[Change, ...] = ()


@event("opstests.parcel_received", subject="parcel_id", action=Action.RECEIVED)
class ParcelReceivedEvent(Event):
    """A parcel arrived."""

    parcel_id: UUID


@handles(ParcelSentEvent, id="opstests.carry")
def carry(event: ParcelSentEvent) -> None:
    bus.publish(ParcelReceivedEvent(parcel_id=event.parcel_id))


@handles(ParcelSentEvent, id="opstests.insure", when=lambda event: event.weight > 10)
def insure(event: ParcelSentEvent) -> None:
    raise bus.Skip("insured already")


class Weather:
    """What the van's handler depends on, and operators put right."""

    bad = False


@handles(ParcelSentEvent, id="opstests.drive", retries=[60])
def drive(event: ParcelSentEvent) -> None:
    if Weather.bad:
        raise ConnectionError(f"no road to {event.recipient}")


@handles(ParcelSentEvent, id="opstests.stamp", run=bus.Run.AFTER_COMMIT)
def stamp(event: ParcelSentEvent) -> None: ...


@handles(ParcelReceivedEvent, id="opstests.thank", queue="mail", external=True)
def thank(event: ParcelReceivedEvent) -> None: ...
