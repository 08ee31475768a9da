"""The admin site: who may enter, in which tenant they are, and what becomes of refusals on its pages."""

from functools import wraps
from http import HTTPStatus
from typing import Any, NoReturn

from django.contrib.auth import REDIRECT_FIELD_NAME
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path
from django.views.decorators.cache import never_cache

from gauzy import context
from gauzy.context import MissingContext
from gauzy.exceptions import Forbidden, NotFound
from gauzy.site import choosing
from gauzy.site.base import GuardedAdmin
from gauzy.site.bus.urls import bus_urls
from gauzy.site.exceptions import NotGuarded
from gauzy.site.unfolded import AdminSite
from gauzy.tenancy.membership import current_role
from gauzy.tenancy.roles import MANAGERS


class GauzyAdminSite(AdminSite):
    """Lets in superusers, and owners, administrators and managers of the tenant that the session is bound to."""

    def has_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.is_active and (request.user.is_superuser or current_role() in MANAGERS))

    def register(self, model_or_iterable: Any, admin_class: Any = None, **options: Any) -> None:
        """Register guarded admins; raise `NotGuarded` for others, and leave out Django's own (groups), which write."""
        if admin_class and admin_class.__module__.startswith("django.contrib."):
            return
        if not (admin_class and issubclass(admin_class, GuardedAdmin)):
            raise NotGuarded(admin_class)
        super().register(model_or_iterable, admin_class, **options)

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:
        """Guard a view; turn what it refuses into answers, and a missing tenant into the page that asks for one."""

        @wraps(view)
        def answered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            try:
                response: HttpResponse = view(request, *args, **kwargs)
            except (NotFound, Http404):
                return render(request, "404.html", status=HTTPStatus.NOT_FOUND)
            except Forbidden as error:
                raise PermissionDenied(error.message) from error
            except MissingContext:
                if context.tenant_id_or_none():
                    raise
                return redirect(choosing.url_for(request.get_full_path()))
            return response

        return super().admin_view(answered, cacheable)

    def extra_urls(self) -> list[URLPattern]:
        """Return the pages that stand on no model (Unfold asks for them)."""
        choose = never_cache(choosing.ChooseView.as_view(site=self))
        return [path("choose/", choose, name="choose"), *bus_urls(self)]

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Sign in; who has several places to work in is asked for one next."""
        if request.method == "GET" and not self.has_permission(request) and choosing.places(request.user):
            return redirect(choosing.url_for(request.GET.get(REDIRECT_FIELD_NAME, "")))
        response = super().login(request, extra_context)
        signed_in = request.method == "POST" and response.status_code == HTTPStatus.FOUND
        if signed_in and not choosing.bind_only_place(request):
            return redirect(choosing.url_for(response.headers["Location"]))
        return response

    def password_change(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> NoReturn:
        """Refuse: Django's page would set the password past the services, and leave the user's tokens alive."""
        raise Http404("Set a password with the link in the mail.")
