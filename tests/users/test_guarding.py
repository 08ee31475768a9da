from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings
from rest_framework.test import APIClient

from gauzy.users import links
from gauzy.users.exceptions import LockedOut
from gauzy.users.models import Guesses
from gauzy.users.services import admit_guess, forget_guesses
from gauzy.users.services.guarding import OF_ACCOUNT, OF_ADDRESS, OF_BOTH
from tests.employees.test_concurrency import at_once
from tests.factories.platform import PASSWORD, new_owner

pytestmark = pytest.mark.django_db
EMAIL, ADDRESS = "olga@example.org", "10.0.0.1"
NOW = timezone.now()


@pytest.fixture(autouse=True)
def no_throttles(settings: Settings) -> None:
    settings.THROTTLE_RATES = dict.fromkeys(settings.THROTTLE_RATES)


def guess(*, email: str = EMAIL, address: str = ADDRESS, after: float = 0) -> float:
    """Try a wrong password `after` seconds; return how long the try has to wait, 0 if it was judged."""
    try:
        admit_guess(email=email, address=address, now=NOW + timedelta(seconds=after))
    except LockedOut as refusal:
        return refusal.wait
    return 0


def guess_until_locked(**who: Any) -> None:
    assert any(guess(**who) for _ in range(OF_ADDRESS.free + 1)), "one may guess for ever"


def sign_in(email: str = EMAIL, password: str = PASSWORD, address: str = ADDRESS) -> Any:
    return APIClient(REMOTE_ADDR=address).post("/api/v1/auth/tokens", {"email": email, "password": password})


def test_some_guesses_are_free_and_then_each_waits_twice_as_long() -> None:
    assert [guess() for _ in range(OF_BOTH.free)] == [0] * OF_BOTH.free
    assert guess(after=1) == OF_BOTH.first_wait - 1
    waited, waits = 0.0, []
    for _ in range(9):
        waits.append(guess(after=waited))
        waited += waits[-1]
        assert guess(after=waited) == 0
    assert waits == [30, 60, 120, 240, 480, 960, 1920, 3600, 3600]


def test_a_refused_try_does_not_make_the_wait_longer() -> None:
    guess_until_locked()
    assert [guess(after=second) for second in (1, 2, 3)] == [29, 28, 27]


def test_the_right_password_forgets_the_wrong_ones() -> None:
    for _ in range(3):
        assert [guess() for _ in range(OF_BOTH.free - 1)] == [0] * (OF_BOTH.free - 1)
        forget_guesses(email=" Olga@Example.org", address=ADDRESS, now=NOW)


def test_a_day_later_counting_starts_again() -> None:
    guess_until_locked()
    day = timedelta(days=1, seconds=1).total_seconds()
    assert [guess(after=day) for _ in range(OF_BOTH.free)] == [0] * OF_BOTH.free


def test_who_guesses_from_one_place_shuts_nobody_out_elsewhere() -> None:
    guess_until_locked()
    assert guess(address="10.0.0.2") == 0


def test_many_places_do_not_help_to_guess_one_password() -> None:
    waits = [guess(address=f"10.0.{number}.1") for number in range(OF_ACCOUNT.free + 1)]
    assert (waits.count(0), waits[-1]) == (OF_ACCOUNT.free, OF_ACCOUNT.first_wait)
    guess_until_locked(address="10.1.0.1", after=10_000)
    assert guess(address="10.1.0.2", after=10_000) <= OF_ACCOUNT.longest_wait


def test_trying_one_password_on_everybody_is_stopped_by_the_address() -> None:
    waits = [guess(email=f"user-{number}@example.org") for number in range(OF_ADDRESS.free + 1)]
    assert (waits.count(0), waits[-1]) == (OF_ADDRESS.free, OF_ADDRESS.first_wait)


def test_an_account_of_ones_own_does_not_free_the_address_to_guess_on() -> None:
    for number in range(OF_ADDRESS.free - 1):
        assert guess(email=f"user-{number}@example.org") == 0
        admit_guess(email="mine@example.org", address=ADDRESS, now=NOW)
        forget_guesses(email="mine@example.org", address=ADDRESS, now=NOW)
    assert guess() == 0
    assert guess(email="last@example.org") == OF_ADDRESS.first_wait


def test_what_is_old_is_cleared_away() -> None:
    guess(email="nobody@example.org", address="10.0.0.9")
    forget_guesses(email=EMAIL, address=ADDRESS, now=NOW + timedelta(days=2))
    assert not Guesses.objects.exists()


def test_neither_email_nor_address_is_stored() -> None:
    guess()
    stored = str(list(Guesses.objects.values()))
    assert EMAIL not in stored
    assert ADDRESS not in stored


def test_an_office_where_everybody_errs_once_in_a_while_is_not_locked_out() -> None:
    for hour in range(3 * OF_ADDRESS.free):
        typo, right = hour * 3_600.0, hour * 3_600.0 + 5
        who = f"user-{hour}@example.org"
        assert (guess(email=who, after=typo), guess(email=who, after=right)) == (0, 0)
        forget_guesses(email=who, address=ADDRESS, now=NOW + timedelta(seconds=right))


@pytest.mark.parametrize("email", [EMAIL, "nobody@example.org"])
def test_the_api_locks_out_and_does_not_tell_who_exists(email: str) -> None:
    new_owner(email=EMAIL)
    assert [sign_in(email, "wrong").status_code for _ in range(OF_BOTH.free)] == [401] * OF_BOTH.free
    locked = sign_in(email)
    assert (locked.status_code, locked.json()["code"]) == (429, "locked_out")
    assert 0 < int(locked["Retry-After"]) <= OF_BOTH.first_wait
    Guesses.objects.update(locked_until=timezone.now())
    assert sign_in(email).status_code == (201 if email == EMAIL else 401)


def test_who_gets_in_starts_counting_anew() -> None:
    new_owner(email=EMAIL)
    for _ in range(3):
        assert {sign_in(EMAIL, "wrong").status_code for _ in range(OF_BOTH.free - 1)} == {401}
        assert sign_in().status_code == 201


@pytest.mark.parametrize("email", [EMAIL, "nobody@example.org"])
def test_the_admin_locks_out_together_with_the_api(email: str, client: Client) -> None:
    new_owner(email=EMAIL)
    page = reverse("admin:login")
    for _ in range(OF_BOTH.free):
        sign_in(email, "wrong", address="127.0.0.1")
    locked = client.post(page, {"username": email, "password": PASSWORD})
    assert "Too many wrong passwords" in locked.content.decode()
    assert "_auth_user_id" not in client.session
    Guesses.objects.update(locked_until=timezone.now())
    assert client.post(page, {"username": email, "password": PASSWORD}).status_code == (302 if email == EMAIL else 200)


def test_the_mailed_link_lets_a_locked_out_user_in() -> None:
    owner = new_owner(email=EMAIL)
    for number in range(OF_ACCOUNT.free):
        sign_in(password="wrong", address=f"10.0.{number}.1")
    assert sign_in().status_code == 429
    link = links.set_password_url(owner.user)
    body = {"user_id": str(owner.user_id), "token": link.rpartition("/")[2], "password": "another long sentence"}
    assert APIClient().post("/api/v1/auth/set-password", body).status_code == 204
    assert sign_in(password="another long sentence").status_code == 201


@pytest.mark.django_db(transaction=True)
@pytest.mark.postgres
def test_guesses_at_once_do_not_slip_through_together() -> None:
    waits = at_once(*[guess] * 20)
    assert sum(wait == 0 for wait in waits) == OF_BOTH.free, waits
