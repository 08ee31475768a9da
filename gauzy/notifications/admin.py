from collections.abc import Iterable
from datetime import timedelta

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html, urlize
from django.utils.safestring import mark_safe

from gauzy.notifications import selectors
from gauzy.notifications.choices import EmailStatus
from gauzy.notifications.kinds import registered_kinds
from gauzy.notifications.models import EmailMessage, Notification
from gauzy.site.base import ReadOnlyAdmin
from gauzy.site.html import chip, link
from gauzy.site.navigation import Entry, Task
from gauzy.site.parts import Card

_TONES = {
    EmailStatus.QUEUED: "warning",
    EmailStatus.SENDING: "info",
    EmailStatus.SENT: "good",
    EmailStatus.FAILED: "danger",
}
_RECENT = timedelta(days=7)


@admin.register(EmailMessage)
class EmailMessageAdmin(ReadOnlyAdmin):
    """The tenant's e-mails: what was written to whom, and whether it got there."""

    navigation = (Entry(Task.MESSAGES, "E-mails", "mail", "notifications_emailmessage_changelist"),)
    empty_hint = "Handlers write mails when something happened: the first invite sends one."
    list_display = ("subject", "to", "status_chip", "attempts", "created_at", "sent_at")
    list_filter = ("status", "created_at")
    search_fields = ("to", "subject")
    ordering = ("-created_at", "-id")
    fieldsets = (
        (None, {"fields": ("subject", "to", "status_chip", "attempts", "last_error")}),
        ("Text", {"fields": ("shown_text",)}),
        ("Record", {"fields": ("created_at", "sent_at", "event", "message_id")}),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[EmailMessage]:
        return selectors.emails()

    @admin.display(description="status", ordering="status")
    def status_chip(self, email: EmailMessage) -> str:
        return chip(EmailStatus(email.status).label, _TONES[EmailStatus(email.status)])

    @admin.display(description="text")
    def shown_text(self, email: EmailMessage) -> str:
        links = mark_safe(urlize(email.text, nofollow=True, autoescape=True))  # noqa: S308  urlize escapes the rest
        return format_html('<div class="gz-pre gz-mailtext">{}</div>', links)

    @admin.display(description="because of")
    def event(self, email: EmailMessage) -> str:
        event_id, _, handler = email.key.partition(":")
        return link(reverse("admin:bus_event", args=(event_id,)), handler)

    def cards(self, request: HttpRequest) -> Iterable[Card]:
        """Say how many e-mails of the last days did not get through."""
        recent = self.get_queryset(request).filter(created_at__gte=timezone.now() - _RECENT)
        failed = recent.filter(status=EmailStatus.FAILED).count()
        failures = f"{reverse('admin:notifications_emailmessage_changelist')}?status__exact={EmailStatus.FAILED}"
        hint = f"in the last {_RECENT.days} days"
        return [Card("E-mails failed", failed, hint, failures, "unsubscribe", "danger" if failed else "good")]


@admin.register(Notification)
class NotificationAdmin(ReadOnlyAdmin):
    """What people were told in the application."""

    navigation = (Entry(Task.MESSAGES, "Notifications", "notifications", "notifications_notification_changelist"),)
    empty_hint = "Handlers tell people of what concerns them, such as a decision that waits for them."
    list_display = ("title", "user", "kind_label", "created_at", "read_at")
    list_filter = ("created_at",)
    list_select_related = ("user",)
    search_fields = ("title", "user__email")
    ordering = ("-created_at", "-id")
    fields = ("title", "body", "user_name", "kind_label", "created_at", "read_at", "event")

    @admin.display(description="kind", ordering="kind")
    def kind_label(self, notification: Notification) -> str:
        return registered_kinds().get(notification.kind, notification.kind)

    @admin.display(description="to")
    def user_name(self, notification: Notification) -> str:
        return str(notification.user)

    @admin.display(description="because of")
    def event(self, notification: Notification) -> str:
        return link(reverse("admin:bus_event", args=(notification.event_id,)), "its event")
