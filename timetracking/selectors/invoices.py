"""Invoices, and the time that may be put on one."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TypedDict, Unpack
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet

from gauzy.organizations.selectors import get_organization
from timetracking.calendar import day_start, kept_day, zone_named
from timetracking.exceptions import InvoiceNotFound, TimeInvoiced
from timetracking.intervals import Interval
from timetracking.models import Invoice, InvoicedLog, TimeLog
from timetracking.selectors.locks import approved_among
from timetracking.selectors.projects import get_client


class InvoiceFilters(TypedDict, total=False):
    organization_id: UUID
    client_id: UUID
    status: str
    year: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which time to bill: a client's, of one currency; of local days of the organization, or of some logs only."""

    client_id: UUID
    currency: str = ""
    first_day: date | None = None
    last_day: date | None = None
    time_log_ids: frozenset[UUID] = frozenset()


def invoices(**filters: Unpack[InvoiceFilters]) -> QuerySet[Invoice]:
    found: QuerySet[Invoice] = Invoice.objects.filter(**filters)
    return found.select_related("client", "organization").prefetch_related("lines", "taxes", "payments")


def get_invoice(invoice_id: UUID) -> Invoice:
    """Return an invoice of the tenant; raise `InvoiceNotFound` for an unknown and for a foreign id."""
    if invoice := invoices().filter(pk=invoice_id).first():
        return invoice
    raise InvoiceNotFound


def invoiceable_logs(wanted: Wanted) -> list[TimeLog]:
    """Return the approved, billable logs of the client that have a rate and are on no live invoice, oldest first.

    A log counts to the day on which it began. The number of queries does not depend on the number of logs.
    """
    client = get_client(wanted.client_id)
    zone = zone_named(get_organization(client.organization_id).time_zone)
    found = _not_invoiced(TimeLog.objects.filter(project__client_id=client.pk, stopped_at__isnull=False))
    if wanted.currency:
        found = found.filter(rate_currency=wanted.currency)
    if wanted.first_day:
        found = found.filter(started_at__gte=day_start(kept_day(wanted.first_day, "first_day"), zone))
    if wanted.last_day:
        following = kept_day(wanted.last_day, "last_day") + timedelta(1)
        found = found.filter(started_at__lt=day_start(following, zone))
    if wanted.time_log_ids:
        found = found.filter(pk__in=wanted.time_log_ids)
    logs = list(found.select_related("project", "task", "employee").order_by("started_at", "id"))
    approved = approved_among(logs)
    return [log for log in logs if log.pk in approved]


def _not_invoiced(logs: QuerySet[TimeLog]) -> QuerySet[TimeLog]:
    live = InvoicedLog.objects.filter(time_log=OuterRef("pk"), is_live=True)
    return logs.filter(~Exists(live), deleted_at=None, is_billable=True, rate_amount__isnull=False)


def require_not_invoiced(employee_id: UUID, period: Interval) -> None:
    """Raise `TimeInvoiced` if any log with a part in the period is on a live invoice."""
    found = InvoicedLog.objects.filter(
        is_live=True,
        time_log__employee_id=employee_id,
        time_log__started_at__lt=period.end,
        time_log__stopped_at__gt=period.start,
    )
    if found.exists():
        raise TimeInvoiced
