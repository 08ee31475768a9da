from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

from django.core.management.base import CommandError, CommandParser

from employees import services
from employees.choices import Verdict
from employees.importing import ImportReport, LineVerdict, import_employees
from employees.importing.reading import COLUMNS, REQUIRED
from gauzy.tenancy.commands import TenantCommand, read_file
from gauzy.tenancy.usage import add_action, explain

MANY = 1_000  # lines; from here on the terminal hears how far the import is

COLUMNS_HELP = f"""\
FILE is CSV in UTF-8 with a header of these columns, the first {len(REQUIRED)} required:
  {",".join(COLUMNS)}
Between them stand commas, or semicolons throughout. Dates are written 2026-03-31.
Lines that are good are imported, unless --atomic. --atomic and --dry-run work in one transaction:
on SQLite nobody else writes until they are done."""
IMPORT_STATUS = "Exit status: 0 all is in, 1 a line was refused, 2 the file cannot be read as such, or wrong usage."


class Command(TenantCommand):
    help = "Create employees, one or from a CSV file."

    def add_arguments(self, parser: CommandParser) -> None:
        explain(parser, "employees import --help")
        actions = parser.add_subparsers(dest="action", required=True, metavar="create | import")
        create = add_action(
            *(actions, "create", "create one employee"),
            "employees create --tenant Acme --organization ORGANIZATION_ID --email ada@example.org --first-name Ada "
            "--last-name Lovelace --start-date 2026-04-01",
        )
        importing = add_action(
            *(actions, "import", "create employees from a CSV file"),
            "employees import people.csv --tenant Acme --organization ORGANIZATION_ID --dry-run",
            "employees import people.csv --tenant Acme --organization ORGANIZATION_ID --atomic --json",
            details=COLUMNS_HELP,
            status=IMPORT_STATUS,
        )
        for action in (create, importing):
            super().add_arguments(action)
            action.add_argument("--organization", required=True, type=UUID, metavar="ID")
        _add_create_arguments(create)
        importing.add_argument("file", type=Path, metavar="FILE")
        importing.add_argument("--dry-run", action="store_true", help="do it for real, take it back, and report")
        importing.add_argument("--atomic", action="store_true", help="one refused line undoes all")

    def handle_in_tenant(self, **options: Any) -> None:
        if options["action"] == "create":
            self._create(options)
        else:
            self._import(options)

    def _create(self, options: dict[str, Any]) -> None:
        given = {name: options[name] for name in COLUMNS}
        employee = services.create_employee(organization_id=options["organization"], **given)
        data = {"id": employee.id, "email": employee.user.email}
        self.report(data, f"{employee} <{employee.user.email}> is employee {employee.id}.", as_json=options["json"])

    def _import(self, options: dict[str, Any]) -> None:
        report = import_employees(
            content=read_file(options["file"]),
            organization_id=options["organization"],
            dry_run=options["dry_run"],
            atomic=options["atomic"],
            progress=self._show_progress,
        )
        self.report(report.as_json(), _as_text(report), as_json=options["json"])
        if refused := report.count(Verdict.REFUSED):
            raise CommandError(f"{refused} of {len(report.lines)} lines refused.")

    def _show_progress(self, done: int, total: int) -> None:
        if total >= MANY:
            self.stderr.write(f"{done} of {total} lines")


def _add_create_arguments(parser: CommandParser) -> None:
    for name in COLUMNS:
        kind = date.fromisoformat if name == "start_date" else str
        default = None if name == "start_date" else ""
        parser.add_argument(f"--{name.replace('_', '-')}", required=name in REQUIRED, type=kind, default=default)


def _as_text(report: ImportReport) -> str:
    counts = ", ".join(f"{report.count(verdict)} {verdict}" for verdict in Verdict)
    outcome = "" if report.applied else " Nothing was written: this is what would have been."
    return "\n".join([*map(_as_line, report.lines), f"{counts}.{outcome}"])


def _as_line(line: LineVerdict) -> str:
    reason = f": {line.field or 'line'}: {line.message} ({line.code})" if line.code else ""
    return f"line {line.line}: {line.verdict} {line.email}{reason}"
