from django.urls import path

from gauzy.notifications.api.views import EmailViewSet, NotificationViewSet, PreferencesView

urlpatterns = [
    path("notifications", NotificationViewSet.as_view({"get": "list"})),
    path("notifications/mark-all-read", NotificationViewSet.as_view({"post": "mark_all_read"})),
    path("notifications/<uuid:notification_id>/mark-read", NotificationViewSet.as_view({"post": "mark_read"})),
    path("notification-preferences", PreferencesView.as_view()),
    path("emails", EmailViewSet.as_view({"get": "list"})),
    path("emails/<uuid:email_id>", EmailViewSet.as_view({"get": "retrieve"})),
]
