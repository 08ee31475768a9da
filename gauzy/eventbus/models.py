"""The bus's tables. `StoredEvent`, `Receipt` and `Failure` are append-only; `Delivery` is what is owed now.

Layout measured in the reference spike: a claim stays cheap at any backlog because nothing it changes is indexed.
"""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from gauzy.context import ActorKind
from gauzy.eventbus.choices import FailureKind, Outcome, PauseKind
from gauzy.eventbus.ids import uuid7


class StoredEvent(models.Model):
    """A published event. `position` grows with the publishing transaction and is never reused for readers' cursors."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    name = models.CharField(max_length=100)
    version = models.PositiveSmallIntegerField()
    tenant_id = models.UUIDField(null=True)
    actor_kind = models.CharField(max_length=20, choices=[(kind, kind) for kind in ActorKind])
    actor_id = models.UUIDField(null=True)
    actor_label = models.CharField(max_length=300)
    on_behalf_of_id = models.UUIDField(null=True)
    correlation_id = models.UUIDField()
    causation_id = models.UUIDField(null=True)
    causing_handler = models.CharField(max_length=120)  # whose act this is, within the event `causation_id`
    depth = models.PositiveSmallIntegerField()
    occurred_at = models.DateTimeField()
    recorded_at = models.DateTimeField(db_default=Now())
    subject_type = models.CharField(max_length=60)
    subject_id = models.CharField(max_length=60)
    data = models.JSONField()
    history = models.BooleanField()
    known_handlers = models.BigIntegerField()
    dedup_key = models.CharField(max_length=300, null=True, unique=True)  # noqa: DJ001  null: not unique among the many without
    position = models.BigIntegerField()

    class Meta:
        db_table = "eventbus_event"
        verbose_name = "event"
        indexes = [
            models.Index(fields=["position", "id"], name="eventbus_event_feed"),
            models.Index(fields=["tenant_id", "-id"], name="eventbus_event_tenant"),
            models.Index(fields=["correlation_id"], name="eventbus_event_correlation"),
            models.Index(
                fields=["causation_id"], name="eventbus_event_causation", condition=Q(causation_id__isnull=False)
            ),
            models.Index(fields=["subject_id", "-id"], name="eventbus_event_subject"),
            models.Index(fields=["name", "-id"], name="eventbus_event_name"),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.id}"


class DeliveryKey(models.Model):
    """What names a delivery: event, handler, target (a handler's own subdivision), generation (grows with replays)."""

    pk = models.CompositePrimaryKey("event_id", "handler", "target", "generation")
    event_id = models.UUIDField()
    handler = models.CharField(max_length=120)
    target = models.CharField(max_length=120, default="")
    generation = models.PositiveIntegerField(default=0)

    class Meta:
        abstract = True


class Delivery(DeliveryKey):
    """One handler's share of one event that is still owed: waiting, running (leased) or dead."""

    due = models.DateTimeField()
    owed_since = models.DateTimeField()
    lease_until = models.DateTimeField(null=True)
    lease_token = models.UUIDField(null=True)
    attempts = models.PositiveIntegerField(default=0)  # counted by the claim
    failures = models.PositiveSmallIntegerField(default=0)
    crashes = models.PositiveSmallIntegerField(default=0)
    dead_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=300, default="")
    ordering_key = models.CharField(max_length=120, null=True)  # noqa: DJ001  null: not ordered, and not in its index
    edited = models.JSONField(null=True)  # what the handler reads in place of the event's data, after a repair
    order_number = models.BigIntegerField(null=True)  # taken while the publisher holds the key's lock

    class Meta:
        db_table = "eventbus_delivery"
        verbose_name_plural = "deliveries"
        indexes = [
            models.Index(fields=["handler", "due"], name="eventbus_delivery_claim", condition=Q(dead_at__isnull=True)),
            models.Index(fields=["dead_at"], name="eventbus_delivery_dead", condition=Q(dead_at__isnull=False)),
            models.Index(
                fields=["handler", "ordering_key", "order_number"],
                name="eventbus_delivery_order",
                condition=Q(ordering_key__isnull=False),
            ),
        ]


class Receipt(DeliveryKey):
    """A delivery that is over; committed together with the handler's effects."""

    outcome = models.CharField(max_length=10, choices=Outcome)
    reason = models.CharField(max_length=300, default="")
    attempts = models.PositiveIntegerField()
    finished_at = models.DateTimeField(db_default=Now())
    duration_ms = models.PositiveIntegerField(null=True)  # null: below 10 ms

    class Meta:
        db_table = "eventbus_receipt"
        indexes = [models.Index(fields=["handler", "finished_at"], name="eventbus_receipt_handler")]


class Failure(models.Model):
    """One failed attempt, with personal data masked."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    event_id = models.UUIDField()
    handler = models.CharField(max_length=120)
    target = models.CharField(max_length=120)
    generation = models.PositiveIntegerField()
    attempt = models.PositiveIntegerField()
    failed_at = models.DateTimeField(db_default=Now())
    kind = models.CharField(max_length=12, choices=FailureKind)
    error_class = models.CharField(max_length=200)
    error_text = models.TextField()
    traceback = models.TextField()

    class Meta:
        db_table = "eventbus_failure"
        indexes = [models.Index(fields=["event_id", "handler"], name="eventbus_failure_delivery")]


class Pause(models.Model):
    """A handler or a queue at rest, everywhere or in one scope. `failures` in a row are what a FAILING one grows from.

    Of `handler` and `queue` one is given. `tenant` is a tenant's id in hex, "none" for events outside any tenant, or
    empty for all; an empty `target` is every target. Without `until` it lasts until somebody resumes.
    """

    kind = models.CharField(max_length=10, choices=PauseKind)
    handler = models.CharField(max_length=120, default="")
    queue = models.CharField(max_length=60, default="")
    tenant = models.CharField(max_length=32, default="")
    target = models.CharField(max_length=120, default="")
    since = models.DateTimeField(db_default=Now())
    until = models.DateTimeField(null=True)
    failures = models.PositiveIntegerField(default=0)
    reason = models.CharField(max_length=300, default="")

    class Meta:
        db_table = "eventbus_pause"
        constraints = [
            models.UniqueConstraint(
                fields=["handler", "queue", "tenant", "target", "kind"], name="eventbus_one_pause_per_scope"
            )
        ]


class KnownHandler(models.Model):
    """Since when some worker of this installation has had a handler: from then on it is owed its events."""

    handler = models.CharField(max_length=120, primary_key=True)
    since = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "eventbus_known_handler"
