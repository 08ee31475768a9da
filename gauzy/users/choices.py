from enum import StrEnum

from django.db.models import TextChoices


class UserSource(StrEnum):
    """How a user came into being."""

    SELF = "self"
    INVITE = "invite"
    EMPLOYEE = "employee"
    IMPORT = "import"
    COMMAND = "command"
    ADMIN = "admin"


class KeyState(TextChoices):
    """What has become of an API key."""

    ACTIVE = "active", "Active"
    EXPIRED = "expired", "Expired"
    REVOKED = "revoked", "Revoked"
