"""Whose events a request is about."""

from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from django.views.generic import View

from gauzy import context

EVERY_TENANT = "all"


class BusView(View):
    """A page of the bus. `permission` is what its users need."""

    permission = ""
    site: Any = None

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        if not request.user.has_perm(self.permission):
            raise PermissionDenied("Your role does not see the event bus.")

    @property
    def tenant_id(self) -> UUID | None:
        """The tenant in force; None, for every tenant and none, to a superuser who asks for that or is in none."""
        wanted = self.request.GET.get("tenant", "") if self.request.user.is_superuser else ""
        if wanted == EVERY_TENANT:
            return None
        return _uuid(wanted) if wanted else self._own_tenant_id()

    def _own_tenant_id(self) -> UUID | None:
        return context.tenant_id_or_none() if self.request.user.is_superuser else context.tenant_id()


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise Http404("There is no such tenant.") from None
