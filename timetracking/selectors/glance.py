"""What is worth a glance of all organizations of a tenant, each by its own clock."""

from datetime import date, datetime, timedelta
from functools import reduce
from operator import or_
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import DurationField, ExpressionWrapper, F, Q, QuerySet, Sum

from gauzy.organizations.selectors import organizations
from timetracking.calendar import day_start, local_day, week_start, zone_named
from timetracking.choices import InvoiceStatus
from timetracking.models import Invoice
from timetracking.selectors.logs import visible_logs


def seconds_of_this_week(now: datetime) -> int:
    """Return what the actor may see of finished work that began in the current week of its organization."""
    began = [
        Q(organization_id=home.pk, started_at__gte=day_start(week_start(today, home.week_starts_on), zone))
        for home, zone, today in _homes(now)
    ]
    if not began:
        return 0
    logs = visible_logs(running=False).filter(reduce(or_, began)).order_by()
    length = ExpressionWrapper(F("stopped_at") - F("started_at"), output_field=DurationField())
    total = logs.aggregate(total=Sum(length))["total"] or timedelta()
    return int(total.total_seconds())


def overdue_invoices(now: datetime) -> QuerySet[Invoice]:
    """Return the invoices of which something is open after the day on which it was due."""
    late = [Q(organization_id=home.pk, due_on__lt=today) for home, _, today in _homes(now)]
    issued = Invoice.objects.filter(status__in=[InvoiceStatus.ISSUED, InvoiceStatus.PARTIALLY_PAID])
    return issued.filter(reduce(or_, late)) if late else issued.none()


def _homes(now: datetime) -> list[tuple[Any, ZoneInfo, date]]:
    zones = [(home, zone_named(home.time_zone)) for home in organizations()]
    return [(home, zone, local_day(now, zone)) for home, zone in zones]
