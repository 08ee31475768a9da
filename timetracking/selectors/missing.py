"""Weeks that are over and were not handed in."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Case, Exists, F, OuterRef, Q, QuerySet, When

from timetracking.calendar import local_day, week_start, zone_named
from timetracking.choices import LOCKING
from timetracking.models import Timesheet


@dataclass(frozen=True, slots=True)
class MissingWeek:
    tenant_id: UUID
    organization_id: UUID
    employee_id: UUID
    period_start: date

    @property
    def key(self) -> tuple[UUID, date]:
        return self.employee_id, self.period_start


def missing_weeks(people: QuerySet[Any], moment: datetime) -> Iterator[MissingWeek]:
    """Yield the last weeks of those of the employees whose own week began on their local day of this moment.

    Left out is who handed it in, who was reminded of it, and who began later. The number of queries depends on the
    zones of the employees alone.
    """
    zone = Case(When(time_zone="", then=F("organization__time_zone")), default=F("time_zone"))
    placed = people.annotate(zone=zone)
    clocks = placed.order_by().values_list("zone", "organization__week_starts_on").distinct()
    beginning: dict[date, Q] = {}
    for name, first_weekday in clocks:
        today = local_day(moment, zone_named(name))
        if today == week_start(today, first_weekday):
            here = Q(zone=name, organization__week_starts_on=first_weekday)
            beginning[today] = beginning.get(today, Q(pk__in=[])) | here
    for start, here in sorted(beginning.items()):
        yield from _of(placed.filter(here), start)


def _of(people: QuerySet[Any], start: date) -> Iterator[MissingWeek]:
    missing = start - timedelta(days=7)
    settled = Q(status__in=LOCKING) | Q(reminded_at__isnull=False)
    sheets = Timesheet.unscoped.filter(settled, employee_id=OuterRef("pk"), period_start=missing)
    began = Q(start_date=None) | Q(start_date__lt=start)
    found = people.filter(began, ~Exists(sheets)).order_by("tenant_id", "pk")
    for tenant_id, organization_id, employee_id in found.values_list("tenant_id", "organization_id", "pk"):
        yield MissingWeek(tenant_id, organization_id, employee_id, missing)
