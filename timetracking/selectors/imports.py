from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from gauzy.tenancy.membership import current_role
from gauzy.tenancy.roles import ADMINS
from timetracking.exceptions import TimeImportNotFound
from timetracking.models import ImportedRow, TimeImport, TimeLog
from timetracking.selectors.acting import actor_id

_AT_ONCE = 500  # keys per query: SQLite takes only so many parameters


def time_imports(**equal: UUID) -> QuerySet[TimeImport]:
    """Return the imports that the actor may see: a manager their own, as its problems name people."""
    found: QuerySet[TimeImport] = TimeImport.objects.filter(**equal)
    return found if current_role() is None or current_role() in ADMINS else found.filter(actor_id=actor_id())


def get_time_import(time_import_id: UUID) -> TimeImport:
    """Return an import that the actor may see; raise `TimeImportNotFound` for an unknown and for a foreign id."""
    if found := time_imports().filter(pk=time_import_id).first():
        return found
    raise TimeImportNotFound


def known_keys(organization_id: UUID, product: str, keys: Collection[str]) -> set[str]:
    """Return those of the keys whose rows were imported before."""
    wanted, known = list(keys), set[str]()
    rows = ImportedRow.objects.filter(organization_id=organization_id, product=product, is_live=True)
    for begin in range(0, len(wanted), _AT_ONCE):
        known |= set(rows.filter(key__in=wanted[begin : begin + _AT_ONCE]).values_list("key", flat=True))
    return known


def logged_between(
    employee_ids: Collection[UUID], start: datetime, end: datetime
) -> list[tuple[UUID, datetime, datetime | None]]:
    """Return (employee, start, end) of what the employees logged with a part in [start, end); a timer has no end."""
    lasting = Q(stopped_at__isnull=True) | Q(stopped_at__gt=start)
    logs = TimeLog.objects.filter(lasting, employee_id__in=employee_ids, deleted_at=None, started_at__lt=end)
    return list(logs.values_list("employee_id", "started_at", "stopped_at"))
