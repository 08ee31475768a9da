"""The answers kept for idempotency keys: every write."""

from datetime import timedelta

from django.utils import timezone

from gauzy.rest.models import KeptAnswer

KEPT_FOR = timedelta(hours=24)
_AT_ONCE = 100


def keep_answer(*, scope: str, fingerprint: str, status: int, content: str, etag: str) -> None:
    """Keep an answer in the transaction of what it tells of, and forget some that are old."""
    forget_old_answers()
    KeptAnswer.objects.create(scope=scope, fingerprint=fingerprint, status=status, content=content, etag=etag)


def find_answer(scope: str) -> KeptAnswer | None:
    """Return the answer that was kept under the scope, unless its time is over: then it makes room."""
    kept = KeptAnswer.objects.filter(scope=scope).first()
    if kept and kept.created_at < timezone.now() - KEPT_FOR:
        kept.delete()
        return None
    return kept


def forget_old_answers() -> None:
    """Delete some of those whose time is over: more than come in, never so many that a request waits."""
    old = KeptAnswer.objects.filter(created_at__lt=timezone.now() - KEPT_FOR).order_by("created_at")
    locked = old.select_for_update(skip_locked=True).values_list("pk", flat=True)[:_AT_ONCE]
    if gone := list(locked):
        KeptAnswer.objects.filter(pk__in=gone).delete()
