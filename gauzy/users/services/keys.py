"""API keys: made, used, revoked."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import ip_network
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from gauzy import context
from gauzy import eventbus as bus
from gauzy.exceptions import Invalid
from gauzy.rest.scopes import known_scopes
from gauzy.tenancy.choices import Role
from gauzy.tenancy.membership import current_role, require_grant
from gauzy.tenancy.models import Membership
from gauzy.tenancy.roles import weaker
from gauzy.tenancy.validation import clean
from gauzy.users.events import ApiKeyCreatedEvent, ApiKeyRevokedEvent
from gauzy.users.exceptions import ApiKeyNotFound, KeyTooStrong, NoMembership
from gauzy.users.models import ApiKey
from gauzy.users.selectors import visible_api_keys
from gauzy.users.services.signing_in import USE_NOTED_EVERY
from gauzy.users.tokens import KEY_PREFIX, SHOWN_CHARACTERS, digest_of, new_secret

LIFETIME = timedelta(days=90)  # unless somebody says otherwise
MOST_NETWORKS = 50


@dataclass(frozen=True, slots=True)
class IssuedKey:
    """`secret` is known only now: the row keeps its digest."""

    secret: str
    key: ApiKey


@transaction.atomic
def create_api_key(
    *,
    name: str,
    scopes: Sequence[str],
    role: Role | None = None,
    networks: Sequence[str] = (),
    expires_at: datetime | None = None,
    user_id: UUID | None = None,
) -> IssuedKey:
    """Make a key that acts in the name of the actor, or of the member `user_id`, as `role`: theirs unless weaker.

    Raises `Invalid` with the fields at fault, `NoMembership`, `KeyTooStrong`, and `GrantTooHigh` for a key in the name
    of somebody whose role the actor may not grant.
    """
    membership = _lock_membership(user_id)
    secret = new_secret(KEY_PREFIX)
    key = ApiKey(
        membership=membership,
        name=name.strip(),
        role=_checked_role(role, membership),
        scopes=_checked_scopes(scopes),
        networks=_checked_networks(networks),
        prefix=secret[:SHOWN_CHARACTERS],
        digest=digest_of(secret),
        expires_at=_checked_end(expires_at, timezone.now()),
    )
    clean(key)
    key.save(force_insert=True)
    bus.publish(
        ApiKeyCreatedEvent(
            api_key_id=key.pk,
            membership_id=membership.pk,
            prefix=key.prefix,
            role=Role(key.role),
            scopes=tuple(key.scopes),
            expires_at=key.expires_at,
        )
    )
    return IssuedKey(secret, key)


@transaction.atomic
def revoke_api_key(*, api_key_id: UUID) -> ApiKey:
    """Make a key useless from the next request on; repeating it changes nothing.

    Raises `ApiKeyNotFound`, and `GrantTooHigh` for a key of somebody else whose role the actor may not grant.
    """
    locked = visible_api_keys().select_for_update(of=("self",), no_key=True)
    key = locked.filter(pk=api_key_id).first()
    if key is None:
        raise ApiKeyNotFound
    if key.membership.user_id != context.current().actor.user_id:
        require_grant(Role(key.membership.role))
    if key.revoked_at is None:
        key.revoked_at = timezone.now()
        key.save(update_fields=["revoked_at"])
        bus.publish(ApiKeyRevokedEvent(api_key_id=key.pk, membership_id=key.membership_id, prefix=key.prefix))
    return key


def note_key_use(key: ApiKey) -> None:
    now = timezone.now()
    if key.last_used_at is None or now - key.last_used_at > USE_NOTED_EVERY:
        ApiKey.unscoped.filter(pk=key.pk).update(last_used_at=now)


def _lock_membership(user_id: UUID | None) -> Membership:
    """Return whose key it becomes; an end of their access at this moment is waited for."""
    actor_id = context.current().actor.user_id
    wanted = user_id or actor_id
    members = Membership.objects.select_for_update(of=("self",), no_key=True).select_related("user")
    membership = members.filter(user_id=wanted, is_active=True).first() if wanted else None
    if membership is None:
        raise NoMembership
    if membership.user_id != actor_id:
        require_grant(Role(membership.role))
    return membership


def _checked_role(role: Role | None, membership: Membership) -> Role:
    own, in_force = Role(membership.role), current_role()
    strongest = weaker(own, in_force) if in_force else Role.VIEWER
    asked = role or strongest
    if weaker(asked, strongest) != asked:
        raise KeyTooStrong(fields={"role": [KeyTooStrong.message]})
    return asked


def _checked_scopes(scopes: Sequence[str]) -> list[str]:
    if not scopes:
        raise Invalid(fields={"scopes": ["Name at least one."]})
    if unknown := sorted(set(scopes) - set(known_scopes())):
        raise Invalid(fields={"scopes": [f"There is no scope {scope}." for scope in unknown]})
    return sorted(set(scopes))


def _checked_networks(networks: Sequence[str]) -> list[str]:
    if len(networks) > MOST_NETWORKS:
        raise Invalid(fields={"networks": [f"At most {MOST_NETWORKS}."]})
    checked = []
    for network in networks:
        try:
            checked.append(str(ip_network(network.strip())))
        except ValueError as error:
            message = f"{network!r} is no network such as 203.0.113.0/24 or 2001:db8::/32."
            raise Invalid(fields={"networks": [message]}) from error
    return checked


def _checked_end(expires_at: datetime | None, now: datetime) -> datetime:
    longest = settings.API_KEY_LONGEST_LIFETIME
    end = expires_at or now + min(LIFETIME, longest)
    if not now < end <= now + longest:
        raise Invalid(fields={"expires_at": [f"A key ends within {longest.days} days from now."]})
    return end
