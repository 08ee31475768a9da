from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from gauzy.eventbus.ids import uuid7
from gauzy.organizations.choices import OverlapPolicy, SecondTimerPolicy, Weekday
from gauzy.organizations.validators import validate_currency, validate_time_zone
from gauzy.tenancy.models import TenantModel


class Organization(TenantModel):
    """A company of a tenant: its people share a calendar, a currency and policies."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    name = models.CharField(max_length=200)
    time_zone = models.CharField(max_length=64, default="UTC", validators=[validate_time_zone])
    currency = models.CharField(max_length=3, default="EUR", validators=[validate_currency])
    week_starts_on = models.PositiveSmallIntegerField(choices=Weekday, default=Weekday.MONDAY)
    invite_expiry_days = models.PositiveSmallIntegerField(
        default=7, validators=[MinValueValidator(1), MaxValueValidator(365)]
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta(TenantModel.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "name"], name="organizations_name_once_per_tenant")]

    def __str__(self) -> str:
        return self.name


class OrganizationSettings(TenantModel):
    """The policies of an organization about time (DOMAIN §3), written down by its default set-up."""

    organization = models.OneToOneField(
        "organizations.Organization", on_delete=models.PROTECT, primary_key=True, related_name="+"
    )
    manual_time = models.BooleanField(default=True, help_text="Employees may enter time by hand.")
    modify_time = models.BooleanField(default=True, help_text="Employees may edit their own time.")
    delete_time = models.BooleanField(default=True, help_text="Employees may delete their own time.")
    future_time = models.BooleanField(default=False, help_text="Employees may enter time that has not begun.")
    overlaps = models.CharField(max_length=20, choices=OverlapPolicy, default=OverlapPolicy.REFUSE)
    second_timer = models.CharField(max_length=20, choices=SecondTimerPolicy, default=SecondTimerPolicy.STOP_RUNNING)
    requires_project = models.BooleanField(default=False)
    requires_task = models.BooleanField(default=False)
    requires_description = models.BooleanField(default=False)
    lock_date = models.DateField(
        null=True, blank=True, help_text="Time up to this day, in each employee's own zone, cannot be changed any more."
    )
    approvals = models.BooleanField(default=True, help_text="Timesheets are submitted and approved.")
    approve_own = models.BooleanField(default=False, help_text="Approvers may approve their own timesheets.")

    class Meta(TenantModel.Meta):
        constraints = [
            models.CheckConstraint(
                condition=Q(approvals=True) | Q(approve_own=False), name="organizations_approve_own_needs_approvals"
            )
        ]
        verbose_name_plural = "organization settings"

    def __str__(self) -> str:
        return f"settings of {self.organization_id}"
