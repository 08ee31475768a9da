from datetime import time
from pathlib import Path
from typing import Any
from uuid import UUID

from django.core.management.base import CommandError, CommandParser

from gauzy.tenancy.commands import TenantCommand, read_file
from gauzy.tenancy.usage import add_action, explain
from timetracking.choices import RowVerdict
from timetracking.importing.clock import DateOrder
from timetracking.importing.report import ImportReport, VerdictOnRow
from timetracking.importing.running import ImportOptions, import_time
from timetracking.intervals import format_duration
from timetracking.services.imports import undo_import

HELP = """\
FILE is the detailed report of Toggl Track, Clockify or Harvest as CSV; its header tells which.
Good rows are imported and bad ones reported, unless --atomic; the same file again adds nothing."""
STATUS = "Exit status: 0 every row is in, 1 some rows were refused, 2 the file cannot be read as such, or wrong usage."


class Command(TenantCommand):
    help = "Import time from Toggl, Clockify or Harvest, or take an import back."

    def add_arguments(self, parser: CommandParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True, metavar="import | undo")
        explain(parser, "timelogs import --help")
        importing = add_action(
            *(actions, "import", "import a file"),
            "timelogs import toggl.csv --tenant Acme --organization ORGANIZATION_ID --dry-run",
            "timelogs import harvest.csv --tenant Acme --organization ORGANIZATION_ID --person "
            '"Ada Lovelace=ada@example.org" --round-hours minute',
            details=HELP,
            status=STATUS,
        )
        undo = add_action(
            *(actions, "undo", "delete what an import created, while nothing of it is locked"),
            "timelogs undo IMPORT_ID --tenant Acme",
        )
        for action in (importing, undo):
            super().add_arguments(action)
        undo.add_argument("import_id", type=UUID, metavar="IMPORT_ID")
        _add_import_arguments(importing)

    def handle_in_tenant(self, **options: Any) -> None:
        if options["action"] == "undo":
            done = undo_import(time_import_id=options["import_id"])
            return self.report({"id": done.pk}, f"The import {done} was taken back.", as_json=options["json"])
        report = import_time(
            content=read_file(options["file"]),
            organization_id=options["organization"],
            file_name=options["file"].name,
            options=_options(options),
            dry_run=options["dry_run"],
            atomic=options["atomic"],
        )
        self.report(report.as_json(), _as_text(report), as_json=options["json"])
        if refused := report.count(RowVerdict.REFUSED):
            raise CommandError(f"{refused} of {len(report.rows)} rows refused.")
        return None


def _add_import_arguments(parser: CommandParser) -> None:
    parser.add_argument("file", type=Path, metavar="FILE")
    parser.add_argument("--organization", required=True, type=UUID, metavar="ID")
    parser.add_argument("--timezone", default="", help="whose clock the file shows; the organization's by default")
    parser.add_argument("--date-order", type=DateOrder, choices=list(DateOrder), help="if the file does not tell")
    parser.add_argument("--include-breaks", action="store_true", help="import Clockify's breaks as time")
    parser.add_argument("--round-hours", choices=["minute"], help="round Harvest's hours; exact by default")
    parser.add_argument("--day-start", type=time.fromisoformat, default=time(9), help="where days without clock begin")
    parser.add_argument("--person", action="append", default=[], metavar="NAME=E-MAIL", help="who a name is")
    parser.add_argument("--no-create", action="store_true", help="refuse rows of unknown projects and tasks")
    parser.add_argument("--dry-run", action="store_true", help="do it for real, take it back, and report")
    parser.add_argument("--atomic", action="store_true", help="one refused row undoes all")


def _options(options: dict[str, Any]) -> ImportOptions:
    people = dict(one.rpartition("=")[::2] for one in options["person"])
    return ImportOptions(
        time_zone=options["timezone"],
        date_order=options["date_order"],
        include_breaks=options["include_breaks"],
        round_hours=options["round_hours"] == "minute",
        day_start=options["day_start"],
        people=people,
        create_missing=not options["no_create"],
    )


def _as_text(report: ImportReport) -> str:
    head = f"{report.product.title()}, {report.encoding}, times of {report.time_zone}"
    order = f", dates {report.date_order}" if report.date_order else ""
    people = [f"  {who}: {format_duration(seconds)}" for who, seconds in sorted(report.seconds_by_person().items())]
    made = [f"  new {kind}: {', '.join(names)}" for kind, names in report.made.items() if names]
    counts = ", ".join(f"{report.count(verdict)} {verdict}" for verdict in RowVerdict)
    outcome = (
        f" Import {report.time_import_id}." if report.applied else " Nothing was written: this is what would have been."
    )
    notes = [f"  note: {warning}" for warning in report.warnings]
    problems = [_as_line(row) for row in report.rows if row.code or row.warnings]
    return "\n".join([head + order, *notes, *problems, *made, *people, f"{counts}.{outcome}"])


def _as_line(row: VerdictOnRow) -> str:
    said = f"{row.message} ({row.code})" if row.code else ", ".join(row.warnings)
    return f"line {row.line} (row {row.row}): {row.verdict} {row.person}: {said}"
