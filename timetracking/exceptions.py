from gauzy.exceptions import Conflict, Forbidden, Invalid, NotFound


class CurrencyMismatch(Invalid):
    code = "currency_mismatch"
    message = "Amounts of different currencies are never added together."


class DiscountTooLarge(Invalid):
    code = "discount_too_large"
    message = "The discount is more than the lines come to, or less than nothing."


# --- clients, projects, tasks, tags, rates ----------------------------------------------------------------------------


class ClientNotFound(NotFound):
    code = "client_not_found"
    message = "There is no such client."


class ProjectNotFound(NotFound):
    code = "project_not_found"
    message = "There is no such project."


class NotYourProject(Forbidden):
    code = "not_your_project"
    message = "You do not manage this project."


class ProjectArchived(Conflict):
    code = "project_archived"
    message = "The project is archived."


class TaskNotFound(NotFound):
    code = "task_not_found"
    message = "There is no such task."


class TaskArchived(Conflict):
    code = "task_archived"
    message = "The task is archived."


class TaskOfAnotherProject(Invalid):
    code = "task_of_another_project"
    message = "The task belongs to another project."


class TagNotFound(NotFound):
    code = "tag_not_found"
    message = "There is no such tag."


class TagExists(Conflict):
    code = "tag_exists"
    message = "The organization has a tag of this name."


class RateNotFound(NotFound):
    code = "rate_not_found"
    message = "There is no such rate."


class RateExists(Conflict):
    code = "rate_exists"
    message = "Another rate of the same subject is valid in these days."


class OtherOrganization(Invalid):
    code = "other_organization"
    message = "This belongs to another organization."


# --- time logs and the timer ------------------------------------------------------------------------------------------


class TimeLogNotFound(NotFound):
    code = "time_log_not_found"
    message = "There is no such time log."


class TimerRunning(Conflict):
    code = "timer_running"
    message = "A timer is running."


class EmploymentOver(Conflict):
    code = "employment_over"
    message = "The employment has ended: no timer runs for it."


class StartsInFuture(Invalid):
    code = "starts_in_future"
    message = "A timer cannot start in the future."


class InFuture(Invalid):
    code = "in_future"
    message = "Time that has not passed yet may not be entered here."


class OutOfRange(Invalid):
    code = "out_of_range"
    message = "Time is kept for the years 1970 to 2199."


class TooLong(Invalid):
    code = "too_long"
    message = "One log lasts 31 days at most: make several of it."


class EmptyInterval(Invalid):
    code = "empty_interval"
    message = "It must end after it starts."


class NotWholeSeconds(Invalid):
    code = "not_whole_seconds"
    message = "Give whole seconds."


class NoOffset(Invalid):
    code = "no_offset"
    message = "Give the offset from UTC."


class NonExistentTime(Invalid):
    code = "non_existent_time"
    message = "This local time does not exist: the clocks were put forward over it."


class AmbiguousTime(Invalid):
    code = "ambiguous_time"
    message = "This local time occurs twice: give the offset."


class Overlaps(Conflict):
    code = "overlap"
    message = "It overlaps other time of the employee."


class NotAllowedByPolicy(Forbidden):
    code = "not_allowed_by_policy"
    message = "The organization does not let employees do this themselves."


class NotYours(Forbidden):
    code = "not_your_employee"
    message = "You may not act for this employee."


class ProjectRequired(Invalid):
    code = "project_required"
    message = "The organization requires a project."


class TaskRequired(Invalid):
    code = "task_required"
    message = "The organization requires a task."


class DescriptionRequired(Invalid):
    code = "description_required"
    message = "The organization requires a description."


class PeriodLocked(Conflict):
    code = "period_locked"
    message = "The time lies in a period that is submitted or approved."


class LockDatePassed(Conflict):
    code = "lock_date_passed"
    message = "The organization has closed the time up to its lock date."


# --- timesheets -------------------------------------------------------------------------------------------------------


class TimesheetNotFound(NotFound):
    code = "timesheet_not_found"
    message = "There is no such timesheet."


class WrongState(Conflict):
    code = "wrong_state"
    message = "The timesheet's state does not allow this."


class PeriodNotBegun(Conflict):
    code = "period_not_begun"
    message = "The period has not begun."


class VersionChanged(Conflict):
    code = "version_changed"
    message = "The timesheet has changed since you saw it."


class ReasonRequired(Invalid):
    code = "reason_required"
    message = "Give a reason."


class OwnTimesheet(Forbidden):
    code = "own_timesheet"
    message = "Nobody decides on their own timesheet."


# --- invoices ---------------------------------------------------------------------------------------------------------


class InvoiceNotFound(NotFound):
    code = "invoice_not_found"
    message = "There is no such invoice."


class NothingToInvoice(Conflict):
    code = "nothing_to_invoice"
    message = "There is no approved, billable time with a rate that is not on an invoice yet."


class NotInvoiceable(Conflict):
    """`fields` is keyed by item: `time_log_ids.3`."""

    code = "not_invoiceable"
    message = "Some of the time is not billable, not approved, without a rate, or on an invoice already."


class SeveralCurrencies(Conflict):
    code = "several_currencies"
    message = "The time is billed in several currencies: choose one."


class InvoiceState(Conflict):
    code = "invoice_state"
    message = "The invoice's state does not allow this."


class PaymentTooLarge(Invalid):
    code = "payment_too_large"
    message = "The payment is more than what is open."


class BadAmount(Invalid):
    code = "bad_amount"
    message = "This is no amount of the currency, or not more than nothing."


class TimeInvoiced(Conflict):
    code = "time_invoiced"
    message = "Time of this period is on an invoice: void the invoice first."


# --- imports ----------------------------------------------------------------------------------------------------------


class TimeImportNotFound(NotFound):
    code = "time_import_not_found"
    message = "There is no such import."


class ImportRefused(Conflict):
    """`fields` is keyed by line: `lines.14`."""

    code = "import_refused"
    message = "Some rows were refused, so none was imported."
