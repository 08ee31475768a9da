"""The figures that Prometheus reads."""

import re
from uuid import UUID

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from gauzy.eventbus.testing import deliver_all
from gauzy.eventops import services
from gauzy.eventops.metrics import exposition
from tests.eventops.parcels import send_dead_parcel, send_parcel

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("parcels", "acting")]
DRIVE, TOKEN = "opstests.drive", "long and random"
SAMPLE = re.compile(r'([a-z0-9_]+)(?:\{handler="([^"]+)"\})? ([0-9.e+-]+)')


def figures() -> dict[tuple[str, str], float]:
    lines = [line for line in exposition().splitlines() if not line.startswith("#")]
    found = [SAMPLE.fullmatch(line) for line in lines]
    assert all(found), "Every line that is no comment is a sample."
    return {(match[1], match[2] or ""): float(match[3]) for match in found if match}


def test_they_tell_what_each_handler_is_owed_and_did(tenant_id: UUID) -> None:
    send_dead_parcel(tenant_id)
    told = figures()
    assert told["gauzy_bus_dead", DRIVE] == 1
    assert told["gauzy_bus_waiting", DRIVE] == told["gauzy_bus_lag_seconds", DRIVE] == 0
    assert told["gauzy_bus_done_last_hour", "opstests.carry"] == 1
    assert told["gauzy_bus_duration_p95_seconds", "opstests.carry"] >= 0.01
    assert told["gauzy_bus_lagging", ""] == 0
    send_parcel(tenant_id)
    assert figures()["gauzy_bus_waiting", DRIVE] == 1


def test_a_handler_that_rests_is_told() -> None:
    services.pause(name=DRIVE, reason="The road is closed")
    assert figures()["gauzy_bus_paused", DRIVE] == 1


def test_more_events_take_no_more_statements(tenant_id: UUID) -> None:
    counts = []
    for _ in range(2):
        send_parcel(tenant_id)
        deliver_all()
        with CaptureQueriesContext(connection) as queries:
            exposition()
        counts.append(len(queries))
    assert counts[0] == counts[1]


@pytest.mark.parametrize(
    ("given", "header", "status"),
    [
        (TOKEN, f"Bearer {TOKEN}", 200),
        (TOKEN, "Bearer guessed", 404),
        (TOKEN, f"Basic {TOKEN}", 404),
        (TOKEN, "", 404),
        ("", "Bearer ", 404),
    ],
)
def test_they_are_for_those_who_have_the_token(settings: Settings, given: str, header: str, status: int) -> None:
    settings.METRICS_TOKEN = given
    answer = Client().get("/metrics", headers={"authorization": header})
    assert answer.status_code == status
    assert ("gauzy_bus_lagging" in answer.content.decode()) == (status == 200)
