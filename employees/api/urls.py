from django.urls import path

from employees.api.views.employees import EmployeeViewSet, ImportView
from employees.api.views.teams import TeamViewSet

urlpatterns = [
    path("employees", EmployeeViewSet.as_view({"get": "list", "post": "create"})),
    path("employees/bulk", EmployeeViewSet.as_view({"post": "bulk"})),
    path("employees/import", ImportView.as_view()),
    path("employees/<uuid:employee_id>", EmployeeViewSet.as_view({"get": "retrieve", "patch": "partial_update"})),
    path("employees/<uuid:employee_id>/end", EmployeeViewSet.as_view({"post": "end"})),
    path("employees/<uuid:employee_id>/restore", EmployeeViewSet.as_view({"post": "restore"})),
    path("teams", TeamViewSet.as_view({"get": "list", "post": "create"})),
    path(
        "teams/<uuid:team_id>",
        TeamViewSet.as_view({"get": "retrieve", "patch": "partial_update", "delete": "destroy"}),
    ),
]
