"""Time in the admin; importing this registers it."""

from timetracking.admin.clients import ClientAdmin, TagAdmin
from timetracking.admin.logs import TimeLogAdmin
from timetracking.admin.projects import ProjectAdmin
from timetracking.admin.rates import RateAdmin
from timetracking.admin.tasks import TaskAdmin
from timetracking.admin.timesheets import TimesheetAdmin

__all__ = ["ClientAdmin", "ProjectAdmin", "RateAdmin", "TagAdmin", "TaskAdmin", "TimeLogAdmin", "TimesheetAdmin"]
