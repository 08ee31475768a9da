from collections.abc import Iterable
from uuid import UUID

from timetracking.models import Ledger


def lock_ledgers(employee_ids: Iterable[UUID]) -> None:
    """Make everybody else who writes these employees' time, or decides on it, wait for this transaction.

    The rows are made on demand, and locked in one order, so that two who lock several cannot deadlock.
    """
    wanted = sorted(set(employee_ids))
    rows = Ledger.objects.select_for_update(no_key=True).filter(employee_id__in=wanted).order_by("employee_id")
    if len(list(rows)) < len(wanted):
        Ledger.objects.bulk_create([Ledger(employee_id=one) for one in wanted], ignore_conflicts=True)
        list(rows.all())
