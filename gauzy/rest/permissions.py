"""Who may call what. A view that says nothing is closed to everyone."""

from typing import Any, Final

from rest_framework.exceptions import MethodNotAllowed
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from gauzy.rest.operations import operation_of
from gauzy.tenancy.membership import current_role

ANYONE: Final = frozenset({"anyone"})  # also without signing in


class RolePermission(BasePermission):
    """Lets in the roles that the view's `roles` names for the operation; default deny."""

    def has_permission(self, request: Request, view: Any) -> bool:
        operation = operation_of(view, request)
        if operation is None:
            raise MethodNotAllowed(request.method or "")
        allowed = getattr(view, "roles", {}).get(operation, frozenset())
        return allowed is ANYONE or current_role() in allowed
