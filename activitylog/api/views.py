from typing import cast

from django.contrib.auth.base_user import AbstractBaseUser
from django.db.models import QuerySet
from django.http import StreamingHttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from activitylog import selectors
from activitylog.api.export import COLUMNS, cells
from activitylog.api.serializers import ActivityOutput, ActivityQuery
from activitylog.models import ActivityLog
from gauzy import context
from gauzy.rest.spreadsheets import ROWS_AT_ONCE, CsvRenderer, csv_answer
from gauzy.rest.views import View, ViewSet
from gauzy.tenancy.membership import current_role
from gauzy.tenancy.roles import MEMBERS


class ActivityLogViewSet(ViewSet):
    """Who did what, newest first: administrators see all of it, others their own."""

    roles = {"list": MEMBERS}
    queries = {"list": ActivityQuery}
    outputs = {"list": ActivityOutput}
    ordering = "-occurred_at"

    def list(self, request: Request) -> Response:
        return self.page(_activities(self))


class ActivityLogExportView(View):
    """The same as CSV, all of it in one answer."""

    roles = {"get": MEMBERS}
    queries = {"get": ActivityQuery}
    renderer_classes = (JSONRenderer, CsvRenderer)

    @extend_schema(responses={(200, "text/csv"): OpenApiTypes.STR})
    def get(self, request: Request) -> StreamingHttpResponse:
        role, newest_first = current_role(), _activities(self).order_by("-occurred_at", "-id")

        activities = selectors.named_in_portions(
            role, context.tenant_id(), newest_first.iterator(chunk_size=ROWS_AT_ONCE), ROWS_AT_ONCE
        )
        rows = (cells(selectors.as_read_by(role, activity)) for activity in activities)
        return csv_answer(request, "activity-log", COLUMNS, rows)


def _activities(view: View) -> QuerySet[ActivityLog]:
    user = cast(AbstractBaseUser, view.request.user)  # `roles` let nobody else in
    visible = selectors.visible_activities(user_id=user.pk, role=current_role())
    return selectors.matching(visible, **view.query)
