"""What GitHub delivered."""

from django.db import models
from django.db.models import Q

from gauzy.eventbus.ids import uuid7
from gauzy.tenancy.managers import TenantManager
from integrations.choices import DeliveryState
from integrations.models.framework import Integration


class GitHubDelivery(models.Model):
    """A verified delivery. One of an installation that nobody here has connected belongs to no tenant.

    `body` is what came, byte for byte, unless it is ignored.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    tenant = models.ForeignKey("tenancy.Tenant", null=True, on_delete=models.PROTECT, related_name="+")
    integration = models.ForeignKey(Integration, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    delivery = models.CharField(max_length=100)
    event = models.CharField(max_length=100)
    action = models.CharField(max_length=100, blank=True)
    content_type = models.CharField(max_length=100, blank=True)
    body = models.BinaryField()
    state = models.CharField(max_length=10, choices=DeliveryState)
    note = models.CharField(max_length=300, blank=True)
    received_at = models.DateTimeField(auto_now_add=True)

    objects = TenantManager()
    unscoped = models.Manager()  # noqa: DJ012  a manager too, whatever its name

    class Meta:
        verbose_name = "GitHub delivery"
        verbose_name_plural = "GitHub deliveries"
        base_manager_name = "unscoped"
        constraints = [
            models.UniqueConstraint(fields=["integration", "delivery"], name="integrations_github_delivery_once"),
            models.UniqueConstraint(
                fields=["delivery"], condition=Q(integration=None), name="integrations_unclaimed_delivery_once"
            ),
        ]
        indexes = [models.Index(fields=["tenant", "-id"], name="integrations_deliveries")]

    def __str__(self) -> str:
        return f"{self.event} {self.action}".strip()
