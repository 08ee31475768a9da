from django.urls import path

from employees.pages.views import InvitePage

urlpatterns = [path("invites/<str:token>", InvitePage.as_view(), name="invite")]
