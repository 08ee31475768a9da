from typing import Any, ClassVar, NoReturn

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from activitylog.exceptions import AppendOnly
from activitylog.managers import AppendOnlyManager
from gauzy.eventbus.ids import uuid7


class ActivityLog(models.Model):
    """What happened, said once and for good.

    It names things by id without foreign keys, so it outlives whatever it tells of, and takes whatever the bus took.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    tenant_id = models.UUIDField(null=True)
    organization_id = models.UUIDField(null=True)
    event_id = models.UUIDField(unique=True)
    event = models.CharField(max_length=100)  # its wire name
    entity_type = models.CharField(max_length=60, blank=True)
    entity_id = models.CharField(max_length=60, blank=True)
    action = models.CharField(max_length=30, blank=True)
    actor_kind = models.CharField(max_length=20)
    actor_id = models.UUIDField(null=True)
    actor_label = models.CharField(max_length=300)
    on_behalf_of_id = models.UUIDField(null=True)  # the user in whose name a key acted
    summary = models.TextField()  # what happened; `description` adds who did it
    changes = models.JSONField()  # [{field, old, new, personal}]
    correlation_id = models.UUIDField()
    causation_id = models.UUIDField(null=True)
    causing_handler = models.CharField(max_length=120, blank=True)
    occurred_at = models.DateTimeField()
    recorded_at = models.DateTimeField(db_default=Now())

    objects: ClassVar[AppendOnlyManager[Any]] = AppendOnlyManager()

    class Meta:
        verbose_name = "activity"
        verbose_name_plural = "activity log"
        indexes = [
            models.Index(fields=["tenant_id", "-occurred_at", "-id"], name="activitylog_newest"),
            models.Index(fields=["tenant_id", "entity_id", "-occurred_at"], name="activitylog_entity"),
            models.Index(fields=["tenant_id", "actor_id", "-occurred_at"], name="activitylog_actor"),
            models.Index(fields=["tenant_id", "event", "-occurred_at"], name="activitylog_event"),
            models.Index(fields=["tenant_id", "organization_id", "-occurred_at"], name="activitylog_organization"),
            models.Index(fields=["correlation_id"], name="activitylog_correlation"),
            models.Index(
                fields=["causation_id"], name="activitylog_causation", condition=Q(causation_id__isnull=False)
            ),
        ]

    entity_name = ""  # where a reader is told it, what the entity is called now

    def __str__(self) -> str:
        return self.description

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise AppendOnly
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise AppendOnly

    @property
    def description(self) -> str:
        """What happened and who did it: "Employee updated by Ada Lovelace: job title"; and through which handler."""
        what, colon, details = self.summary.partition(":")
        through = f" (handler {self.causing_handler})" if self.causing_handler else ""
        return f"{what} by {self.actor_label}{through}{colon}{details}"
