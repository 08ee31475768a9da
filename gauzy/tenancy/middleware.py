"""The tenant of a browser's session."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib.auth import logout
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse

from gauzy.tenancy.choices import Role
from gauzy.tenancy.membership import acting_as, acting_in
from gauzy.tenancy.models import Membership, Tenant
from gauzy.tenancy.selectors import active_memberships

MEMBERSHIP_KEY = "membership_id"
TENANT_KEY = "tenant_id"


def bind_session(request: Any, key: str, id: UUID) -> None:
    """Bind the session, under a new key, to one membership or tenant, and to nothing else."""
    for known in (MEMBERSHIP_KEY, TENANT_KEY):
        request.session.pop(known, None)
    request.session[key] = str(id)
    request.session.cycle_key()


class SessionTenantMiddleware:
    """Put the tenant, actor and role of the session's membership in force, until the answer is made.

    A session is bound to one membership and ends with it. One that is not bound yet is bound to the only membership
    its user has; a user of several has to choose. A superuser may name a tenant in the session instead. A request that
    came with a token is left alone: `request.membership` is set.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if getattr(request, "membership", None) or not request.user.is_authenticated:
            return self.get_response(request)
        if tenant := _tenant_of_superuser(request):
            return self._as_superuser(request, tenant)
        if membership := _membership_of_session(request):
            return self._as_member(request, membership)
        with acting_in(None, user=request.user, role=None):
            return self.get_response(request)

    def _as_superuser(self, request: Any, tenant: Tenant) -> HttpResponse:
        request.tenant = tenant
        with acting_in(tenant.id, user=request.user, role=Role.OWNER):
            return self.get_response(request)

    def _as_member(self, request: Any, membership: Membership) -> HttpResponse:
        request.membership, request.tenant = membership, membership.tenant
        with acting_as(membership):
            return self.get_response(request)


def _tenant_of_superuser(request: Any) -> Tenant | None:
    if request.user.is_superuser and (chosen := request.session.get(TENANT_KEY)):
        return Tenant.objects.filter(pk=chosen).first()
    return None


def _membership_of_session(request: Any) -> Membership | None:
    memberships = active_memberships(request.user.pk)
    if bound := request.session.get(MEMBERSHIP_KEY):
        membership = memberships.filter(pk=bound).first()
        if membership is None:
            logout(request)  # never slide into another tenant unasked
    else:
        membership = _only(memberships)
        if membership:
            request.session[MEMBERSHIP_KEY] = str(membership.pk)
    if membership:
        membership.user = request.user
    return membership


def _only(memberships: QuerySet[Membership]) -> Membership | None:
    first_two = list(memberships[:2])
    return first_two[0] if len(first_two) == 1 else None
