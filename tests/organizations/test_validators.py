import pytest
from django.core.exceptions import ValidationError

from gauzy.organizations.currencies import DIGITS
from gauzy.organizations.validators import validate_currency, validate_time_zone


@pytest.mark.parametrize("name", ["UTC", "Europe/Berlin", "America/Argentina/Buenos_Aires", "Etc/GMT+5"])
def test_names_of_the_zone_database_are_time_zones(name: str) -> None:
    validate_time_zone(name)


@pytest.mark.parametrize(
    "name", ["", "Berlin", "Europe", "../etc/passwd", "localtime", "Factory", "UTC+1", "europe/berlin"]
)
def test_anything_else_is_not(name: str) -> None:
    with pytest.raises(ValidationError):
        validate_time_zone(name)


def test_currencies_know_their_digits() -> None:
    assert (DIGITS["EUR"], DIGITS["JPY"], DIGITS["KWD"]) == (2, 0, 3)
    assert all(len(code) == 3 and code.isupper() for code in DIGITS)


@pytest.mark.parametrize("code", ["", "eur", "EURO", "XXX", "XAU"])
def test_what_is_not_money_is_no_currency(code: str) -> None:
    with pytest.raises(ValidationError):
        validate_currency(code)
