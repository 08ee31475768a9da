import pytest
from celery import current_app
from django.db import OperationalError, connection
from django.test import Client
from pytest_django import Settings

from gauzy.rest import health


@pytest.fixture(autouse=True)
def nothing_seen_yet(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "_migrations", health._Migrations())


def test_a_process_that_answers_is_alive(client: Client) -> None:
    assert client.get("/health/live").json() == {"status": "ok"}


@pytest.mark.django_db
def test_it_is_ready_with_a_migrated_database_and_its_own_worker(client: Client, settings: Settings) -> None:
    settings.EMBEDDED_WORKER = True
    answer = client.get("/health/ready")
    assert (answer.status_code, answer.json()) == (
        200,
        {"status": "ok", "checks": {"database": "ok", "broker": "embedded", "bus": "ok"}},
    )


@pytest.mark.django_db
def test_it_is_not_ready_with_migrations_to_run(client: Client, settings: Settings) -> None:
    settings.EMBEDDED_WORKER = True
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'organizations'")
    answer = client.get("/health/ready")
    assert (answer.status_code, answer.json()["checks"]["database"]) == (503, "migrations_missing")


@pytest.mark.django_db
def test_it_is_not_ready_without_a_database(
    client: Client, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse() -> None:
        raise OperationalError("gone")

    settings.EMBEDDED_WORKER = True
    monkeypatch.setattr(connection, "ensure_connection", refuse)
    answer = client.get("/health/ready")
    assert (answer.status_code, answer.json()["status"]) == (503, "unavailable")


@pytest.mark.django_db
def test_a_broker_that_is_away_degrades_and_stops_nothing(
    client: Client, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.EMBEDDED_WORKER = False
    monkeypatch.setattr(current_app.conf, "broker_write_url", "redis://127.0.0.1:1/0")
    answer = client.get("/health/ready")
    assert (answer.status_code, answer.json()) == (
        200,
        {"status": "degraded", "checks": {"database": "ok", "broker": "unreachable", "bus": "ok"}},
    )


def test_health_is_read_only(client: Client) -> None:
    assert client.post("/health/live").status_code == 405
