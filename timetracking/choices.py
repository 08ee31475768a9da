from django.db.models import TextChoices

# The kinds of notifications.
TIMESHEET_SUBMITTED = "timetracking.timesheet_submitted"
TIMESHEET_DECIDED = "timetracking.timesheet_decided"
TIMESHEET_MISSING = "timetracking.timesheet_missing"
BUDGET_REACHED = "timetracking.budget_reached"
TIMER_FORGOTTEN = "timetracking.timer_forgotten"


class TaskStatus(TextChoices):
    BACKLOG = "backlog", "Backlog"
    OPEN = "open", "Open"
    IN_PROGRESS = "in_progress", "In progress"
    IN_REVIEW = "in_review", "In review"
    BLOCKED = "blocked", "Blocked"
    DONE = "done", "Done"
    CANCELLED = "cancelled", "Cancelled"


class LogSource(TextChoices):
    """The way a time log came in."""

    MANUAL = "manual", "By hand"
    TIMER = "timer", "Timer"
    IMPORT = "import", "Import"
    INTEGRATION = "integration", "Integration"


class RateSubject(TextChoices):
    """What a rate is set for, strongest first; a log's own rate is stronger than all of them."""

    MEMBER = "member", "Project member"
    TASK = "task", "Task"
    PROJECT = "project", "Project"
    EMPLOYEE = "employee", "Employee"
    ORGANIZATION = "organization", "Organization"


class RateOrigin(TextChoices):
    """Where the rate of a log came from; empty where it has none."""

    LOG = "log", "The log itself"
    MEMBER = "member", "Project member"
    TASK = "task", "Task"
    PROJECT = "project", "Project"
    EMPLOYEE = "employee", "Employee"
    ORGANIZATION = "organization", "Organization"


class TimesheetStatus(TextChoices):
    OPEN = "open", "Open"
    SUBMITTED = "submitted", "Submitted"
    APPROVED = "approved", "Approved"
    REJECTED = "rejected", "Rejected"


LOCKING = (TimesheetStatus.SUBMITTED, TimesheetStatus.APPROVED)


class TimesheetMove(TextChoices):
    SUBMIT = "submit", "Submitted"
    WITHDRAW = "withdraw", "Withdrawn"
    APPROVE = "approve", "Approved"
    REJECT = "reject", "Rejected"
    REOPEN = "reopen", "Reopened"


class StopReason(TextChoices):
    """Why a timer stopped."""

    STOPPED = "stopped", "Stopped by hand"
    REPLACED = "replaced", "Another timer was started"
    EMPLOYMENT_ENDED = "employment_ended", "The employment ended"
    FORGOTTEN = "forgotten", "It ran for too long"


class InvoiceStatus(TextChoices):
    DRAFT = "draft", "Draft"
    ISSUED = "issued", "Issued"
    PARTIALLY_PAID = "partially_paid", "Partially paid"
    PAID = "paid", "Paid"
    VOID = "void", "Void"


class InvoiceGrouping(TextChoices):
    """What makes one line of an invoice, apart from rate and tax."""

    PROJECT = "project", "Project"
    TASK = "task", "Task"
    EMPLOYEE = "employee", "Employee"
    LOG = "log", "Each time log"


class RowVerdict(TextChoices):
    """What became, or in a dry run would become, of a row of an imported file."""

    CREATED = "created", "Created"
    KNOWN = "known", "Imported already"
    REFUSED = "refused", "Refused"


class ReportGroup(TextChoices):
    """By what a report adds time up."""

    EMPLOYEE = "employee", "Employee"
    PROJECT = "project", "Project"
    TASK = "task", "Task"
    CLIENT = "client", "Client"
    TAG = "tag", "Tag"
