from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from django.db.models import QuerySet

from gauzy import context
from gauzy.notifications.exceptions import EmailNotFound
from gauzy.notifications.kinds import registered_kinds
from gauzy.notifications.models import EmailMessage, Notification, NotificationPreference


def notifications_of(user_id: UUID, *, unread: bool | None = None) -> QuerySet[Notification]:
    """Return a user's notifications in the tenant; `unread` picks those not read, or those read."""
    notifications: QuerySet[Notification] = Notification.objects.filter(user_id=user_id)
    return notifications if unread is None else notifications.filter(read_at__isnull=unread)


@dataclass(frozen=True, slots=True)
class Preference:
    kind: str
    label: str
    enabled: bool


def preferences_of(user_id: UUID) -> list[Preference]:
    """Return for every kind there is whether the user wants it."""
    chosen = dict(NotificationPreference.objects.filter(user_id=user_id).values_list("kind", "enabled"))
    return [Preference(kind, label, chosen.get(kind, True)) for kind, label in registered_kinds().items()]


def users_without(kind: str, *, among: Collection[UUID]) -> set[UUID]:
    """Return those of `among` who switched `kind` off."""
    return set(
        NotificationPreference.objects.filter(kind=kind, enabled=False, user_id__in=among).values_list(
            "user_id", flat=True
        )
    )


def emails() -> QuerySet[EmailMessage]:
    """Return the tenant's e-mail history; what went to people outside any tenant belongs to nobody's."""
    return EmailMessage.objects.filter(tenant_id=context.tenant_id())


def email(email_id: UUID) -> EmailMessage:
    """Return one of the tenant's e-mails; raise `EmailNotFound`."""
    if not (found := emails().filter(pk=email_id).first()):
        raise EmailNotFound
    return found
