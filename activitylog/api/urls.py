from django.urls import path

from activitylog.api.views import ActivityLogExportView, ActivityLogViewSet

urlpatterns = [
    path("activity-log", ActivityLogViewSet.as_view({"get": "list"})),
    path("activity-log/export", ActivityLogExportView.as_view()),
]
