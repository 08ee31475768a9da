"""manage.py timesheets remind | check | recompute-rates"""

from datetime import date
from typing import Any
from uuid import UUID

from django.core.management.base import CommandError, CommandParser

from gauzy.tenancy.commands import TenantCommand
from gauzy.tenancy.usage import add_action, explain
from timetracking.selectors.consistency import findings
from timetracking.services.rates import recompute_rates
from timetracking.services.reminding import remind_of_missing_weeks


class Command(TenantCommand):
    help = "Remind of missing weeks, look for time that breaks a rule, find rates anew."

    def add_arguments(self, parser: CommandParser) -> None:
        explain(parser, "timesheets check --tenant Acme")
        tasks = parser.add_subparsers(dest="task", required=True, metavar="remind | check | recompute-rates")
        remind = add_action(
            *(tasks, "remind", "tell who has not handed in last week, on the first day of their own week"),
            "timesheets remind --tenant Acme",
        )
        check = add_action(
            *(tasks, "check", "look for time that breaks a rule"), "timesheets check --tenant Acme --json"
        )
        recompute = add_action(
            *(tasks, "recompute-rates", "find the rates of logs that are not locked anew"),
            "timesheets recompute-rates --tenant Acme --organization ORGANIZATION_ID --first-day 2026-03-01 "
            "--last-day 2026-03-31 --dry-run",
        )
        for task in (remind, check, recompute):
            super().add_arguments(task)
        recompute.add_argument("--organization", required=True, type=UUID, metavar="ID", help="whose logs")
        recompute.add_argument("--first-day", required=True, type=date.fromisoformat, metavar="DAY")
        recompute.add_argument("--last-day", required=True, type=date.fromisoformat, metavar="DAY")
        recompute.add_argument("--dry-run", action="store_true", help="only say what it would do")

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
            raise CommandError(f"{len(found)} found.")

    def _recompute(self, **options: Any) -> None:
        result = recompute_rates(
            organization_id=options["organization"],
            first_day=options["first_day"],
            last_day=options["last_day"],
            dry_run=options["dry_run"],
        )
        would = "would be " if options["dry_run"] else ""
        self.report(
            {"changed": result.changed, "skipped": result.skipped, "dry_run": options["dry_run"]},
            f"{result.changed} logs {would}changed; {result.skipped} are locked and stay.",
            as_json=options["json"],
        )
