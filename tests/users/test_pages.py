import pytest
from django.test import Client

from gauzy.users import links
from gauzy.users.models import User
from tests.factories.platform import new_owner

pytestmark = pytest.mark.django_db
NEW_PASSWORD = "another long sentence"


def path_of(link: str) -> str:
    return "/" + link.split("/", 3)[3]


def test_opening_a_link_changes_nothing(client: Client) -> None:
    user = new_owner().user
    for link in (links.set_password_url(user), links.verify_email_url(user)):
        answer = client.get(path_of(link))
        assert answer.status_code == 200
        assert b'method="post"' in answer.content
        assert answer["Referrer-Policy"] == "no-referrer"
    before = user.password
    user.refresh_from_db()
    assert (user.password, user.email_verified_at) == (before, None)


def test_a_password_is_set_in_the_browser(client: Client) -> None:
    user = new_owner().user
    path = path_of(links.set_password_url(user))
    answer = client.post(path, {"password": NEW_PASSWORD, "repetition": NEW_PASSWORD})
    assert b"Your password is set." in answer.content
    assert User.objects.get(pk=user.pk).check_password(NEW_PASSWORD)
    answer = client.post(path, {"password": NEW_PASSWORD, "repetition": NEW_PASSWORD})
    assert (answer.status_code, b"not valid any more" in answer.content) == (400, True)


@pytest.mark.parametrize(
    ("form", "message"),
    [
        ({"password": NEW_PASSWORD, "repetition": "other"}, b"The two passwords differ."),
        ({"password": "12345", "repetition": "12345"}, b"too short"),
        ({"repetition": "x"}, b"This field is required."),
        ({}, b"This field is required."),
    ],
)
def test_a_bad_password_is_explained_in_the_form(client: Client, form: dict[str, str], message: bytes) -> None:
    user = new_owner().user
    answer = client.post(path_of(links.set_password_url(user)), form)
    assert answer.status_code == 400
    assert message in answer.content


def test_an_email_is_verified_by_the_button(client: Client) -> None:
    user = new_owner().user
    answer = client.post(path_of(links.verify_email_url(user)))
    assert b"is verified" in answer.content
    assert User.objects.get(pk=user.pk).email_verified_at


def test_a_broken_verification_link_says_so(client: Client) -> None:
    answer = client.post("/accounts/verify-email/nonsense")
    assert (answer.status_code, b"not valid any more" in answer.content) == (400, True)


def test_the_pages_take_forms_of_their_own_only() -> None:
    user = new_owner().user
    answer = Client(enforce_csrf_checks=True).post(path_of(links.verify_email_url(user)))
    assert answer.status_code == 403
