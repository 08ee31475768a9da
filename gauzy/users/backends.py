from typing import Any

from django.contrib.auth.backends import BaseBackend
from django.http import HttpRequest

from gauzy.users import selectors
from gauzy.users.models import User


class EmailBackend(BaseBackend):
    """Signs in by e-mail and password. Permissions are the affair of `gauzy.tenancy.backends.RoleBackend`."""

    def authenticate(
        self, request: HttpRequest | None, username: str | None = None, password: str | None = None, **kwargs: Any
    ) -> User | None:
        """Return the user, or None; an unknown e-mail takes as long as a wrong password."""
        email = username or kwargs.get("email")
        if not email or password is None:
            return None
        user = selectors.find_by_email(email)
        if user is None:
            User().set_password(password)
            return None
        return user if user.check_password(password) and user.is_active else None

    def get_user(self, user_id: Any) -> User | None:
        return User.objects.filter(pk=user_id, is_active=True).first()
