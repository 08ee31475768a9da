from collections.abc import Iterable, Mapping
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from gauzy import context
from gauzy import eventbus as bus
from gauzy.eventbus import Metadata
from gauzy.notifications import mail
from gauzy.notifications.choices import EmailStatus
from gauzy.notifications.exceptions import MailDeferred, MailRefused, NotificationNotFound
from gauzy.notifications.kinds import require_kind
from gauzy.notifications.mail import RenderedMail
from gauzy.notifications.models import EmailMessage, Notification, NotificationPreference
from gauzy.notifications.selectors import users_without

_LONGEST_TITLE = 200


@transaction.atomic
def notify(*, event_id: UUID, user_ids: Iterable[UUID], kind: str, title: str, body: str = "", url: str = "") -> None:
    """Tell users about an event, once each however often it is called.

    Leaves out the actor, who knows, and those who switched the kind off. Raises `UnknownKind` for an unregistered kind.
    """
    require_kind(kind)
    title = title[:_LONGEST_TITLE]
    receivers = set(user_ids) - {context.current().actor.user_id}
    receivers -= users_without(kind, among=receivers)
    Notification.objects.bulk_create(
        [
            Notification(user_id=user_id, event_id=event_id, kind=kind, title=title, body=body, url=url)
            for user_id in sorted(receivers)
        ],
        ignore_conflicts=True,
    )


@transaction.atomic
def mark_read(*, notification_id: UUID, user_id: UUID) -> Notification:
    """Mark one as read; a second time changes nothing. Another user's is not found."""
    notification: Notification | None = (
        Notification.objects.select_for_update().filter(id=notification_id, user_id=user_id).first()
    )
    if not notification:
        raise NotificationNotFound
    if not notification.read_at:
        notification.read_at = timezone.now()
        notification.save(update_fields=["read_at"])
    return notification


@transaction.atomic
def mark_all_read(*, user_id: UUID) -> int:
    """Mark what is unread as read and return how many that were."""
    return Notification.objects.filter(user_id=user_id, read_at=None).update(read_at=timezone.now())


@transaction.atomic
def set_preferences(*, user_id: UUID, enabled: Mapping[str, bool]) -> None:
    """Switch kinds of notification on or off; kinds not named stay. Raises `UnknownKind`."""
    for kind in enabled:
        require_kind(kind)
    NotificationPreference.objects.bulk_create(
        [NotificationPreference(user_id=user_id, kind=kind, enabled=on) for kind, on in sorted(enabled.items())],
        update_conflicts=True,
        unique_fields=["tenant", "user", "kind"],
        update_fields=["enabled"],
    )


def send_email(
    *, meta: Metadata, template: str, to: str, values: Mapping[str, object], user_id: UUID | None = None
) -> None:
    """Send one e-mail from an external handler, as its last act: it ends with the delivery's receipt.

    The attempt is on record before the mail server hears of it. A repeated delivery finds its row again: what was sent
    is not sent twice, save for a crash between the server's acceptance and ours, when the repetition has the same
    Message-ID. Raises `MailDeferred` (the bus tries again) or `bus.Permanent` (it does not).
    """
    rendered = mail.render(template, values)
    email = _begin_attempt(meta, rendered, template=template, to=to, user_id=user_id)
    if email.status != EmailStatus.SENT:
        _hand_over(email, rendered)
    with meta.completing():
        EmailMessage.objects.filter(pk=email.pk).exclude(status=EmailStatus.SENT).update(
            status=EmailStatus.SENT, sent_at=timezone.now(), last_error=""
        )


@transaction.atomic
def mark_email_failed(*, event_id: UUID, handler: str) -> None:
    """Say of the mails of a delivery that the bus gave up that nobody tries any more."""
    key = f"{event_id}:{handler}"
    mails = EmailMessage.objects.filter(Q(key=key) | Q(key__startswith=f"{key}:"))
    mails.exclude(status=EmailStatus.SENT).update(status=EmailStatus.FAILED)


@transaction.atomic(durable=True)
def _begin_attempt(
    meta: Metadata, rendered: RenderedMail, *, template: str, to: str, user_id: UUID | None
) -> EmailMessage:
    fresh = {
        "tenant_id": meta.tenant_id,
        "message_id": mail.message_id_for(meta.idempotency_key),
        "status": EmailStatus.QUEUED,
    }
    email, _ = EmailMessage.objects.select_for_update().get_or_create(key=meta.idempotency_key, defaults=fresh)
    if email.status != EmailStatus.SENT:
        email.status, email.attempts = EmailStatus.SENDING, email.attempts + 1
        email.template, email.to, email.user_id = template, to, user_id
        email.subject, email.text = mail.for_history(rendered.subject)[:300], mail.for_history(rendered.text)
        email.html = mail.for_history(rendered.html)
        email.save()
    return email


def _hand_over(email: EmailMessage, rendered: RenderedMail) -> None:
    try:
        mail.hand_over(rendered, to=email.to, message_id=email.message_id, key=email.key)
    except MailRefused as refusal:
        _note_failure(email, EmailStatus.FAILED, str(refusal))
        raise bus.Permanent(str(refusal)) from None
    except MailDeferred as delay:
        _note_failure(email, EmailStatus.QUEUED, str(delay))
        raise


@transaction.atomic(durable=True)
def _note_failure(email: EmailMessage, status: EmailStatus, reason: str) -> None:
    # Not over SENT: another worker may have taken this delivery over and got through.
    EmailMessage.objects.filter(pk=email.pk).exclude(status=EmailStatus.SENT).update(status=status, last_error=reason)
