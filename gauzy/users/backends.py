from typing import Any

from django.contrib.auth.backends import BaseBackend
from django.http import HttpRequest

from gauzy.rest.addresses import client_address
from gauzy.users import selectors, services
from gauzy.users.models import User


class EmailBackend(BaseBackend):
    """Signs in by e-mail and password. Permissions are the affair of `gauzy.tenancy.backends.RoleBackend`."""

    def authenticate(
        self, request: HttpRequest | None, username: str | None = None, password: str | None = None, **kwargs: Any
    ) -> User | None:
        """Return the user, or None; an unknown e-mail takes as long as a wrong password. Raise `LockedOut`."""
        email = username or kwargs.get("email")
        if not email or password is None:
            return None
        address = client_address(request) if request else ""
        services.admit_guess(email=email, address=address)
        user = selectors.find_by_email(email)
        if user is None:
            User().set_password(password)
            return None
        if not (user.check_password(password) and user.is_active):
            return None
        services.forget_guesses(email=email, address=address)
        return user

    def get_user(self, user_id: Any) -> User | None:
        return User.objects.filter(pk=user_id, is_active=True).first()
