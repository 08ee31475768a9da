from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone

from gauzy.tenancy.models import Membership
from gauzy.users.emails import normalize_email
from gauzy.users.models import AccessToken, User
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
