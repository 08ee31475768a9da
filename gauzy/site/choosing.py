"""Choosing the tenant to work in. A session is bound to one; another one means another session key."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib.auth import REDIRECT_FIELD_NAME
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.generic import TemplateView

from gauzy.tenancy.middleware import MEMBERSHIP_KEY, TENANT_KEY, bind_session
from gauzy.tenancy.roles import MANAGERS
from gauzy.tenancy.selectors import active_memberships, tenants_named

SHOWN_TENANTS = 30


def places(user: Any) -> list[Any]:
    """Return the memberships with which the user may enter the admin."""
    return list(active_memberships(user.pk).filter(role__in=MANAGERS)) if user.is_authenticated else []


def bind_only_place(request: HttpRequest) -> bool:
    """Bind a fresh session to the one place its user has; tell whether that settled it."""
    found = places(request.user)
    if len(found) != 1 or request.user.is_superuser:
        return False
    bind_session(request, MEMBERSHIP_KEY, found[0].pk)
    return True


def url_for(next_page: str) -> str:
    """Return the page to choose on, which leads on to `next_page`."""
    return f"{reverse('admin:choose')}?{urlencode({REDIRECT_FIELD_NAME: next_page})}"


class ChooseView(LoginRequiredMixin, TemplateView):
    """Shows the user's places, and to a superuser every tenant; a POST moves the session into one of them."""

    template_name = "gauzy_site/choose.html"
    site: Any = None

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        sought = self.request.GET.get("q", "").strip()
        found = list(tenants_named(sought)[:SHOWN_TENANTS]) if self.request.user.is_superuser else []
        return super().get_context_data(
            **self.site.each_context(self.request),
            title="Choose where to work",
            places=places(self.request.user),
            tenants=found,
            sought=sought,
            next=self.request.GET.get(REDIRECT_FIELD_NAME, ""),
            **kwargs,
        )

    def post(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_superuser and (tenant_id := request.POST.get("tenant")):
            key, chosen = TENANT_KEY, _tenant(tenant_id)
        else:
            key, chosen = MEMBERSHIP_KEY, _place(request)
        if chosen is None:
            raise Http404("There is no such place to work in.")
        bind_session(request, key, chosen.pk)
        return redirect(_safe_next(request))


def _tenant(text: str) -> Any:
    tenant_id = _uuid(text)
    return tenants_named("").filter(pk=tenant_id).first() if tenant_id else None


def _place(request: HttpRequest) -> Any:
    sought = _uuid(request.POST.get("membership", ""))
    return next((place for place in places(request.user) if place.pk == sought), None)


def _safe_next(request: HttpRequest) -> str:
    wanted = request.POST.get(REDIRECT_FIELD_NAME, "")
    is_ours = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    return wanted if is_ours and wanted != request.path else reverse("admin:index")


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
