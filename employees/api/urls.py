from django.urls import path

from employees.api.views.employees import EmployeeViewSet, ImportView
from employees.api.views.invites import AcceptView, InviteViewSet, RejectView
from employees.api.views.teams import TeamViewSet

urlpatterns = [
    path("employees", EmployeeViewSet.as_view({"get": "list", "post": "create"})),
    path("employees/bulk", EmployeeViewSet.as_view({"post": "bulk"})),
    path("employees/import", ImportView.as_view()),
    path("employees/<uuid:employee_id>", EmployeeViewSet.as_view({"get": "retrieve", "patch": "partial_update"})),
    path("employees/<uuid:employee_id>/end", EmployeeViewSet.as_view({"post": "end"})),
    path("employees/<uuid:employee_id>/restore", EmployeeViewSet.as_view({"post": "restore"})),
    path("invites", InviteViewSet.as_view({"get": "list", "post": "create"})),
    path("invites/accept", AcceptView.as_view()),
    path("invites/bulk", InviteViewSet.as_view({"post": "bulk"})),
    path("invites/reject", RejectView.as_view()),
    path("invites/<uuid:invite_id>", InviteViewSet.as_view({"get": "retrieve"})),
    path("invites/<uuid:invite_id>/resend", InviteViewSet.as_view({"post": "resend"})),
    path("invites/<uuid:invite_id>/revoke", InviteViewSet.as_view({"post": "revoke"})),
    path("teams", TeamViewSet.as_view({"get": "list", "post": "create"})),
    path(
        "teams/<uuid:team_id>",
        TeamViewSet.as_view({"get": "retrieve", "patch": "partial_update", "delete": "destroy"}),
    ),
]
