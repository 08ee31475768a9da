"""manage.py timesheets remind | check | recompute-rates"""

from datetime import date
from typing import Any
from uuid import UUID

from django.core.management.base import CommandError, CommandParser

from gauzy.tenancy.commands import TenantCommand
from timetracking.selectors.consistency import findings
from timetracking.services.rates import recompute_rates
from timetracking.services.reminding import remind_of_missing_weeks


class Command(TenantCommand):
    help = (
        "remind: tell who has not handed in last week, on the first day of their own week. check: look for time that "
        "breaks a rule; exit 1 if there is any. recompute-rates: find the rates of logs that are not approved anew."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("task", choices=["remind", "check", "recompute-rates"])
        parser.add_argument("--organization", type=UUID, help="for recompute-rates: whose logs")
        parser.add_argument("--first-day", type=date.fromisoformat, help="for recompute-rates")
        parser.add_argument("--last-day", type=date.fromisoformat, help="for recompute-rates")
        parser.add_argument("--dry-run", action="store_true", help="for recompute-rates: only say what it would do")

    def handle_in_tenant(self, **options: Any) -> None:
        match options["task"]:
            case "remind":
                self._remind(**options)
            case "check":
                self._check(**options)
            case _:
                self._recompute(**options)

    def _remind(self, **options: Any) -> None:
        count = remind_of_missing_weeks()
        self.report({"missing": count}, f"{count} weeks are missing.", as_json=options["json"])

    def _check(self, **options: Any) -> None:
        found = findings()
        self.report(found, "\n".join(found) or "Nothing is wrong.", as_json=options["json"])
        if found:
            raise SystemExit(1)

    def _recompute(self, **options: Any) -> None:
        if not (options["organization"] and options["first_day"] and options["last_day"]):
            raise CommandError("Name --organization, --first-day and --last-day.")
        result = recompute_rates(
            organization_id=options["organization"],
            first_day=options["first_day"],
            last_day=options["last_day"],
            dry_run=options["dry_run"],
        )
        would = "would be " if options["dry_run"] else ""
        self.report(
            {"changed": result.changed, "skipped": result.skipped, "dry_run": options["dry_run"]},
            f"{result.changed} logs {would}changed; {result.skipped} are approved and stay.",
            as_json=options["json"],
        )
