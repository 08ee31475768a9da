"""Each of the bus's system checks finds what it is for; the documentation lists them all (tests/docs)."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.core import checks
from django.db import connection, transaction
from django.test.utils import override_settings

from gauzy import eventbus as bus
from gauzy.eventbus import Action, Event, celery_hooks, exceptions, handler
from gauzy.eventbus.embedded import start_worker
from gauzy.eventbus.models import Delivery
from gauzy.eventbus.testing import connected
from tests.eventbus.events import ThingCreatedEvent

pytestmark = pytest.mark.django_db


def plain(event: ThingCreatedEvent) -> None: ...


@contextmanager
def connected_as(handler_id: str, **options: Any) -> Iterator[None]:
    with connected(bus.handles(ThingCreatedEvent, id=handler_id, **options)(plain)):
        yield


@contextmanager
def known_as(monkeypatch: pytest.MonkeyPatch, **wrong: Any) -> Iterator[None]:
    """The catalogue holds an event type that is wrong in one respect."""
    known = replace(bus.catalogue.event("bustests.thing_created"), **wrong)
    with monkeypatch.context() as patch:
        patch.setattr(type(bus.catalogue), "events", property(lambda _: [known]))
        yield


@contextmanager
def of_the_product(monkeypatch: pytest.MonkeyPatch, one: object) -> Iterator[None]:
    """What the tests declare is left alone by the checks: this counts as the product's."""
    with monkeypatch.context() as patch:
        patch.setattr(one, "__module__", "depot.events")
        yield


def unknown_setting(_: pytest.MonkeyPatch) -> AbstractContextManager[object]:
    return override_settings(EVENTBUS={"LEASES": 5})


def reconnecting(_: pytest.MonkeyPatch) -> AbstractContextManager[object]:
    return override_settings(CELERY_BROKER_URL="redis://127.0.0.1/0", CELERY_DB_REUSE_MAX=None)


@contextmanager
def unconnected(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    def forgotten(event: ThingCreatedEvent) -> None: ...

    before = list(handler.declared)
    bus.handles(ThingCreatedEvent, id="bustests.forgotten")(forgotten)
    with of_the_product(monkeypatch, forgotten):
        yield
    handler.declared[:] = before


def unserved(_: pytest.MonkeyPatch) -> AbstractContextManager[object]:
    return connected_as("bustests.lost", queue="nowhere")


def shared(_: pytest.MonkeyPatch) -> AbstractContextManager[object]:
    return connected_as("bustests.shared", external=True)


class BareEvent(Event):
    """A base with no @event, as a child of which the next one hides."""


class GrandchildEvent(BareEvent):
    """Neither has it."""

    thing_id: UUID


def undecorated(monkeypatch: pytest.MonkeyPatch) -> AbstractContextManager[object]:
    return of_the_product(monkeypatch, GrandchildEvent)


def misnamed(monkeypatch: pytest.MonkeyPatch) -> AbstractContextManager[object]:
    return known_as(monkeypatch, name="elsewhere.thing_created")


@contextmanager
def undescribed(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with monkeypatch.context() as patch:
        patch.setattr(ThingCreatedEvent, "__doc__", " ")
        yield


def without_a_subject(monkeypatch: pytest.MonkeyPatch) -> AbstractContextManager[object]:
    return known_as(monkeypatch, subject=None)


@contextmanager
def repeatable_read(_: pytest.MonkeyPatch) -> Iterator[None]:
    """As the transaction of the test itself is, at its first statement."""
    with connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
    yield


@contextmanager
def owed_to_nobody(_: pytest.MonkeyPatch) -> Iterator[None]:
    with connected_as("bustests.renamed"):
        bus.publish(ThingCreatedEvent(thing_id=uuid4()))
    yield


@contextmanager
def deprecated(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with connected_as("bustests.old"), known_as(monkeypatch, deprecated="Use another."):
        yield


Wrong = Callable[[pytest.MonkeyPatch], AbstractContextManager[object]]
FINDINGS: list[tuple[str, Wrong, str]] = [
    ("eventbus.E001", unknown_setting, "LEASES"),
    ("eventbus.E002", reconnecting, "CELERY_DB_REUSE_MAX"),
    ("eventbus.E003", unconnected, "bustests.forgotten"),
    ("eventbus.E004", unserved, "nowhere"),
    ("eventbus.W005", shared, "bustests.shared"),
    ("eventbus.E006", undecorated, "GrandchildEvent"),
    ("eventbus.E007", misnamed, "elsewhere.thing_created"),
    ("eventbus.E008", undescribed, "ThingCreatedEvent"),
    ("eventbus.E009", without_a_subject, "ThingCreatedEvent"),
    ("eventbus.E010", repeatable_read, "REPEATABLE READ"),
    ("eventbus.W011", owed_to_nobody, "bustests.renamed"),
    ("eventbus.I012", deprecated, "bustests.old"),
]


def found(check_id: str) -> list[checks.CheckMessage]:
    messages = checks.run_checks(tags=["eventbus", checks.Tags.database], databases=["default"])
    return [message for message in messages if message.id == check_id]


@pytest.mark.parametrize(
    ("check_id", "wrong", "named"),
    [
        pytest.param(*finding, marks=[pytest.mark.postgres] if finding[0] == "eventbus.E010" else [], id=finding[0])
        for finding in FINDINGS
    ],
)
def test_each_check_names_what_is_wrong_and_only_that(
    check_id: str, wrong: Wrong, named: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if check_id != "eventbus.E010":  # there the first statement of the transaction decides
        assert not [message for message in found(check_id) if named in message.msg]
    with wrong(monkeypatch):
        [message] = [message for message in found(check_id) if named in message.msg]
    assert message.hint


@pytest.fixture
def _repeatable_read() -> Iterator[None]:
    """As an installation would set it by mistake."""
    options = connection.settings_dict["OPTIONS"]
    connection.settings_dict["OPTIONS"] = options | {"isolation_level": 3}  # psycopg's REPEATABLE_READ
    connection.close()
    yield
    connection.settings_dict["OPTIONS"] = options
    connection.close()


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("_repeatable_read")
def test_a_worker_does_not_start_where_djangos_own_option_sets_another_isolation_level() -> None:
    assert found("eventbus.E010")
    with pytest.raises(SystemExit, match=r"(?s)does not start.*REPEATABLE READ.*READ COMMITTED"):
        start_worker()


@pytest.mark.django_db(transaction=True)
def test_a_worker_starts_although_something_is_owed_to_a_handler_it_does_not_have(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with connected_as("bustests.renamed"), transaction.atomic():
        bus.publish(ThingCreatedEvent(thing_id=uuid4()))
    celery_hooks.check_database()
    assert "owed to bustests.renamed" in caplog.text
    assert Delivery.objects.filter(handler="bustests.renamed").exists()


def test_an_attribute_without_a_type_is_refused_with_its_name() -> None:
    class HastyEvent(Event):
        """Forgot to say what a reason is."""

        thing_id: UUID
        reason = "none"

        @property
        def words(self) -> str:
            return self.reason

    class HeirEvent(HastyEvent):
        """Inherits the mistake."""

    for cls in (HastyEvent, HeirEvent):
        with pytest.raises(exceptions.DeclarationError, match="reason has no type"):
            bus.event("bustests.hasty", subject="thing_id", action=Action.CREATED)(cls)


def test_a_field_that_can_only_be_nothing_is_refused_with_its_name() -> None:
    class EmptyEvent(Event):
        """Says nothing."""

        thing_id: UUID
        nothing: None

    with pytest.raises(exceptions.DeclarationError, match="nothing cannot be stored"):
        bus.event("bustests.empty", subject="thing_id", action=Action.CREATED)(EmptyEvent)
