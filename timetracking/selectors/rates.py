"""Which rate a log has: the strongest subject that has one on the log's day."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Q

from timetracking.choices import RateOrigin, RateSubject
from timetracking.models import Rate

_NOTHING = (None, "", "")


@dataclass(frozen=True, slots=True)
class Place:
    """What decides about a log's rate, apart from the log's own."""

    organization_id: UUID
    employee_id: UUID
    project_id: UUID | None
    task_id: UUID | None
    day: date

    def subjects(self) -> list[tuple[RateSubject, str]]:
        """Return the subjects to ask, strongest first."""
        found = []
        if self.project_id:
            found.append((RateSubject.MEMBER, f"{self.project_id}:{self.employee_id}"))
        if self.task_id:
            found.append((RateSubject.TASK, str(self.task_id)))
        if self.project_id:
            found.append((RateSubject.PROJECT, str(self.project_id)))
        found.append((RateSubject.EMPLOYEE, str(self.employee_id)))
        return [*found, (RateSubject.ORGANIZATION, str(self.organization_id))]


Snapshot = tuple[Decimal | None, str, str]  # amount, currency, origin


def subject_key(subject: RateSubject, key: str) -> str:
    return f"{subject}:{key}"


def rates_for(places: Sequence[Place]) -> list[Snapshot]:
    """Return the rate of each place, in one query for all; (None, "", "") where nothing has one."""
    wanted = {subject_key(*key) for place in places for key in place.subjects()}
    by_key: dict[str, list[Rate]] = {}
    for rate in Rate.objects.filter(subject_key__in=wanted).order_by("-valid_from") if wanted else ():
        by_key.setdefault(rate.subject_key, []).append(rate)
    return [_find(place, by_key) for place in places]


def _find(place: Place, by_key: Mapping[str, Iterable[Any]]) -> Snapshot:
    for subject, key in place.subjects():
        for rate in by_key.get(subject_key(subject, key), ()):
            if rate.valid_from <= place.day and (rate.valid_until is None or place.day <= rate.valid_until):
                return rate.amount, rate.currency, str(RateOrigin(str(subject)))
    return _NOTHING


def overlapping(key: str, first: date, last: date | None) -> Q:
    """Return the condition of rates of a subject that are valid on any of these days."""
    ends_later = Q(valid_until__isnull=True) | Q(valid_until__gte=first)
    return Q(subject_key=key) & ends_later & (Q(valid_from__lte=last) if last else Q())
