"""What several services do alike."""

from collections.abc import Iterable, Mapping
from typing import Any, TypeVar
from uuid import UUID

from django.db.models import Model
from django.utils import timezone

from gauzy.eventbus import Change
from gauzy.exceptions import NotFound
from timetracking.exceptions import OtherOrganization

M = TypeVar("M", bound=Model)
_LONGEST = 200  # characters of a text that an event carries


def now() -> Any:
    """Return the server's time in whole seconds."""
    return timezone.now().replace(microsecond=0)


def locked(model: type[M], id: UUID, missing: type[NotFound]) -> M:
    """Lock a row of the tenant; raise `missing`. Rows that refer to it can still be inserted."""
    managed: Any = model
    found: M | None = managed.objects.select_for_update(of=("self",), no_key=True).filter(pk=id).first()
    if found is None:
        raise missing
    return found


def shorten(changes: Iterable[Change]) -> tuple[Change, ...]:
    """Cut long texts: events carry what changed, not documents."""
    return tuple(Change(field=one.field, old=_short(one.old), new=_short(one.new)) for one in changes)


def require_same_organization(organization_id: UUID, **rows: Any) -> None:
    """Raise `OtherOrganization` for the first row (None counts as fine) that belongs to another one."""
    for field, row in rows.items():
        if row is not None and row.organization_id != organization_id:
            raise OtherOrganization(fields={field: [OtherOrganization.message]})


def require_known(values: Mapping[str, Any], editable: frozenset[str]) -> None:
    if unknown := values.keys() - editable:
        raise TypeError(f"These cannot be set here: {', '.join(sorted(unknown))}.")


def _short(value: Any) -> Any:
    return f"{value[:_LONGEST]}…" if isinstance(value, str) and len(value) > _LONGEST else value
