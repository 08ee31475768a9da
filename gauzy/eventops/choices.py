from django.db.models import TextChoices


class DeliveryState(TextChoices):
    """What became of one handler's share of an event; the last two have no row anywhere."""

    WAITING = "waiting", "waiting"
    RUNNING = "running", "running"
    DONE = "done", "done"
    DEAD = "dead", "dead"
    SKIPPED = "skipped", "skipped"
    NOT_OWED = "not_owed", "not owed"
    MISSING = "missing", "missing"
