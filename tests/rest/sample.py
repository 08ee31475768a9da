"""A small API on the foundation, for its tests: `@pytest.mark.urls("tests.rest.sample")`."""

from typing import Any

from django.core.exceptions import PermissionDenied, SuspiciousOperation, ValidationError
from django.http import Http404
from django.urls import include, path
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from gauzy import urls as real
from gauzy.context import current
from gauzy.exceptions import Conflict, DomainError, Invalid
from gauzy.organizations.models import Organization
from gauzy.rest.permissions import ANYONE
from gauzy.rest.serializers import StrictSerializer
from gauzy.rest.views import PublicView, View, ViewSet
from gauzy.tenancy.choices import Role
from gauzy.tenancy.roles import MEMBERS

ERRORS: dict[str, Exception] = {
    "domain": DomainError("Strange."),
    "conflict": Conflict(fields={"items.3.email": ["Taken."]}),
    "invalid": Invalid("Two things are wrong.", fields={"name": ["Too short."]}),
    "django-fields": ValidationError({"name": ["Too short."]}),
    "django-list": ValidationError(["Too short.", "Too plain."]),
    "http404": Http404("secret detail"),
    "denied": PermissionDenied("secret detail"),
    "suspicious": SuspiciousOperation("secret detail"),
    "bug": RuntimeError("secret detail"),
}


class Item(StrictSerializer):
    email = serializers.EmailField()
    amount = serializers.IntegerField(min_value=0, required=False)
    shown = serializers.CharField(read_only=True)


class Items(StrictSerializer):
    items = Item(many=True)


class EchoView(PublicView):
    roles = {"post": ANYONE}
    inputs = {"post": Items}

    def post(self, request: Request) -> Response:
        return Response(self.read())


class RaiseView(PublicView):
    roles = {"get": ANYONE}

    def get(self, request: Request, name: str) -> Response:
        raise ERRORS[name]


class Filters(StrictSerializer):
    name = serializers.CharField(required=False)
    size = serializers.IntegerField(required=False)
    tag = serializers.ListField(child=serializers.CharField(), required=False)
    archived = serializers.BooleanField(required=False)


class QueryView(PublicView):
    roles = {"get": ANYONE}
    queries = {"get": Filters}

    def get(self, request: Request) -> Response:
        return Response(self.query)


class Row(serializers.ModelSerializer[Organization]):
    class Meta:
        model = Organization
        fields = ("id", "name", "week_starts_on")


class RowViewSet(ViewSet):
    roles = {"list": MEMBERS}
    outputs = {"list": Row}

    def list(self, request: Request) -> Response:
        return self.page(Organization.objects.select_related("tenant"))


class SilentView(View):
    """Declares no roles."""

    def get(self, request: Request) -> Response:
        raise AssertionError("nobody may get here")


class ManagerView(View):
    roles = {"get": {Role.MANAGER}}

    def get(self, request: Request) -> Response:
        return Response({"tenant": str(current().tenant_id)})


class LazyView(View):
    """Answers with what is in force while the answer is rendered."""

    roles = {"get": MEMBERS}

    class Late(serializers.Serializer[Any]):
        def to_representation(self, instance: Any) -> Any:
            return {"rows": Organization.objects.count()}

    outputs = {"get": Late}

    def get(self, request: Request) -> Response:
        return self.reply(object())


def ordered(ordering: str) -> Any:
    return RowViewSet.as_view({"get": "list"}, ordering=ordering)


urlpatterns = [
    path("api/echo", EchoView.as_view()),
    path("api/raise/<str:name>", RaiseView.as_view()),
    path("api/query", QueryView.as_view()),
    path("api/silent", SilentView.as_view()),
    path("api/managers", ManagerView.as_view()),
    path("api/late", LazyView.as_view()),
    path("api/rows", ordered("-id")),
    path("api/rows-by-name", ordered("name")),
    path("api/rows-by-week", ordered("-week_starts_on")),
    path("api/rows-by-time", ordered("created_at")),
    path("api/rows-by-tenant", ordered("tenant__name")),
    path("", include(real.urlpatterns)),
]
handler400, handler403, handler404, handler500 = real.handler400, real.handler403, real.handler404, real.handler500
