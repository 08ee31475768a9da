from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from employees.choices import EmployeeStatus, InviteStatus
from gauzy.eventbus.ids import uuid7
from gauzy.organizations.validators import validate_time_zone
from gauzy.tenancy.choices import Role
from gauzy.tenancy.models import TenantModel


class Employee(TenantModel):
    """A person's employment in an organization.

    The names are the employer's record: the user, whom several tenants may share, keeps their own. The e-mail is the
    user's. An empty time zone means the organization's. Nobody is deleted: an employment ends, and may be restored.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organization = models.ForeignKey(
        "organizations.Organization", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    first_name = models.CharField(max_length=100)
    last_name = models.CharField(max_length=100)
    job_title = models.CharField(max_length=200, blank=True)
    time_zone = models.CharField(max_length=64, blank=True, validators=[validate_time_zone])
    start_date = models.DateField(null=True, blank=True)
    external_id = models.CharField(max_length=100, blank=True, help_text="What another system calls this employee.")
    ended_at = models.DateTimeField(null=True, blank=True, editable=False)
    end_reason = models.CharField(max_length=500, blank=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta(TenantModel.Meta):
        abstract = False
        constraints = [
            models.UniqueConstraint(fields=["organization", "user"], name="employees_one_per_organization_and_user"),
            models.UniqueConstraint(
                fields=["organization", "external_id"],
                condition=~Q(external_id=""),
                name="employees_external_id_once_per_organization",
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=False) | Q(end_reason=""), name="employees_reason_only_of_ended"
            ),
        ]
        indexes = [models.Index(fields=["tenant", "-id"], name="employees_newest")]

    def __str__(self) -> str:
        return f"{self.first_name} {self.last_name}"

    @property
    def status(self) -> EmployeeStatus:
        return EmployeeStatus.ENDED if self.ended_at else EmployeeStatus.ACTIVE


class Team(TenantModel):
    """People of an organization who work together; its managers see and act for the others."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organization = models.ForeignKey(
        "organizations.Organization", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    name = models.CharField(max_length=100)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta(TenantModel.Meta):
        abstract = False
        constraints = [
            models.UniqueConstraint(fields=["organization", "name"], name="employees_team_name_once_per_organization")
        ]

    def __str__(self) -> str:
        return self.name


class TeamMember(TenantModel):
    """An employee's place in a team. Being its manager gives a scope; the rights come from the membership's role."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="members", db_index=False)
    employee = models.ForeignKey(Employee, on_delete=models.PROTECT, related_name="+")
    is_manager = models.BooleanField(default=False)

    class Meta(TenantModel.Meta):
        abstract = False
        constraints = [models.UniqueConstraint(fields=["team", "employee"], name="employees_once_in_a_team")]

    def __str__(self) -> str:
        return f"{self.employee_id} in {self.team_id}"


class Invite(TenantModel):
    """An offer to join an organization, sent to an address.

    Its link is single use: the row knows a digest of the token and the seed it follows from (`tokens`).
    `inviter` is what the one who invited was called then.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organization = models.ForeignKey("organizations.Organization", on_delete=models.PROTECT, related_name="+")
    email = models.EmailField()
    first_name = models.CharField(max_length=100, blank=True)
    last_name = models.CharField(max_length=100, blank=True)
    role = models.CharField(max_length=20, choices=Role, default=Role.EMPLOYEE)
    status = models.CharField(max_length=20, choices=InviteStatus, default=InviteStatus.OPEN, editable=False)
    invited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", editable=False
    )
    inviter = models.CharField(max_length=200, editable=False)
    employee = models.ForeignKey(Employee, null=True, on_delete=models.PROTECT, related_name="+", editable=False)
    token_seed = models.CharField(max_length=64, editable=False)
    token_digest = models.CharField(max_length=64, unique=True, editable=False)
    expires_at = models.DateTimeField(editable=False)
    decided_at = models.DateTimeField(null=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta(TenantModel.Meta):
        abstract = False
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "email"],
                condition=Q(status=InviteStatus.OPEN),
                name="employees_one_open_invite_per_person",
            ),
            models.CheckConstraint(
                condition=Q(status=InviteStatus.ACCEPTED, employee__isnull=False)
                | (~Q(status=InviteStatus.ACCEPTED) & Q(employee__isnull=True)),
                name="employees_accepted_invite_has_employee",
            ),
        ]
        indexes = [models.Index(fields=["tenant", "-created_at"], name="employees_newest_invites")]

    def __str__(self) -> str:
        return self.email

    @property
    def state(self) -> InviteStatus:
        """Return the status, which time turns from open to expired without anybody writing it down."""
        overdue = self.status == InviteStatus.OPEN and self.expires_at <= timezone.now()
        return InviteStatus.EXPIRED if overdue else InviteStatus(self.status)
