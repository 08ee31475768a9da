"""Carrying an import out, as one transaction: a dry run is the same, taken back."""

import hashlib
from collections.abc import Collection, Mapping
from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import TypedDict
from uuid import UUID

from django.db import transaction

from gauzy import eventbus as bus
from gauzy.exceptions import DomainError, Invalid
from gauzy.organizations.choices import OverlapPolicy
from gauzy.organizations.selectors import get_organization, settings_of
from gauzy.organizations.validators import time_zones
from timetracking.calendar import zone_named
from timetracking.choices import LogSource, RowVerdict
from timetracking.importing.clock import DateOrder, Span
from timetracking.importing.entries import Options
from timetracking.importing.judging import Judged, Knowledge, file_warnings, judge, settle_order
from timetracking.importing.people import People, Person
from timetracking.importing.places import Places
from timetracking.importing.placing import DAY_START, Occupancy
from timetracking.importing.reading import Sheet, read_sheet
from timetracking.importing.report import ImportReport, VerdictOnRow
from timetracking.models import TimeImport
from timetracking.selectors.imports import known_keys, logged_between
from timetracking.selectors.people import people_seen
from timetracking.services import writing
from timetracking.services.batches import LogBatch
from timetracking.services.imports import NewRow, record_import
from timetracking.services.ledger import lock_ledgers
from timetracking.services.logs import NewTimeLog

_FOREVER = datetime.max.replace(tzinfo=UTC)
_MARGIN = timedelta(days=2)  # around the days of a file: zones, and entries over midnight


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportOptions:
    """`time_zone`: the organization's if empty. `people`: names in the file -> e-mails."""

    time_zone: str = ""
    date_order: DateOrder | None = None
    include_breaks: bool = False
    round_hours: bool = False
    day_start: time = DAY_START
    people: Mapping[str, str] = field(default_factory=dict)
    create_missing: bool = True


def import_time(
    *,
    content: bytes,
    organization_id: UUID,
    file_name: str = "",
    options: ImportOptions | None = None,
    dry_run: bool = False,
    atomic: bool = False,
) -> ImportReport:
    """Import a file of time; doing so again adds nothing.

    Good rows are imported and bad ones reported, unless `atomic`: then one bad row undoes all. Raises
    `OrganizationNotFound`, and the subclass of `Invalid` that says what is wrong with the file as a whole.
    """
    organization = get_organization(organization_id)
    chosen = options or ImportOptions()
    if chosen.time_zone and chosen.time_zone not in time_zones():
        raise Invalid(fields={"time_zone": [f"{chosen.time_zone} is not an IANA time zone such as Europe/Berlin."]})
    sheet = read_sheet(content)
    reading = settle_order(
        sheet,
        Options(
            zone=zone_named(chosen.time_zone or organization.time_zone),
            order=chosen.date_order,
            include_breaks=chosen.include_breaks,
            round_hours=chosen.round_hours,
        ),
    )
    run = _Run(sheet, reading, chosen, organization_id)
    with transaction.atomic():
        run.carry_out()
        undone = dry_run or (atomic and run.count(RowVerdict.REFUSED) > 0)
        done = None if undone else run.record(file_name, hashlib.sha256(content).hexdigest())
        if undone:
            transaction.set_rollback(True)
    return run.report(dry_run=dry_run, done=done)


class _When(TypedDict):
    employee_id: UUID
    started_at: datetime
    stopped_at: datetime


class _Run:
    """One import under way, inside its transaction."""

    def __init__(self, sheet: Sheet, reading: Options, options: ImportOptions, organization_id: UUID) -> None:
        self.sheet, self.reading, self.options, self.organization_id = sheet, reading, options, organization_id
        self.places = Places(organization_id, options.create_missing)
        self.new: list[NewRow] = []
        self.verdicts: list[VerdictOnRow] = []

    def carry_out(self) -> None:
        """Judge, record and publish; the number of queries depends on what has to be made for rows, not on the rows."""
        self.places.load()
        rows = judge(self.sheet, self.reading, self._knowledge(), self.options.day_start)
        batch = LogBatch([_when(row) for row in rows if row.span and not row.refusal and not row.known])
        self.verdicts += [self._verdict(row, batch) for row in rows]
        bus.publish_many([writing.created(log) for log in batch.write()], history=True)

    def count(self, verdict: RowVerdict) -> int:
        return sum(one.verdict == verdict for one in self.verdicts)

    def record(self, file_name: str, sha256: str) -> TimeImport:
        counts = {str(verdict): self.count(verdict) for verdict in RowVerdict}
        file = {"product": self._product, "time_zone": self.reading.zone.key, "rows": len(self.verdicts)}
        problems = [
            {"line": one.line, "row": one.row, "code": one.code, "message": one.message, "warnings": list(one.warnings)}
            for one in self.verdicts
            if one.code or one.warnings
        ]
        named = {"file_name": file_name[:255], "sha256": sha256}
        return record_import(
            organization_id=self.organization_id, file=named | file | counts, rows=self.new, problems=problems
        )

    def report(self, *, dry_run: bool, done: TimeImport | None) -> ImportReport:
        return ImportReport(
            dry_run=dry_run,
            applied=done is not None,
            product=self._product,
            encoding=self.sheet.encoding,
            delimiter=self.sheet.delimiter,
            time_zone=self.reading.zone.key,
            date_order=str(self.reading.order or ""),
            warnings=tuple(map(str, file_warnings(self.sheet))),
            made=self.places.made,
            rows=self.verdicts,
            time_import_id=done.pk if done else None,
        )

    @property
    def _product(self) -> str:
        return self.sheet.layout.product.value

    def _knowledge(self) -> Knowledge:
        employees = people_seen(organization_id=self.organization_id).order_by("id")
        people = [Person(one.pk, one.user.email, str(one)) for one in employees]
        return Knowledge(
            people=People(people, self.options.people),
            known=lambda keys: known_keys(self.organization_id, self._product, keys),
            logged=_lock_and_load,
            refuses_overlaps=settings_of(self.organization_id).overlaps == OverlapPolicy.REFUSE,
        )

    def _verdict(self, row: Judged, batch: LogBatch) -> VerdictOnRow:
        if row.refusal:
            return _about(row, RowVerdict.REFUSED, code=row.refusal.row_class.value, message=row.refusal.message)
        if row.known or row.entry is None or row.span is None:
            return _about(row, RowVerdict.KNOWN)
        mark = self.places.mark()
        try:
            with transaction.atomic() if self.places.lacks(row.entry) else nullcontext():
                log = batch.admit(self._item(row))
        except DomainError as refusal:
            self.places.go_back(mark)
            return _about(row, RowVerdict.REFUSED, code=refusal.code, message=refusal.message)
        self.new.append(NewRow(row.record.line, row.key, log.pk))
        return _about(row, RowVerdict.CREATED)

    def _item(self, row: Judged) -> NewTimeLog:
        if row.entry is None:
            raise TypeError("Only a row with a place on the time line is created.")
        entry, place, when = row.entry, self.places.find(row.entry), _when(row)
        new = NewTimeLog(
            employee_id=when["employee_id"],
            started_at=when["started_at"],
            stopped_at=when["stopped_at"],
            project_id=place.project_id,
            task_id=place.task_id,
            tag_ids=place.tag_ids,
            description=entry.description,
            source=LogSource.IMPORT,
        )
        if entry.billable is not None:
            new["is_billable"] = entry.billable
        return new


def _when(row: Judged) -> _When:
    if row.entry is None or row.span is None:
        raise TypeError("Only a row with a place on the time line is created.")
    return _When(employee_id=row.entry.person.employee_id, started_at=row.span.start, stopped_at=row.span.end)


def _about(row: Judged, verdict: RowVerdict, *, code: str = "", message: str = "") -> VerdictOnRow:
    seconds = row.entry.seconds if row.entry and verdict != RowVerdict.REFUSED else 0
    return VerdictOnRow(
        line=row.record.line,
        row=row.record.row,
        person=row.entry.person.email if row.entry else row.person,
        verdict=verdict,
        seconds=seconds,
        code=code,
        message=message,
        warnings=tuple(map(str, row.entry.warnings)) if row.entry and not code else (),
    )


def _lock_and_load(employee_ids: Collection[UUID], first_day: date, last_day: date) -> Occupancy:
    """Make others who write these employees' time wait, and return what they have logged around these days."""
    lock_ledgers(employee_ids)
    occupancy = Occupancy()
    start = datetime.combine(first_day, time(), UTC) - _MARGIN
    end = datetime.combine(last_day, time(), UTC) + _MARGIN
    for employee_id, started_at, stopped_at in logged_between(employee_ids, start, end):
        label = f"the log of {started_at:%Y-%m-%dT%H:%M:%SZ}"
        occupancy.add(employee_id, Span(started_at, stopped_at or _FOREVER), label)
    return occupancy
