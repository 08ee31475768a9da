from django.db.models import TextChoices

# The kind of the notification that a new employee gets.
WELCOME = "employees.welcome"


class EmployeeStatus(TextChoices):
    ACTIVE = "active", "Active"
    ENDED = "ended", "Ended"


class Verdict(TextChoices):
    """What became, or in a dry run would become, of one item or line."""

    CREATED = "created", "Created"
    EXISTS = "exists", "Exists already"
    REFUSED = "refused", "Refused"
