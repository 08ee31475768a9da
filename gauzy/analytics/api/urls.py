from django.urls import path

from gauzy.analytics.api.views import DailyCountViewSet

urlpatterns = [path("analytics/daily-counts", DailyCountViewSet.as_view({"get": "list"}))]
