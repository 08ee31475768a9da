"""Whose account is it, as long as nobody has shown that they read its mail?"""

from collections.abc import Iterable

from django.contrib.auth.hashers import make_password

from gauzy import context
from gauzy import eventbus as bus
from gauzy.tenancy.choices import Role
from gauzy.tenancy.selectors import members_among
from gauzy.users.choices import UserSource
from gauzy.users.events import PasswordDroppedEvent
from gauzy.users.models import AccessToken, ApiKey, User
from gauzy.users.services.signing_in import revoke


def drop_unproven_passwords(users: Iterable[User], *, source: UserSource) -> None:
    """Shut out whoever chose a password for an e-mail that nobody proved, before its owner gets into another tenant.

    Call it in the transaction that makes them members. Sessions, tokens and API keys die with the password; a mailed
    link to choose another lets the owner in, who keeps all else. Active members of the tenant in force stay as they
    are: they gain nothing. The users in hand are brought up to date. Nobody in the tenant hears of it.
    """
    suspects = {user.pk: user for user in users if user.has_unproven_password}
    if suspects and context.tenant_id_or_none():
        for user_id in members_among(suspects, roles=list(Role)):
            del suspects[user_id]
    if not suspects:
        return
    locked = User.objects.filter(pk__in=suspects).order_by("pk").select_for_update()
    dropped = [user for user in locked if user.has_unproven_password]
    for user in dropped:
        user.password = suspects[user.pk].password = make_password(None)
    User.objects.bulk_update(dropped, ["password"])
    revoke(AccessToken.objects.filter(membership__user__in=dropped))
    revoke(ApiKey.unscoped.filter(membership__user__in=dropped))
    with context.within_tenant(None):
        bus.publish_many([PasswordDroppedEvent(user_id=user.pk, source=source) for user in dropped])
