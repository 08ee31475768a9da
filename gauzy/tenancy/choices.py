from django.db.models import TextChoices


class Role(TextChoices):
    """What a member may do in a tenant, strongest first."""

    OWNER = "owner", "Owner"
    ADMIN = "admin", "Administrator"
    MANAGER = "manager", "Manager"
    EMPLOYEE = "employee", "Employee"
    VIEWER = "viewer", "Viewer"
