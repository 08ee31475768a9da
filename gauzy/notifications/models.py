from django.conf import settings
from django.db import models
from django.db.models import Q

from gauzy.eventbus.ids import uuid7
from gauzy.notifications.choices import EmailStatus
from gauzy.tenancy.models import TenantModel


class Notification(TenantModel):
    """What one user is told in the application about one event."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    event_id = models.UUIDField()
    kind = models.CharField(max_length=60)
    title = models.CharField(max_length=200)
    body = models.TextField(blank=True)
    url = models.CharField(max_length=500, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    read_at = models.DateTimeField(null=True)

    class Meta(TenantModel.Meta):
        abstract = False
        constraints = [models.UniqueConstraint(fields=["event_id", "user"], name="notifications_one_per_event")]
        indexes = [
            models.Index(fields=["tenant", "user", "-created_at", "-id"], name="notifications_newest"),
            models.Index(fields=["tenant", "user"], name="notifications_unread", condition=Q(read_at__isnull=True)),
        ]

    def __str__(self) -> str:
        return self.title


class NotificationPreference(TenantModel):
    """A user's choice for one kind of notification; without a row the kind is on."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=60)
    enabled = models.BooleanField()

    class Meta(TenantModel.Meta):
        abstract = False
        constraints = [
            models.UniqueConstraint(fields=["tenant", "user", "kind"], name="notifications_one_preference_per_kind")
        ]

    def __str__(self) -> str:
        return f"{self.kind}: {'on' if self.enabled else 'off'}"


class EmailMessage(models.Model):
    """One e-mail and how far it got. `key` is the delivery's idempotency key, so a repetition finds its row.

    Outside any tenant for people who have none yet. Unless EMAIL_HISTORY_KEEPS_LINKS is set, links are kept without
    the part that opens anything.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    tenant = models.ForeignKey("tenancy.Tenant", on_delete=models.PROTECT, related_name="+", null=True, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True)
    key = models.CharField(max_length=300, unique=True)
    message_id = models.CharField(max_length=300)
    template = models.CharField(max_length=100)
    to = models.CharField(max_length=320)
    subject = models.CharField(max_length=300)
    text = models.TextField()
    html = models.TextField()
    status = models.CharField(max_length=10, choices=EmailStatus)
    attempts = models.PositiveIntegerField(default=0)
    last_error = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    sent_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = "e-mail"
        indexes = [models.Index(fields=["tenant", "-created_at", "-id"], name="notifications_email_newest")]

    def __str__(self) -> str:
        return self.subject
