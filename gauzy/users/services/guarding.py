"""Guessing passwords: after some wrong ones each next try has to wait twice as long as the one before."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac

from gauzy.users.emails import normalize_email
from gauzy.users.exceptions import LockedOut
from gauzy.users.models import Guesses

FORGOTTEN_AFTER = timedelta(days=1)
_AT_ONCE = 100


@dataclass(frozen=True, slots=True)
class Limit:
    """`free` tries in a row; the last of them opens the first wait. Waits are in seconds."""

    free: int
    first_wait: int
    longest_wait: int

    def wait_after(self, wrong: int) -> timedelta | None:
        if wrong < self.free:
            return None
        doubled = self.first_wait * 2 ** min(wrong - self.free, 16)
        return timedelta(seconds=min(doubled, self.longest_wait))


# Who guesses from one place soon waits for an hour. Who guesses from many can shut the owner out for a quarter of an
# hour at a time, until they choose a password by mail. Who tries one password on everybody is stopped by the address.
OF_BOTH = Limit(free=5, first_wait=30, longest_wait=3_600)
OF_ACCOUNT = Limit(free=20, first_wait=30, longest_wait=900)
OF_ADDRESS = Limit(free=50, first_wait=60, longest_wait=3_600)


@dataclass(frozen=True, slots=True)
class _Counter:
    key: str
    account: str
    limit: Limit


@transaction.atomic
def admit_guess(*, email: str, address: str, now: datetime | None = None) -> None:
    """Count a password that is about to be judged as a wrong one; raise `LockedOut`, counting nothing, if it must wait.

    Counted before it is judged, under a lock: tries at the same time do not slip through together.
    """
    now = now or timezone.now()
    counters = _counters(email, address)
    fresh = [Guesses(key=one.key, account=one.account, counted_at=now) for one in counters]
    Guesses.objects.bulk_create(fresh, ignore_conflicts=True)
    rows = _locked(counters)
    if until := max((row.locked_until for row in rows if row.locked_until and row.locked_until > now), default=None):
        raise LockedOut(wait=(until - now).total_seconds())
    limits = {counter.key: counter.limit for counter in counters}
    for row in rows:  # one may be missing: somebody has just proved themselves
        is_forgotten = row.counted_at < now - FORGOTTEN_AFTER
        row.wrong = 1 if is_forgotten else row.wrong + 1
        wait = limits[row.key].wait_after(row.wrong)
        row.locked_until = now + wait if wait else None
        if is_forgotten or row.account:  # of an address, which many share, a day counts from its first try
            row.counted_at = now
    Guesses.objects.bulk_update(rows, ["wrong", "counted_at", "locked_until"])


@transaction.atomic
def forget_guesses(*, email: str, address: str, now: datetime | None = None) -> None:
    """Forget the wrong passwords before a right one; clear away some that are old.

    Of those from the address only this one: else an account of one's own would free it to guess at others'.
    """
    for row in _locked(_counters(email, address)):
        if row.account:
            row.delete()
        else:
            row.wrong, row.locked_until = max(row.wrong - 1, 0), None
            row.save(update_fields=["wrong", "locked_until"])
    old = Guesses.objects.filter(counted_at__lt=(now or timezone.now()) - FORGOTTEN_AFTER).order_by("counted_at")
    locked = old.select_for_update(skip_locked=True).values_list("pk", flat=True)[:_AT_ONCE]
    Guesses.objects.filter(pk__in=list(locked)).delete()


def forget_guesses_of(*, email: str) -> None:
    """Forget every wrong password for an e-mail, whose owner has proved themselves by a mailed link."""
    Guesses.objects.filter(account=_digest("account", normalize_email(email))).delete()


def _counters(email: str, address: str) -> list[_Counter]:
    """Return what a try counts for, in the order in which the rows are locked."""
    account, place = _digest("account", normalize_email(email)), _digest("address", address)
    counters = [_Counter(account, account, OF_ACCOUNT)]
    if address:
        counters.append(_Counter(_digest("both", account + place), account, OF_BOTH))
        counters.append(_Counter(place, "", OF_ADDRESS))
    return sorted(counters, key=lambda counter: counter.key)


def _locked(counters: list[_Counter]) -> list[Guesses]:
    rows = Guesses.objects.filter(pk__in=[counter.key for counter in counters])
    return list(rows.order_by("pk").select_for_update())


def _digest(kind: str, value: str) -> str:
    return salted_hmac(f"gauzy.users.guesses.{kind}", value, algorithm="sha256").hexdigest()
