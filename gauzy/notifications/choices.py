from django.db.models import TextChoices


class EmailStatus(TextChoices):
    """QUEUED: put off by the mail server, the bus tries again. FAILED: refused for good, or given up by the bus."""

    QUEUED = "queued", "Waiting for the next attempt"
    SENDING = "sending", "Sending"
    SENT = "sent", "Sent"
    FAILED = "failed", "Failed"
