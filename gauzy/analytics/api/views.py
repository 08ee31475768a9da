from rest_framework.request import Request
from rest_framework.response import Response

from gauzy.analytics.api.serializers import DailyCountOutput, DailyCountQuery
from gauzy.analytics.selectors import daily_counts
from gauzy.rest.views import ViewSet
from gauzy.tenancy.roles import MANAGERS


class DailyCountViewSet(ViewSet):
    """How often each thing happened in the tenant on each UTC day, newest day first."""

    roles = {"list": MANAGERS}
    queries = {"list": DailyCountQuery}
    outputs = {"list": DailyCountOutput}
    ordering = "-day"

    def list(self, request: Request) -> Response:
        return self.page(daily_counts(**self.query))
