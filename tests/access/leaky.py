"""A URL table of mistakes: each view here must be caught by the checks of every route."""

from typing import Any
from uuid import UUID

from django.urls import include, path
from rest_framework import serializers
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from employees.exceptions import EmployeeNotFound
from employees.models import Employee
from gauzy.exceptions import Forbidden
from gauzy.rest.serializers import StrictSerializer
from gauzy.rest.views import View, ViewSet
from gauzy.tenancy.roles import ADMINS, MEMBERS
from gauzy.users.authentication import TokenAuthentication


class EmployeeShape(serializers.Serializer[Any]):
    id = serializers.UUIDField()


class EmployeeQuery(serializers.Serializer[Any]):
    employee_id = serializers.UUIDField()


class ItemInput(StrictSerializer):
    employee_id = serializers.UUIDField()


class BulkInput(StrictSerializer):
    items = ItemInput(many=True)


class UnscopedView(View):
    """Finds rows of every tenant by the path, and by the query."""

    roles = {"get": MEMBERS}
    outputs = {"get": EmployeeShape}

    def get(self, request: Request, employee_id: UUID) -> Response:
        if employee := Employee.unscoped.filter(pk=employee_id).first():
            return self.reply(employee)
        raise EmployeeNotFound


class TellingView(UnscopedView):
    """Changes nothing, but tells that another tenant has the row."""

    def get(self, request: Request, employee_id: UUID) -> Response:
        if Employee.unscoped.filter(pk=employee_id).exists():
            raise EmployeeNotFound("There is one, but not here.")
        raise EmployeeNotFound


class UnscopedQuery(UnscopedView):
    queries = {"get": EmployeeQuery}

    def get(self, request: Request) -> Response:  # type: ignore[override]  # without the id in the path
        return super().get(request, self.query["employee_id"])


class UnscopedBulk(View):
    """Takes items that name other tenants' rows."""

    roles = {"post": ADMINS}
    inputs = {"post": BulkInput}

    def post(self, request: Request) -> Response:
        self.read()
        return self.reply()


class UnscopedList(ViewSet):
    roles = {"list": MEMBERS}
    outputs = {"list": EmployeeShape}

    def list(self, request: Request) -> Response:
        return self.page(Employee.unscoped.all())


class UndeclaredView(View):
    """Says nothing about who may."""

    def get(self, request: Request) -> Response:
        return self.reply()


class OpenView(UndeclaredView):
    """Names roles that nobody asks for."""

    roles = {"get": ADMINS}
    permission_classes = (AllowAny,)


class ClosedView(UndeclaredView):
    """Keeps out some whom it names."""

    roles = {"get": MEMBERS}

    def get(self, request: Request) -> Response:
        raise Forbidden


class Lenient(TokenAuthentication):
    """Lets API keys in without a look at their scopes."""

    def authenticate(self, request: Request) -> tuple[Any, Any] | None:
        key = getattr(request, "api_key", None)
        return (key.membership.user, key) if key else super().authenticate(request)


class ScopelessView(UndeclaredView):
    roles = {"get": MEMBERS}
    authentication_classes = (Lenient,)
    permission_classes = (AllowAny,)


_routes = [
    path("scopeless", ScopelessView.as_view()),
    path("auth/scopeless", ScopelessView.as_view()),
    path("unscoped/<uuid:employee_id>", UnscopedView.as_view()),
    path("telling/<uuid:employee_id>", TellingView.as_view()),
    path("unscoped-query", UnscopedQuery.as_view()),
    path("unscoped-bulk", UnscopedBulk.as_view()),
    path("unscoped-list", UnscopedList.as_view({"get": "list"})),
    path("undeclared", UndeclaredView.as_view()),
    path("open", OpenView.as_view()),
    path("closed", ClosedView.as_view()),
]
urlpatterns = [path("api/v1/", include(_routes))]
