from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone

from gauzy import context
from gauzy.tenancy.membership import current_role
from gauzy.tenancy.models import Membership
from gauzy.tenancy.roles import ADMINS
from gauzy.users.emails import normalize_email
from gauzy.users.exceptions import ApiKeyNotFound
from gauzy.users.models import AccessToken, ApiKey, User
from gauzy.users.networks import is_within
from gauzy.users.tokens import digest_of


def find_by_email(email: str) -> User | None:
    return User.objects.filter(email=normalize_email(email)).first()


def users_of(tenant_id: UUID) -> QuerySet[User]:
    """Return who is or was a member of a tenant."""
    members = Membership.unscoped.filter(tenant_id=tenant_id).values("user_id")
    users: QuerySet[User] = User.objects.filter(pk__in=members)
    return users


def tokens_of(membership_id: UUID) -> QuerySet[AccessToken]:
    """Return the tokens of a membership that still open something."""
    tokens: QuerySet[AccessToken] = AccessToken.objects.filter(membership_id=membership_id)
    return tokens.filter(revoked_at=None, expires_at__gt=timezone.now())


def find_usable_token(secret: str) -> AccessToken | None:
    """Return the token with membership, tenant and user, in one query, if everything about it is in force."""
    return (
        AccessToken.objects.select_related("membership__tenant", "membership__user")
        .filter(digest=digest_of(secret), revoked_at=None, expires_at__gt=timezone.now())
        .filter(membership__is_active=True, membership__user__is_active=True)
        .first()
    )


def visible_api_keys() -> QuerySet[ApiKey]:
    """Return the keys of the tenant in force that the actor may see: administrators all, others their own."""
    keys: QuerySet[ApiKey] = ApiKey.objects.select_related("membership__user")
    if current_role() in ADMINS:
        return keys
    user_id = context.current().actor.user_id
    return keys.filter(membership__user_id=user_id) if user_id else keys.none()


def get_api_key(api_key_id: UUID) -> ApiKey:
    """Return a key that the actor may see; raise `ApiKeyNotFound` for any other id."""
    if key := visible_api_keys().filter(pk=api_key_id).first():
        return key
    raise ApiKeyNotFound


def find_usable_key(secret: str, *, address: str) -> ApiKey | None:
    """Return the key with membership, tenant and user, in one query, if all is in force and `address` is allowed."""
    key: ApiKey | None = (
        ApiKey.unscoped.select_related("membership__tenant", "membership__user")
        .filter(digest=digest_of(secret), revoked_at=None, expires_at__gt=timezone.now())
        .filter(membership__is_active=True, membership__user__is_active=True)
        .first()
    )
    return key if key and is_within(address, key.networks) else None
