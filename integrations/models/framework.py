"""Integrations, what they map, and what their syncs did."""

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower

from gauzy.eventbus.ids import uuid7
from gauzy.tenancy.models import TenantModel
from integrations import crypto
from integrations.choices import Direction, EntityKind, IntegrationState, Provider, SyncState
from integrations.providers.specs import SPECS


class Integration(TenantModel):
    """An organization's connection with one account of another system.

    `account` is what the provider calls the account: a GitHub App's installation id, an Upwork organization; empty for
    a connection by personal token. `entities` holds the direction of each kind of rows. `sealed` is read by services
    alone and shown by nothing. `asked_at` tells when a sync was asked for last. The lease is that of the one sync that
    may run; its holder is the event that asked for it, if one did.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organization = models.ForeignKey("organizations.Organization", on_delete=models.PROTECT, related_name="+")
    provider = models.CharField(max_length=20, choices=Provider)
    name = models.CharField(max_length=100)
    account = models.CharField(max_length=200, blank=True)
    state = models.CharField(max_length=20, choices=IntegrationState, default=IntegrationState.ACTIVE)
    state_reason = models.CharField(max_length=300, blank=True, editable=False)
    entities = models.JSONField(default=dict)
    sealed = models.TextField(default="", editable=False)
    last_synced_at = models.DateTimeField(null=True, editable=False)
    asked_at = models.DateTimeField(null=True, editable=False)
    lease_token = models.UUIDField(null=True, editable=False)
    lease_holder = models.UUIDField(null=True, editable=False)
    lease_until = models.DateTimeField(null=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta(TenantModel.Meta):
        abstract = False
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "provider", "account"],
                condition=~Q(account="") & ~Q(state=IntegrationState.REMOVED),
                name="integrations_account_once_per_tenant",
            ),
        ]
        indexes = [models.Index(fields=["provider", "account"], name="integrations_account")]

    def __str__(self) -> str:
        return self.name

    @property
    def secret_names(self) -> list[str]:
        """Return which secrets are set, without what they are."""
        return sorted(crypto.unseal(self.sealed).keys() & SPECS[Provider(self.provider)].secrets)

    def direction_of(self, kind: EntityKind) -> Direction:
        """Return which way rows of a kind travel; none does unless the integration is active."""
        if self.state != IntegrationState.ACTIVE:
            return Direction.OFF
        return Direction(self.entities.get(kind, Direction.OFF))


class ExternalId(TenantModel):
    """What another system calls a row of ours, and which version of it we know.

    `version` is the other system's own time of its newest change that was taken in; `digest` sums up what both sides
    then agreed on, so that an echo is recognised. A row without `internal_id` is the mark of something gone.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    integration = models.ForeignKey(Integration, on_delete=models.PROTECT, related_name="+", db_index=False)
    kind = models.CharField(max_length=20, choices=EntityKind)
    external_id = models.CharField(max_length=200)
    internal_id = models.UUIDField(null=True)
    reference = models.CharField(max_length=300, blank=True, help_text="How people there name it: owner/repo#12.")
    version = models.DateTimeField(null=True)
    digest = models.CharField(max_length=64, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta(TenantModel.Meta):
        abstract = False
        constraints = [
            models.UniqueConstraint(
                fields=["integration", "kind", "external_id"], name="integrations_external_id_once"
            ),
            models.UniqueConstraint(  # a time log may be made of many of their records
                fields=["integration", "kind", "internal_id"],
                condition=~Q(kind=EntityKind.TIME_LOG),
                name="integrations_internal_id_once",
            ),
        ]
        indexes = [
            models.Index(fields=["internal_id"], name="integrations_internal_id"),
            models.Index("integration", "kind", Lower("reference"), name="integrations_reference"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.external_id}"


class SyncRun(TenantModel):
    """One sync of an integration. `cursor` is where the next page begins, for whoever takes the run up again."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    integration = models.ForeignKey(Integration, on_delete=models.PROTECT, related_name="+", db_index=False)
    state = models.CharField(max_length=10, choices=SyncState, default=SyncState.RUNNING)
    feed = models.CharField(max_length=40, blank=True)
    cursor = models.TextField(blank=True)
    pages = models.PositiveIntegerField(default=0)
    created = models.PositiveIntegerField(default=0)
    updated = models.PositiveIntegerField(default=0)
    unchanged = models.PositiveIntegerField(default=0)
    conflicts = models.PositiveIntegerField(default=0)
    error = models.CharField(max_length=60, blank=True)
    error_text = models.CharField(max_length=500, blank=True)
    started_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True)

    class Meta(TenantModel.Meta):
        abstract = False
        constraints = [
            models.UniqueConstraint(
                fields=["integration"], condition=Q(state=SyncState.RUNNING), name="integrations_one_running_sync"
            ),
            models.CheckConstraint(
                condition=Q(state=SyncState.RUNNING, finished_at=None) | Q(finished_at__gte=F("started_at")),
                name="integrations_sync_finished_or_running",
            ),
        ]
        indexes = [models.Index(fields=["integration", "-id"], name="integrations_newest_sync")]

    def __str__(self) -> str:
        return f"sync of {self.started_at:%Y-%m-%d %H:%M}"


class SyncConflict(TenantModel):
    """An item that a run could not take in, and why."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    run = models.ForeignKey(SyncRun, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=20, choices=EntityKind)
    external_id = models.CharField(max_length=200)
    code = models.CharField(max_length=60)
    message = models.CharField(max_length=500)

    class Meta(TenantModel.Meta):
        abstract = False
        constraints = [
            models.UniqueConstraint(fields=["run", "kind", "external_id"], name="integrations_conflict_once_per_run")
        ]

    def __str__(self) -> str:
        return f"{self.external_id}: {self.code}"
