import hashlib
from typing import Any

from rest_framework.request import Request

from gauzy.rest.throttling import ScopedThrottle
from gauzy.users.emails import normalize_email


class RegistrationThrottle(ScopedThrottle):
    scope = "registration"


class LoginThrottle(ScopedThrottle):
    scope = "login"


class LinkThrottle(ScopedThrottle):
    """For what is done with links from mails."""

    scope = "link"


class AccountThrottle(ScopedThrottle):
    """Counts by the e-mail that is tried, from wherever: many addresses do not help to guess one password."""

    scope = "account"

    def get_cache_key(self, request: Request, view: Any) -> str | None:
        email = request.data.get("email") if isinstance(request.data, dict) else None
        if not isinstance(email, str):
            return None
        return f"throttle:{self.scope}:{hashlib.sha256(normalize_email(email).encode()).hexdigest()}"


class MailThrottle(AccountThrottle):
    """Nobody's mailbox is filled with links that somebody else asks for."""

    scope = "mail"


class OwnMailThrottle(ScopedThrottle):
    """The same for links that users ask for themselves."""

    scope = "mail"

    def get_cache_key(self, request: Request, view: Any) -> str | None:
        return f"throttle:{self.scope}:{request.user.pk}"
