"""Sentences of the documentation about the code as a whole."""

import re

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


def test_the_bus_does_nothing_with_statements_that_django_does_not() -> None:
    """Prepared statements would need pgbouncer's help."""
    assert not [module.name for module in product() if "prepare_threshold" in module.text]
