"""How time becomes the lines of an invoice. Nothing is written here."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from uuid import UUID

from timetracking import billing
from timetracking.billing import Calculation, Charge, Discount
from timetracking.calendar import zone_named
from timetracking.choices import InvoiceGrouping
from timetracking.exceptions import NothingToInvoice, NotInvoiceable, SeveralCurrencies
from timetracking.models import TimeLog
from timetracking.rounding import Direction, round_interval
from timetracking.selectors.invoices import Wanted


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """How time becomes lines. `taxes`: project -> percent, where it is not `tax_percent`.

    `round_to` seconds are the steps of the organization's clock to which each log is rounded, 0 for none.
    """

    group_by: InvoiceGrouping = InvoiceGrouping.PROJECT
    tax_percent: Decimal = Decimal(0)
    taxes: Mapping[UUID, Decimal] = field(default_factory=dict)
    discount: Discount = field(default_factory=Discount)
    round_to: int = 0
    rounding: Direction = Direction.NEAREST


@dataclass(frozen=True, slots=True)
class Draft:
    """What an invoice would come to: for each line of the calculation its logs."""

    currency: str
    calculation: Calculation
    logs: Sequence[Sequence[TimeLog]]


def make_draft(logs: Sequence[TimeLog], *, wanted: Wanted, terms: Terms, time_zone: str) -> Draft:
    """Return what the logs come to; raise `NothingToInvoice`, `NotInvoiceable` or `SeveralCurrencies`."""
    currency = _currency_of(logs, wanted)
    groups: dict[tuple[str, Decimal, Decimal], list[TimeLog]] = {}
    for log in logs:
        groups.setdefault((_label(log, terms.group_by), _rate(log), _tax(log, terms)), []).append(log)
    charges = [
        Charge(
            description=label,
            seconds=sum(_seconds(log, terms, time_zone) for log in group),
            hourly_rate=rate,
            tax_percent=tax,
        )
        for (label, rate, tax), group in groups.items()
    ]
    calculation = billing.calculate(charges, currency=currency, discount=terms.discount)
    return Draft(currency, calculation, list(groups.values()))


def _currency_of(logs: Sequence[TimeLog], wanted: Wanted) -> str:
    if missing := wanted.time_log_ids - {log.pk for log in logs}:
        raise NotInvoiceable(fields={"time_log_ids": [str(log_id) for log_id in sorted(missing)]})
    if not logs:
        raise NothingToInvoice
    currencies = sorted({log.rate_currency for log in logs})
    if len(currencies) > 1:
        said = f"The time is billed in {', '.join(currencies)}: choose one."
        raise SeveralCurrencies(said, fields={"currency": [said]})
    return currencies[0]


def _label(log: TimeLog, group_by: InvoiceGrouping) -> str:
    project = str(log.project)
    match group_by:
        case InvoiceGrouping.PROJECT:
            return project
        case InvoiceGrouping.TASK:
            return f"{project}: {log.task.title}" if log.task else project
        case InvoiceGrouping.EMPLOYEE:
            return f"{project}: {log.employee}"
        case InvoiceGrouping.LOG:
            return f"{project}, {log.started_at:%Y-%m-%d %H:%M:%S} UTC: {log.description}".rstrip(": ")[:600]


def _rate(log: TimeLog) -> Decimal:
    if log.rate_amount is None:
        raise NotInvoiceable
    return log.rate_amount


def _tax(log: TimeLog, terms: Terms) -> Decimal:
    return terms.taxes.get(log.project_id, terms.tax_percent) if log.project_id else terms.tax_percent


def _seconds(log: TimeLog, terms: Terms, time_zone: str) -> int:
    if log.stopped_at is None:
        raise NotInvoiceable
    start, end = round_interval(
        log.started_at, log.stopped_at, step=terms.round_to, direction=terms.rounding, zone=zone_named(time_zone)
    )
    return end - start
