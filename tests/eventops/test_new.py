"""`events new` refuses what cannot be; that what it writes works is in tests/docs/test_readme.py."""

import pytest
from django.core.management import CommandError, call_command


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (["employees", "employee_created", "--field", "employee_id:UUID"], 1, "there already"),
        (
            ["employees", "team_met", "--field", "team_id:UUID", "--handler", "notify_inviter"],
            1,
            "another --handler",
        ),
        (["eventbus", "clock_stopped", "--field", "clock_id:str"], 1, "has no handlers.py"),
        (["nowhere", "clock_stopped", "--field", "clock_id:str"], 2, "no app"),
        (["employees", "renewed", "--field", "contract_id:UUID"], 2, "past participle"),
        (["employees", "ContractRenewed", "--field", "contract_id:UUID"], 2, "small letters"),
        (["employees", "contract_renewed", "--field", "contract_id:object"], 2, "NAME:TYPE"),
    ],
)
def test_what_cannot_be_is_refused_before_anything_is_written(arguments: list[str], status: int, said: str) -> None:
    with pytest.raises(CommandError, match=said) as refused:
        call_command("events", "new", *arguments)
    assert refused.value.returncode == status
