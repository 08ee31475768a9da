"""Carrying an import out: in portions that each stay, or as one transaction that can be taken back."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from uuid import UUID

from django.db import transaction

from employees.exceptions import EmployeeExists
from employees.importing.reading import Line, read_lines
from employees.importing.report import ImportReport, verdict_on
from employees.models import Employee
from employees.services import NewEmployee, create_employees
from gauzy.exceptions import DomainError
from gauzy.organizations.selectors import get_organization
from gauzy.users.choices import UserSource

PORTION = 100  # lines per transaction: on SQLite other writers wait no longer than one takes

Outcome = tuple[Line, Employee | DomainError]
Progress = Callable[[int, int], None]


def import_employees(
    *,
    content: bytes,
    organization_id: UUID,
    dry_run: bool = False,
    atomic: bool = False,
    progress: Progress = lambda done, total: None,
) -> ImportReport:
    """Import a CSV; running it again creates nothing more.

    Good lines are imported and bad ones reported, unless `atomic`: then one bad line undoes all. A dry run does it for
    real and takes it back. Raises `OrganizationNotFound`, and subclasses of `Invalid` for a file that is useless.
    `progress` hears how many lines of how many are done.
    """
    get_organization(organization_id)
    lines = read_lines(content)
    whole: AbstractContextManager[object] = transaction.atomic() if dry_run or atomic else nullcontext()
    with whole:
        outcomes = list(_carry_out(lines, organization_id, progress))
        refusals = dict(_refusals(outcomes))
        undone = dry_run or (atomic and bool(refusals))
        if undone:
            transaction.set_rollback(True)
    verdicts = [verdict_on(line, outcome) for line, outcome in outcomes]
    return ImportReport(dry_run=dry_run, atomic=atomic, applied=not undone, lines=verdicts, refusals=refusals)


def _carry_out(lines: Sequence[Line], organization_id: UUID, progress: Progress) -> Iterator[Outcome]:
    for begin in range(0, len(lines), PORTION):
        portion = lines[begin : begin + PORTION]
        items = [line.refusal or _item(line, organization_id) for line in portion]
        yield from zip(portion, create_employees(items=items, atomic=False, source=UserSource.IMPORT), strict=True)
        progress(begin + len(portion), len(lines))


def _item(line: Line, organization_id: UUID) -> NewEmployee:
    return NewEmployee(
        organization_id=organization_id,
        email=line.values["email"],
        first_name=line.values["first_name"],
        last_name=line.values["last_name"],
        start_date=line.start_date,
        job_title=line.values.get("job_title", ""),
        time_zone=line.values.get("time_zone", ""),
        external_id=line.values.get("external_id", ""),
    )


def _refusals(outcomes: Sequence[Outcome]) -> Iterator[tuple[int, DomainError]]:
    for line, outcome in outcomes:
        if isinstance(outcome, DomainError) and not isinstance(outcome, EmployeeExists):
            yield line.number, outcome
