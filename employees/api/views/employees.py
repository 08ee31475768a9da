from typing import Any
from uuid import UUID

from django.core.exceptions import RequestDataTooBig
from django.db.models import QuerySet
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from employees import selectors, services
from employees.api.parsers import CsvParser
from employees.api.serializers.employees import (
    BulkInput,
    BulkOutput,
    EmployeeInput,
    EmployeeOutput,
    EmployeeQuery,
    EndInput,
    ImportInput,
    ImportOutput,
    ImportQuery,
    NewEmployeeInput,
)
from employees.choices import Verdict
from employees.exceptions import EmployeeExists, ImportRefused
from employees.importing import import_employees
from employees.importing.reading import MAX_BYTES
from employees.models import Employee
from gauzy.exceptions import DomainError, fields_by_place
from gauzy.rest.serializers import StrictSerializer
from gauzy.rest.views import View, ViewSet
from gauzy.tenancy.roles import ADMINS, MEMBERS


class EmployeeViewSet(ViewSet):
    """Employees: owners and administrators see and change all, managers see their teams, everybody else themselves.

    Viewers see everybody, without personal data.
    """

    roles = {
        "list": MEMBERS,
        "create": ADMINS,
        "bulk": ADMINS,
        "retrieve": MEMBERS,
        "partial_update": ADMINS,
        "end": ADMINS,
        "restore": ADMINS,
    }
    queries = {"list": EmployeeQuery}
    inputs = {
        "create": NewEmployeeInput,
        "bulk": BulkInput,
        "partial_update": EmployeeInput,
        "end": EndInput,
        "restore": StrictSerializer,
    }
    outputs = dict.fromkeys(roles, EmployeeOutput) | {"bulk": BulkOutput}
    conditional = ("create", "retrieve", "partial_update", "end", "restore")
    orderings = {"created_at": "id", "last_name": "last_name", "first_name": "first_name", "email": "user__email"}

    def resource(self, *, employee_id: UUID) -> QuerySet[Employee]:
        return selectors.visible_employees().filter(pk=employee_id)

    def list(self, request: Request) -> Response:
        return self.page(selectors.visible_employees(**self.query))

    def create(self, request: Request) -> Response:
        """Make a person an employee; they get a welcome mail. The answer does not tell whether we knew them before."""
        return self.reply(services.create_employee(**self.read()))

    def bulk(self, request: Request) -> Response:
        """Create several. Unless `atomic`, what can be created is, and each item has its own verdict."""
        outcomes = services.create_employees(**self.read())
        return self.reply({"results": [_item(index, outcome) for index, outcome in enumerate(outcomes)]})

    def retrieve(self, request: Request, employee_id: UUID) -> Response:
        return self.reply(selectors.get_visible_employee(employee_id))

    def partial_update(self, request: Request, employee_id: UUID) -> Response:
        return self.reply(services.update_employee(employee_id=employee_id, values=self.read()))

    def end(self, request: Request, employee_id: UUID) -> Response:
        """End an employment now. Tokens and sessions end too, unless another employment or role needs them."""
        return self.reply(services.end_employee(employee_id=employee_id, **self.read()))

    def restore(self, request: Request, employee_id: UUID) -> Response:
        """Let an employment that had ended go on."""
        self.read()
        return self.reply(services.restore_employee(employee_id=employee_id))


class ImportView(View):
    """Employees from CSV, one verdict per line. Columns as in `manage.py employees import --help`."""

    roles = {"post": ADMINS}
    queries = {"post": ImportQuery}
    inputs = {"post": ImportInput}
    outputs = {"post": ImportOutput}
    parser_classes = (CsvParser, MultiPartParser)

    @extend_schema(request={"text/csv": OpenApiTypes.STR, "multipart/form-data": ImportInput})
    def post(self, request: Request) -> Response:
        report = import_employees(content=_content(self.read()["file"]), **self.query)
        if not (report.applied or report.dry_run):
            raise ImportRefused(fields=fields_by_place("lines", report.refusals))
        return self.reply(report.as_json())


def _content(file: Any) -> bytes:
    if file.size > MAX_BYTES:
        raise RequestDataTooBig
    content: bytes = file.read()
    return content


def _item(index: int, outcome: Employee | DomainError) -> dict[str, Any]:
    item = {"index": index, "verdict": Verdict.CREATED, "employee": outcome, "code": "", "message": "", "errors": {}}
    if isinstance(outcome, DomainError):
        verdict = Verdict.EXISTS if isinstance(outcome, EmployeeExists) else Verdict.REFUSED
        refusal = {"code": outcome.code, "message": outcome.message, "errors": outcome.fields}
        return {**item, **refusal, "verdict": verdict, "employee": None}
    return item
