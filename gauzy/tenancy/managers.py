"""Managers of rows that belong to a tenant."""

from typing import TypeVar

from django.db.models import Manager, Model, QuerySet

from gauzy import context

M = TypeVar("M", bound=Model)


class TenantManager(Manager[M]):
    """Sees the rows of the context's tenant only; raises `MissingContext` where there is none.

    The tenant is taken when a queryset is made, not when it is evaluated.
    """

    def get_queryset(self) -> QuerySet[M]:
        return super().get_queryset().filter(tenant_id=context.tenant_id())
