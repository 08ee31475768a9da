"""Deliveries in trouble."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import transaction

from employees.events import EmployeeRestoredEvent
from gauzy import eventbus as bus
from gauzy.eventbus import Permanent, handles
from gauzy.eventbus.ids import uuid7
from gauzy.eventbus.models import Delivery
from gauzy.eventbus.testing import connected, deliver_all
from tests.factories.people import Company, acting_for

HANDLER = "failing.break_down"
patience = {"broken": True}


@handles(EmployeeRestoredEvent)
def break_down(event: EmployeeRestoredEvent) -> None:
    """Fails for good until somebody repairs it."""
    if patience["broken"]:
        raise Permanent("The mailbox of grace@example.org is full.")


@contextmanager
def a_broken_handler() -> Iterator[None]:
    patience["broken"] = True
    with connected(break_down):
        yield


def repair_it() -> None:
    patience["broken"] = False


def kill_a_delivery(company: Company) -> Delivery:
    """Publish an event in the company and let the handler, which must be connected, give up on it."""
    with acting_for(company), transaction.atomic():
        event = EmployeeRestoredEvent(employee_id=uuid7(), organization_id=company.organization.pk)
        event_id = bus.publish(event)
    deliver_all(expect_failures=True)
    return Delivery.objects.get(event_id=event_id, handler=HANDLER)
