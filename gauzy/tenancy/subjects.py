"""What events are about, as people call it: each app says where the rows of its subject types are found.

Names are looked up when they are shown and stored nowhere, so a row that is renamed or erased is so in every list.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from gauzy.tenancy.models import TenantModel

Subject = tuple[str, str]  # type and id, as events name them
RowsOf = Callable[[UUID], QuerySet[Any]]


@dataclass(frozen=True, slots=True)
class _Kind:
    rows_of: RowsOf
    name: Callable[[Any], str]
    personal: bool


_kinds: dict[str, _Kind] = {}


def register_subject(
    subject_type: str, rows_of: RowsOf, *, name: Callable[[Any], str] = str, personal: bool = False
) -> None:
    """Let the rows of a subject type be called by `name`, which must not query. Call it in `AppConfig.ready()`.

    `rows_of` returns all rows of the tenant whose id it is given. `personal`: the name tells who somebody is.
    """
    _kinds[subject_type] = _Kind(rows_of, name, personal)


def registered_subjects() -> frozenset[str]:
    """Return the subject types whose rows have names."""
    return frozenset(_kinds)


def of_tenant(model: type[TenantModel], *related: str) -> RowsOf:
    """Return what finds the rows of a model, with the `related` rows that their name needs."""

    def rows_of(tenant_id: UUID) -> QuerySet[Any]:
        return model.unscoped.filter(tenant_id=tenant_id).select_related(*related)

    return rows_of


def names_of(tenant_id: UUID, subjects: Iterable[Subject], *, personal: bool = True) -> dict[Subject, str]:
    """Return the names of a tenant's subjects, in one statement for each type; what has no name is left out.

    `personal`: whether the reader may see names of persons.
    """
    ids: defaultdict[str, set[UUID]] = defaultdict(set)
    for subject_type, subject_id in subjects:
        with suppress(ValueError):  # an id that no row of ours can have
            ids[subject_type].add(UUID(subject_id))
    return {
        (subject_type, str(row.pk)): kind.name(row)
        for subject_type, wanted in ids.items()
        if (kind := _kinds.get(subject_type)) and (personal or not kind.personal)
        for row in kind.rows_of(tenant_id).filter(pk__in=wanted)
    }
