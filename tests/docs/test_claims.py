"""Sentences of the documentation about the code as a whole."""

import re

import pytest
from django.db import connection

from tests.architecture.source import product


def test_the_bus_keeps_no_state_in_a_database_session() -> None:
    session_state = re.compile(r"\b(LISTEN|NOTIFY|PREPARE|SET (?!lease_until|crashes)\w|pg_(try_)?advisory_lock)\b")
    found = [
        f"{module.name}: {match.group()}"
        for module in product()
        if module.name.startswith(("gauzy/eventbus/", "gauzy/eventops/"))
        for match in session_state.finditer(module.text)
    ]
    assert found == []


def test_the_bus_prepares_two_statements() -> None:
    """To store events and to complete a delivery. They need pgbouncer's help, and a claim's plan would age."""
    found = [(module.name, module.text.count("prepare=True")) for module in product() if "prepare=True" in module.text]
    assert found == [("gauzy/eventbus/stores/postgresql.py", 2)]


@pytest.mark.postgres
@pytest.mark.django_db
def test_no_table_has_partitions_that_could_run_out() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_partitioned_table")
        assert cursor.fetchone() == (0,)
