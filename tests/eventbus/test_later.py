from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django.db import transaction
from django.utils import timezone

from gauzy import eventbus as bus
from gauzy.eventbus.exceptions import DeclarationError, NotInTransaction
from gauzy.eventbus.models import Delivery, Receipt
from gauzy.eventbus.stores import store
from gauzy.eventbus.testing import connected, deliver_all
from tests.eventbus.events import ThingCreatedEvent

pytestmark = pytest.mark.django_db(transaction=True)

reminded: list[UUID] = []


@bus.handles(ThingCreatedEvent, after=timedelta(hours=8), id="bustests.remind")
def remind(event: ThingCreatedEvent) -> None:
    reminded.append(event.thing_id)


@pytest.fixture(autouse=True)
def nobody_reminded() -> None:
    reminded.clear()


def publish() -> UUID:
    with transaction.atomic():
        return bus.publish(ThingCreatedEvent(thing_id=uuid4()))


def test_a_delivery_after_a_while_waits_that_long() -> None:
    with connected(remind):
        publish()
        deliver_all(now=timezone.now() + timedelta(hours=7, minutes=59))
        assert reminded == []
        deliver_all(now=timezone.now() + timedelta(hours=8, minutes=1))
    assert len(reminded) == 1


def test_what_became_moot_is_withdrawn_and_says_so() -> None:
    with connected(remind):
        event_id = publish()
        with transaction.atomic():
            assert bus.withdraw(event_id, "bustests.remind")
            assert not bus.withdraw(event_id, "bustests.remind")
        deliver_all(now=timezone.now() + timedelta(days=1))
    assert reminded == []
    receipt = Receipt.objects.get(event_id=event_id, handler="bustests.remind")
    assert (receipt.outcome, receipt.reason) == ("skipped", "withdrawn")


def test_a_withdrawal_that_is_rolled_back_withdraws_nothing() -> None:
    with connected(remind):
        event_id = publish()
        with transaction.atomic():
            bus.withdraw(event_id, "bustests.remind")
            transaction.set_rollback(True)
        deliver_all(now=timezone.now() + timedelta(days=1))
    assert len(reminded) == 1


def test_withdrawing_what_is_done_changes_nothing() -> None:
    with connected(remind):
        event_id = publish()
        deliver_all(now=timezone.now() + timedelta(days=1))
        with transaction.atomic():
            assert not bus.withdraw(event_id, "bustests.remind")
    assert Receipt.objects.get(event_id=event_id, handler="bustests.remind").outcome == "done"


def test_a_holder_that_has_not_begun_finds_its_delivery_withdrawn() -> None:
    with connected(remind):
        event_id = publish()
        moment = timezone.now() + timedelta(days=1)
        assert store().claim("bustests.remind", limit=1, lease=30, moment=moment)
        with transaction.atomic():
            assert bus.withdraw(event_id, "bustests.remind")
    assert not Delivery.objects.filter(event_id=event_id, handler="bustests.remind").exists()


def test_withdrawing_outside_a_transaction_is_refused() -> None:
    with pytest.raises(NotInTransaction):
        bus.withdraw(uuid4(), "bustests.remind")


def test_later_excludes_right_after_the_commit() -> None:
    with pytest.raises(DeclarationError):

        @bus.handles(ThingCreatedEvent, run=bus.Run.AFTER_COMMIT, after=timedelta(seconds=1), id="bustests.refused")
        def refused(event: ThingCreatedEvent) -> None: ...
