from datetime import timedelta

import pytest
from django.test import Client
from pytest_django import Settings

from gauzy.eventbus.models import Delivery
from gauzy.eventbus.stores import store
from gauzy.eventops.lag import PATIENCE, check_lag
from tests.factories.people import found_company, hire

pytestmark = pytest.mark.django_db


def _owed_since(age: timedelta) -> None:
    hire(found_company())
    Delivery.objects.update(due=store().now() - age)


def test_what_was_just_published_is_no_lag() -> None:
    _owed_since(timedelta(seconds=1))
    assert check_lag() == "ok"


def test_what_nobody_takes_is_told_and_serving_goes_on(client: Client, settings: Settings) -> None:
    settings.EMBEDDED_WORKER = True
    _owed_since(PATIENCE + timedelta(seconds=1))
    answer = client.get("/health/ready")
    assert (answer.status_code, answer.json()["status"]) == (200, "degraded")
    assert answer.json()["checks"]["bus"] == "lagging"


def test_the_dead_do_not_count() -> None:
    _owed_since(PATIENCE * 2)
    Delivery.objects.update(dead_at=store().now())
    assert check_lag() == "ok"
