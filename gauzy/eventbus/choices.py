"""How deliveries end and attempts fail."""

from django.db.models import TextChoices


class Outcome(TextChoices):
    DONE = "done"
    SKIPPED = "skipped"


class PauseKind(TextChoices):
    """By hand, until somebody resumes; because a handler asked (a quota); because it keeps failing."""

    MANUAL = "manual"
    QUOTA = "quota"
    FAILING = "failing"


class FailureKind(TextChoices):
    ERROR = "error"
    PERMANENT = "permanent"
    UNDECODABLE = "undecodable"
    CRASHED = "crashed"
