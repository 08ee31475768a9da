from django.db.models import IntegerChoices, TextChoices


class Weekday(IntegerChoices):
    """ISO 8601 numbers."""

    MONDAY = 1, "Monday"
    TUESDAY = 2, "Tuesday"
    WEDNESDAY = 3, "Wednesday"
    THURSDAY = 4, "Thursday"
    FRIDAY = 5, "Friday"
    SATURDAY = 6, "Saturday"
    SUNDAY = 7, "Sunday"


class OverlapPolicy(TextChoices):
    """What happens to a time log that overlaps another of the same employee."""

    REFUSE = "refuse", "Refuse"
    ALLOW = "allow", "Allow and mark"


class SecondTimerPolicy(TextChoices):
    """What happens to a running timer when its employee starts another."""

    STOP_RUNNING = "stop_running", "Stop the running one"
    REFUSE = "refuse", "Refuse the second"
