from django.db.models import TextChoices

# The kind of the notification that a new employee gets.
WELCOME = "employees.welcome"


# The kind of the notification that says what became of an invite.
INVITE_ANSWERED = "employees.invite_answered"


class EmployeeStatus(TextChoices):
    ACTIVE = "active", "Active"
    ENDED = "ended", "Ended"


class Verdict(TextChoices):
    """What became, or in a dry run would become, of one item or line."""

    CREATED = "created", "Created"
    EXISTS = "exists", "Exists already"
    REFUSED = "refused", "Refused"


class InviteStatus(TextChoices):
    """All but OPEN are ends; an expired invite may be opened again by sending it again."""

    OPEN = "open", "Open"
    ACCEPTED = "accepted", "Accepted"
    REJECTED = "rejected", "Declined"
    EXPIRED = "expired", "Expired"
    REVOKED = "revoked", "Revoked"
