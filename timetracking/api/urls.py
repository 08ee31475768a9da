from typing import Any

from django.urls import path

from timetracking.api.views.export import TimeLogExportView
from timetracking.api.views.imports import TimeImportViewSet
from timetracking.api.views.invoices import InvoicePdfView, InvoiceViewSet
from timetracking.api.views.projects import (
    ClientViewSet,
    MemberViewSet,
    ProjectViewSet,
    RateViewSet,
    RecomputeView,
    TagViewSet,
    TaskViewSet,
)
from timetracking.api.views.reports import (
    AmountsOwedCsvView,
    AmountsOwedView,
    DailyReportCsvView,
    DailyReportView,
    SummaryReportCsvView,
    SummaryReportView,
    WeeklyReportCsvView,
    WeeklyReportView,
)
from timetracking.api.views.time import TimeLogViewSet, TimerViewSet
from timetracking.api.views.timesheets import TimesheetViewSet

_MANY: Any = {"get": "list", "post": "create"}
_ONE: Any = {"get": "retrieve", "patch": "partial_update"}

urlpatterns = [
    path("clients", ClientViewSet.as_view(_MANY)),
    path("clients/<uuid:client_id>", ClientViewSet.as_view(_ONE)),
    path("clients/<uuid:client_id>/archive", ClientViewSet.as_view({"post": "archive"})),
    path("clients/<uuid:client_id>/unarchive", ClientViewSet.as_view({"post": "unarchive"})),
    path("projects", ProjectViewSet.as_view(_MANY)),
    path("projects/<uuid:project_id>", ProjectViewSet.as_view(_ONE)),
    path("projects/<uuid:project_id>/archive", ProjectViewSet.as_view({"post": "archive"})),
    path("projects/<uuid:project_id>/unarchive", ProjectViewSet.as_view({"post": "unarchive"})),
    path("projects/<uuid:project_id>/members", MemberViewSet.as_view({"get": "list", "post": "put"})),
    path("projects/<uuid:project_id>/members/<uuid:employee_id>", MemberViewSet.as_view({"delete": "destroy"})),
    path("tasks", TaskViewSet.as_view(_MANY)),
    path("tasks/<uuid:task_id>", TaskViewSet.as_view(_ONE)),
    path("tasks/<uuid:task_id>/archive", TaskViewSet.as_view({"post": "archive"})),
    path("tasks/<uuid:task_id>/unarchive", TaskViewSet.as_view({"post": "unarchive"})),
    path("tags", TagViewSet.as_view(_MANY)),
    path("rates", RateViewSet.as_view(_MANY)),
    path("rates/recompute", RecomputeView.as_view()),
    path("rates/<uuid:rate_id>/end", RateViewSet.as_view({"post": "end"})),
    path("timer", TimerViewSet.as_view({"get": "current"})),
    path("timer/start", TimerViewSet.as_view({"post": "start"})),
    path("timer/stop", TimerViewSet.as_view({"post": "stop"})),
    path("timer/toggle", TimerViewSet.as_view({"post": "toggle"})),
    path("time-logs", TimeLogViewSet.as_view(_MANY)),
    path("time-logs/bulk", TimeLogViewSet.as_view({"post": "bulk"})),
    path("time-logs/export", TimeLogExportView.as_view()),
    path("time-logs/remove-time", TimeLogViewSet.as_view({"post": "remove_time"})),
    path("time-logs/<uuid:time_log_id>", TimeLogViewSet.as_view({**_ONE, "delete": "destroy"})),
    path("time-logs/<uuid:time_log_id>/restore", TimeLogViewSet.as_view({"post": "restore"})),
    path("time-logs/<uuid:time_log_id>/split", TimeLogViewSet.as_view({"post": "split"})),
    path("timesheets", TimesheetViewSet.as_view(_MANY)),
    path("timesheets/bulk-approve", TimesheetViewSet.as_view({"post": "bulk_approve"})),
    path("timesheets/<uuid:timesheet_id>", TimesheetViewSet.as_view({"get": "retrieve"})),
    path("timesheets/<uuid:timesheet_id>/history", TimesheetViewSet.as_view({"get": "history"})),
    path("timesheets/<uuid:timesheet_id>/submit", TimesheetViewSet.as_view({"post": "submit"})),
    path("timesheets/<uuid:timesheet_id>/withdraw", TimesheetViewSet.as_view({"post": "withdraw"})),
    path("timesheets/<uuid:timesheet_id>/approve", TimesheetViewSet.as_view({"post": "approve"})),
    path("timesheets/<uuid:timesheet_id>/reject", TimesheetViewSet.as_view({"post": "reject"})),
    path("timesheets/<uuid:timesheet_id>/reopen", TimesheetViewSet.as_view({"post": "reopen"})),
    path("invoices", InvoiceViewSet.as_view({"get": "list", "post": "create"})),
    path("invoices/preview", InvoiceViewSet.as_view({"post": "preview"})),
    path("invoices/<uuid:invoice_id>", InvoiceViewSet.as_view({"get": "retrieve"})),
    path("invoices/<uuid:invoice_id>/issue", InvoiceViewSet.as_view({"post": "issue"})),
    path("invoices/<uuid:invoice_id>/payments", InvoiceViewSet.as_view({"post": "pay"})),
    path("invoices/<uuid:invoice_id>/void", InvoiceViewSet.as_view({"post": "void"})),
    path("invoices/<uuid:invoice_id>/pdf", InvoicePdfView.as_view()),
    path("reports/daily", DailyReportView.as_view()),
    path("reports/daily/csv", DailyReportCsvView.as_view()),
    path("reports/weekly", WeeklyReportView.as_view()),
    path("reports/weekly/csv", WeeklyReportCsvView.as_view()),
    path("reports/summary", SummaryReportView.as_view()),
    path("reports/summary/csv", SummaryReportCsvView.as_view()),
    path("reports/amounts-owed", AmountsOwedView.as_view()),
    path("reports/amounts-owed/csv", AmountsOwedCsvView.as_view()),
    path("timelog-imports", TimeImportViewSet.as_view({"get": "list", "post": "create"})),
    path("timelog-imports/<uuid:time_import_id>", TimeImportViewSet.as_view({"get": "retrieve"})),
    path("timelog-imports/<uuid:time_import_id>/undo", TimeImportViewSet.as_view({"post": "undo"})),
]
