from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import models

from gauzy import context
from gauzy.eventbus.ids import uuid7
from gauzy.tenancy.choices import Role
from gauzy.tenancy.managers import TenantManager


class Tenant(models.Model):
    """One customer of this installation; no row of one is ever visible to another."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    name = models.CharField(max_length=200)
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.name


class TenantKey(models.ForeignKey[Any, Any]):
    """The tenant of a row: the context's, if none is given. For migrations it is an ordinary foreign key."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs |= {"to": "tenancy.Tenant", "on_delete": models.PROTECT, "related_name": "+", "editable": False}
        super().__init__(**kwargs)

    def get_default(self) -> UUID:
        return context.tenant_id()

    def deconstruct(self) -> Any:
        name, _, args, kwargs = super().deconstruct()
        return name, "django.db.models.ForeignKey", args, kwargs


class TenantModel(models.Model):
    """Base of every row that belongs to a tenant.

    `objects` sees the context's tenant only. `unscoped` sees all: for the edge, which has yet to learn its tenant, and
    for handlers that work for several.
    """

    tenant = TenantKey()

    objects = TenantManager()
    unscoped = models.Manager()  # noqa: DJ012  a manager too, whatever its name

    class Meta:
        abstract = True
        base_manager_name = "unscoped"


class Membership(TenantModel):
    """A user's place in a tenant. Sessions and tokens are bound to one; an inactive one opens nothing."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    role = models.CharField(max_length=20, choices=Role)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta(TenantModel.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "user"], name="tenancy_membership_once_per_tenant")]

    def __str__(self) -> str:
        return f"{self.user_id} as {self.role}"
