from uuid import UUID, uuid4

import pytest
from django.utils import timezone
from pytest_django import Settings

from gauzy import context
from gauzy.eventbus.models import StoredEvent
from gauzy.eventbus.testing import recorded_events
from gauzy.users import links
from gauzy.users.events import EmailVerifiedEvent, PasswordSetEvent
from gauzy.users.exceptions import InvalidLink, WeakPassword
from gauzy.users.models import User
from gauzy.users.selectors import find_usable_token
from gauzy.users.services import issue_token, set_password_with_link, verify_email
from tests.factories.platform import SYSTEM, new_owner

pytestmark = pytest.mark.django_db
NEW_PASSWORD = "another long sentence"


def token_in(link: str) -> str:
    return link.rpartition("/")[2]


def set_password(user_id: UUID, token: str, password: str = NEW_PASSWORD) -> None:
    with context.acting(tenant_id=None, actor=SYSTEM):
        set_password_with_link(user_id=user_id, token=token, password=password)


def verify(token: str) -> None:
    with context.acting(tenant_id=None, actor=SYSTEM):
        verify_email(token=token)


def test_a_link_sets_the_password_and_proves_the_email() -> None:
    user = new_owner().user
    with recorded_events() as events:
        set_password(user.pk, token_in(links.set_password_url(user)))
    user.refresh_from_db()
    assert user.check_password(NEW_PASSWORD)
    assert user.email_verified_at
    assert events == [PasswordSetEvent(tenant_id=None, user_id=user.pk)]
    assert StoredEvent.objects.get(name="users.password_set").actor_id == user.pk


def test_a_link_works_once() -> None:
    user = new_owner().user
    token = token_in(links.set_password_url(user))
    set_password(user.pk, token)
    with recorded_events() as events, pytest.raises(InvalidLink):
        set_password(user.pk, token, "a third long sentence")
    user.refresh_from_db()
    assert user.check_password(NEW_PASSWORD)
    assert not events


def test_a_new_password_kills_the_tokens() -> None:
    owner = new_owner()
    issued = issue_token(membership=owner)
    set_password(owner.user_id, token_in(links.set_password_url(owner.user)))
    assert find_usable_token(issued.secret) is None


def test_a_weak_password_leaves_the_link_usable() -> None:
    user = new_owner().user
    token = token_in(links.set_password_url(user))
    with pytest.raises(WeakPassword):
        set_password(user.pk, token, "12345")
    set_password(user.pk, token)


@pytest.mark.parametrize("spoil", ["unknown user", "other user", "malformed", "expired", "inactive"])
def test_links_that_are_no_good_are_refused_all_alike(spoil: str, settings: Settings) -> None:
    user = new_owner().user
    user_id, token = user.pk, token_in(links.set_password_url(user))
    match spoil:
        case "unknown user":
            user_id = uuid4()
        case "other user":
            user_id = new_owner().user_id
        case "malformed":
            token = "nonsense"
        case "expired":
            settings.PASSWORD_RESET_TIMEOUT = -1
        case "inactive":
            User.objects.update(is_active=False)
    with pytest.raises(InvalidLink, match=r"^This link is not valid any more"):
        set_password(user_id, token)


def test_a_link_verifies_the_email_once() -> None:
    user = new_owner().user
    token = token_in(links.verify_email_url(user))
    with recorded_events() as events:
        verify(token)
        verify(token)
    user.refresh_from_db()
    assert user.email_verified_at
    assert events == [EmailVerifiedEvent(tenant_id=None, user_id=user.pk)]


@pytest.mark.parametrize("spoil", ["malformed", "expired", "changed email"])
def test_verification_links_that_are_no_good_are_refused(spoil: str, settings: Settings) -> None:
    user = new_owner().user
    token = token_in(links.verify_email_url(user))
    match spoil:
        case "malformed":
            token = token[:-2]
        case "expired":
            settings.VERIFY_EMAIL_TIMEOUT = -1
        case "changed email":
            User.objects.update(email="other@example.org")
    with pytest.raises(InvalidLink):
        verify(token)
    user.refresh_from_db()
    assert user.email_verified_at is None


def test_links_lead_to_this_installation(settings: Settings) -> None:
    settings.PUBLIC_URL = "https://gauzy.example"
    user = User(email="a@example.org", password="x", date_joined=timezone.now())
    assert links.set_password_url(user).startswith(f"https://gauzy.example/accounts/set-password/{user.pk}/")
    assert links.verify_email_url(user).startswith("https://gauzy.example/accounts/verify-email/")
