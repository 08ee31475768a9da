"""Whether this process lives, and whether it can serve."""

import logging
from collections.abc import Callable

from celery import current_app
from django.conf import settings
from django.db import Error, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

logger = logging.getLogger(__name__)
BROKER_PATIENCE = 1  # seconds
_HARMLESS = {"ok", "embedded"}
_checks: dict[str, Callable[[], str]] = {}


def register_check(name: str, check: Callable[[], str]) -> None:
    """Add what `/health/ready` tells: `check` answers "ok" or a word for what is wrong, which is no reason to stop.

    It is asked only while the database answers.
    """
    _checks[name] = check


@require_safe
def live(request: HttpRequest) -> HttpResponse:
    """Answer as long as the process can."""
    return JsonResponse({"status": "ok"})


@require_safe
def ready(request: HttpRequest) -> HttpResponse:
    """503 without the database or with migrations to run.

    A broker that is away, or work that nobody takes, is told and no reason to stop serving: it waits in the database.
    """
    checks = {"database": database(), "broker": broker()}
    healthy = checks["database"] == "ok"
    if healthy:
        checks |= {name: _answer(check) for name, check in _checks.items()}
    status = "ok" if set(checks.values()) <= _HARMLESS else "degraded" if healthy else "unavailable"
    return JsonResponse({"status": status, "checks": checks}, status=200 if healthy else 503)


def _answer(check: Callable[[], str]) -> str:
    try:
        return check()
    except Error:
        logger.exception("A readiness check failed")
        return "unreachable"


def database() -> str:
    """Answer "ok", "migrations_missing" or "unreachable"."""
    try:
        connection.ensure_connection()
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        return "ok" if _migrations.applied() else "migrations_missing"
    except Error:
        logger.exception("The database does not answer")
        return "unreachable"


class _Migrations:
    """Whether every migration is applied. Once seen so, it stays so for this release."""

    def __init__(self) -> None:
        self._applied = False

    def applied(self) -> bool:
        if not self._applied:
            executor = MigrationExecutor(connection)
            self._applied = not executor.migration_plan(executor.loader.graph.leaf_nodes())
        return self._applied


_migrations = _Migrations()


def broker() -> str:
    """Answer "ok", "embedded" or "unreachable"."""
    if settings.EMBEDDED_WORKER:
        return "embedded"
    limits = {"socket_connect_timeout": BROKER_PATIENCE, "socket_timeout": BROKER_PATIENCE}
    try:
        with current_app.connection_for_write(transport_options=limits) as asked:
            asked.ensure_connection(max_retries=1, interval_start=0, timeout=BROKER_PATIENCE)
            return "ok"
    except Exception:  # every transport has errors of its own
        logger.warning("The broker does not answer", exc_info=True)
        return "unreachable"
