from enum import StrEnum


class UserSource(StrEnum):
    """How a user came into being."""

    SELF = "self"
    INVITE = "invite"
    EMPLOYEE = "employee"
    IMPORT = "import"
    COMMAND = "command"
    ADMIN = "admin"
