"""What GitHub delivered, which repositories are linked with which projects, and what mentions their tasks."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from gauzy.eventbus.ids import uuid7
from gauzy.tenancy.managers import TenantManager
from gauzy.tenancy.models import TenantModel
from integrations.choices import DeliveryState, ReferenceKind
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


class RepositoryLink(TenantModel):
    """A project whose tasks are exchanged with the issues of a repository; both may have several of these.

    `repository` is the full name; the id, which stays when a repository is renamed, is learnt from what GitHub tells.
    With a `sync_label` only issues that bear it become tasks.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    integration = models.ForeignKey(Integration, on_delete=models.PROTECT, related_name="+", db_index=False)
    project = models.ForeignKey("timetracking.Project", on_delete=models.PROTECT, related_name="+")
    repository = models.CharField(max_length=200, help_text="owner/name, as GitHub shows it.")
    repository_id = models.BigIntegerField(null=True, editable=False)
    sync_label = models.CharField(max_length=50, blank=True, help_text="Only issues with this label; empty: all.")
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta(TenantModel.Meta):
        abstract = False
        constraints = [
            models.UniqueConstraint(
                "integration", "project", Lower("repository"), name="integrations_repository_once_per_project"
            )
        ]

    def __str__(self) -> str:
        return self.repository


class TaskReference(TenantModel):
    """A pull request or a commit that mentions the issue of a task; `version` is GitHub's own time of it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    integration = models.ForeignKey(Integration, on_delete=models.PROTECT, related_name="+", db_index=False)
    task = models.ForeignKey("timetracking.Task", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=20, choices=ReferenceKind)
    external_id = models.CharField(max_length=100)
    title = models.CharField(max_length=300, blank=True)
    url = models.CharField(max_length=500, blank=True)
    state = models.CharField(max_length=20, blank=True, help_text="Of a pull request: open, merged, closed.")
    closes = models.BooleanField(default=False, help_text="It says that it closes the issue.")
    version = models.DateTimeField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta(TenantModel.Meta):
        abstract = False
        constraints = [
            models.UniqueConstraint(
                fields=["integration", "task", "kind", "external_id"], name="integrations_reference_once_per_task"
            )
        ]

    def __str__(self) -> str:
        return self.title or self.external_id
