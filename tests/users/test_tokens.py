from datetime import timedelta

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, Settings

from gauzy.tenancy.choices import Role
from gauzy.tenancy.models import Membership
from gauzy.users.exceptions import InvalidCredentials, NoMembership, TenantChoiceNeeded
from gauzy.users.models import AccessToken, User
from gauzy.users.selectors import find_usable_token
from gauzy.users.services import end_access, issue_token, login, note_token_use, revoke_token
from tests.factories.platform import PASSWORD, new_member, new_owner

pytestmark = pytest.mark.django_db


def test_only_a_digest_of_a_token_is_stored() -> None:
    issued = issue_token(membership=new_owner(), name="laptop")
    assert issued.secret.startswith("gzy_")
    assert issued.token.prefix == issued.secret[:12]
    assert issued.secret not in str(AccessToken.objects.filter(pk=issued.token.pk).values().get())


def test_a_token_lives_as_long_as_the_setting_says(settings: Settings) -> None:
    settings.ACCESS_TOKEN_LIFETIME = timedelta(hours=1)
    remaining = issue_token(membership=new_owner()).token.expires_at - timezone.now()
    assert timedelta(minutes=59) < remaining <= timedelta(hours=1)


def test_a_fresh_token_is_usable_and_found_with_one_query(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    owner = new_owner()
    secret = issue_token(membership=owner).secret
    with django_assert_num_queries(1):
        token = find_usable_token(secret)
        assert token
        assert (token.membership.user.email, token.membership.tenant.name) == (owner.user.email, "Acme")


@pytest.mark.parametrize("spoil", ["expire", "revoke", "end membership", "deactivate user", "guess"])
def test_a_token_that_is_no_longer_good_is_not_found(spoil: str) -> None:
    owner = new_owner()
    issued = issue_token(membership=owner)
    secret = issued.secret
    match spoil:
        case "expire":
            AccessToken.objects.update(expires_at=timezone.now())
        case "revoke":
            revoke_token(token_id=issued.token.id)
        case "end membership":
            Membership.unscoped.update(is_active=False)
        case "deactivate user":
            User.objects.update(is_active=False)
        case "guess":
            secret = secret[:-1] + ("x" if secret[-1] != "x" else "y")
    assert find_usable_token(secret) is None


def test_use_is_noted_at_intervals_only() -> None:
    token = issue_token(membership=new_owner()).token
    note_token_use(token)
    token.refresh_from_db()
    first = token.last_used_at
    assert first
    note_token_use(token)
    token.refresh_from_db()
    assert token.last_used_at == first


def test_ending_access_kills_the_tokens_of_that_membership_only() -> None:
    owner = new_owner()
    member = new_member(owner, Role.EMPLOYEE)
    elsewhere = new_member(new_owner(), Role.VIEWER, user=member.user)
    here_token, there_token = issue_token(membership=member), issue_token(membership=elsewhere)
    end_access(tenant_id=owner.tenant_id, user_id=member.user_id)
    end_access(tenant_id=owner.tenant_id, user_id=member.user_id)
    here_token.token.refresh_from_db()
    assert here_token.token.revoked_at
    assert find_usable_token(here_token.secret) is None
    assert find_usable_token(there_token.secret)


def test_signing_in_gives_a_token_for_the_only_membership() -> None:
    owner = new_owner(email="olga@example.org")
    issued = login(email=" Olga@Example.org", password=PASSWORD, name="cli")
    assert (issued.token.membership_id, issued.token.name) == (owner.id, "cli")
    assert User.objects.get(pk=owner.user_id).last_login


@pytest.mark.parametrize("wrong", ["password", "email", "inactive", "no password"])
def test_wrong_credentials_are_refused_all_alike(wrong: str) -> None:
    owner = new_owner(email="olga@example.org")
    match wrong:
        case "inactive":
            User.objects.update(is_active=False)
        case "no password":
            owner.user.set_unusable_password()
            owner.user.save()
    email = "nobody@example.org" if wrong == "email" else "olga@example.org"
    with pytest.raises(InvalidCredentials, match=r"^E-mail or password is wrong\.$"):
        login(email=email, password="wrong" if wrong == "password" else PASSWORD)


def test_a_member_of_several_tenants_has_to_choose() -> None:
    owner = new_owner()
    elsewhere = new_member(new_owner(), Role.VIEWER, user=owner.user)
    with pytest.raises(TenantChoiceNeeded) as refusal:
        login(email=owner.user.email, password=PASSWORD)
    assert refusal.value.fields["tenant_id"] == [f"{m.tenant_id}: {m.tenant.name}" for m in (owner, elsewhere)]
    issued = login(email=owner.user.email, password=PASSWORD, tenant_id=elsewhere.tenant_id)
    assert issued.token.membership_id == elsewhere.id


def test_nothing_about_tenants_is_said_before_the_password_is_proved() -> None:
    owner = new_owner()
    new_member(new_owner(), Role.VIEWER, user=owner.user)
    with pytest.raises(InvalidCredentials):
        login(email=owner.user.email, password="wrong")


def test_a_tenant_one_does_not_belong_to_cannot_be_chosen() -> None:
    owner, other = new_owner(), new_owner()
    with pytest.raises(NoMembership):
        login(email=owner.user.email, password=PASSWORD, tenant_id=other.tenant_id)
