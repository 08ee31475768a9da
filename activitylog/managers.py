"""The manager of a table to which rows are only added. Triggers in the database hold the same rule (triggers.py)."""

from typing import Any, NoReturn, TypeVar

from django.db.models import Manager, Model, QuerySet

from activitylog.exceptions import AppendOnly

M = TypeVar("M", bound=Model)


class AppendOnlyQuerySet(QuerySet[M]):
    def update(self, **values: Any) -> NoReturn:
        raise AppendOnly

    def bulk_update(self, *args: Any, **options: Any) -> NoReturn:
        raise AppendOnly

    def delete(self) -> NoReturn:
        raise AppendOnly


class AppendOnlyManager(Manager[M]):
    def get_queryset(self) -> AppendOnlyQuerySet[M]:
        return AppendOnlyQuerySet(self.model, using=self._db)
