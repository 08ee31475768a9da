from functools import cache
from zoneinfo import available_timezones

from django.core.exceptions import ValidationError

from gauzy.organizations.currencies import DIGITS

# Names in the zone database that are not places: they mean "wherever this server is" or nothing.
NOT_PLACES = {"localtime", "Factory"}


def validate_time_zone(name: str) -> None:
    """Accept names of the IANA time zone database, as they are spelt there."""
    if name not in time_zones():
        raise ValidationError(f"{name!r} is not an IANA time zone such as Europe/Berlin.", code="unknown_time_zone")


def validate_currency(code: str) -> None:
    if code not in DIGITS:
        raise ValidationError(f"{code!r} is not an ISO 4217 currency code such as EUR.", code="unknown_currency")


@cache
def time_zones() -> frozenset[str]:
    """Every name of a time zone; reading them takes some 20 ms once."""
    return frozenset(available_timezones() - NOT_PLACES)
