"""How deliveries end and attempts fail."""

from django.db.models import TextChoices


class Outcome(TextChoices):
    DONE = "done"
    SKIPPED = "skipped"


class FailureKind(TextChoices):
    ERROR = "error"
    PERMANENT = "permanent"
    UNDECODABLE = "undecodable"
    CRASHED = "crashed"
