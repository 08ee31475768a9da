"""Django permissions answered from the role of the membership in force, never from groups."""

from typing import Any

from django.contrib.auth.backends import BaseBackend

from gauzy import context
from gauzy.tenancy.membership import current_role
from gauzy.tenancy.roles import permissions_of


class RoleBackend(BaseBackend):
    """Knows only the user who acts in the context. Superusers never get here: Django lets them through before."""

    def get_all_permissions(self, user_obj: Any, obj: Any = None) -> set[str]:
        acting = context.find()
        role = current_role()
        if not (user_obj.is_active and role and acting and acting.actor.id == user_obj.pk):
            return set()
        return permissions_of(role)

    def has_module_perms(self, user_obj: Any, app_label: str) -> bool:
        """Tell whether the user may do anything at all in an app: the admin's index asks."""
        return any(permission.startswith(f"{app_label}.") for permission in self.get_all_permissions(user_obj))
