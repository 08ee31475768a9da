"""What time is spent on, and what it costs."""

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower

from gauzy.eventbus.ids import uuid7
from gauzy.organizations.validators import validate_currency
from gauzy.tenancy.models import TenantModel
from timetracking.choices import RateSubject, TaskStatus


class Owned(TenantModel):
    """Belongs to an organization of the tenant."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organization = models.ForeignKey("organizations.Organization", on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta(TenantModel.Meta):
        abstract = True


class Tag(Owned):
    name = models.CharField(max_length=50)

    class Meta(Owned.Meta):
        abstract = False
        constraints = [
            models.UniqueConstraint("organization", Lower("name"), name="timetracking_tag_once_per_organization")
        ]

    def __str__(self) -> str:
        return self.name


class Client(Owned):
    """Whom projects are done for. `currency` is what they are billed in; empty means the organization's."""

    name = models.CharField(max_length=200)
    email = models.EmailField(max_length=254, blank=True)
    address = models.CharField(max_length=500, blank=True)
    tax_number = models.CharField(max_length=50, blank=True)
    currency = models.CharField(max_length=3, blank=True, validators=[validate_currency])
    archived_at = models.DateTimeField(null=True, blank=True, editable=False)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta(Owned.Meta):
        abstract = False
        indexes = [models.Index(fields=["tenant", "-id"], name="timetracking_clients")]

    def __str__(self) -> str:
        return self.name


class Project(Owned):
    """A private project is seen by its members and by administrators only.

    `last_task_number` is the last number given to a task; `budget_reached` the highest share of the budget, in percent,
    that was announced. A money budget is in the project's currency; an empty one means the organization's.
    """

    client = models.ForeignKey(Client, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    name = models.CharField(max_length=200)
    code = models.CharField(max_length=20, blank=True)
    description = models.CharField(max_length=2000, blank=True)
    is_billable = models.BooleanField(default=True, help_text="Its logs are billable unless they say otherwise.")
    is_private = models.BooleanField(default=False)
    currency = models.CharField(max_length=3, blank=True, validators=[validate_currency])
    budget_seconds = models.PositiveIntegerField(null=True, blank=True)
    budget_amount = models.DecimalField(max_digits=14, decimal_places=4, null=True, blank=True)
    budget_reached = models.PositiveSmallIntegerField(default=0, editable=False)
    last_task_number = models.PositiveIntegerField(default=0, editable=False)
    archived_at = models.DateTimeField(null=True, blank=True, editable=False)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta(Owned.Meta):
        abstract = False
        indexes = [models.Index(fields=["tenant", "-id"], name="timetracking_projects")]
        constraints = [
            models.CheckConstraint(
                condition=Q(budget_amount__isnull=True) | Q(budget_amount__gte=0),
                name="timetracking_project_budget_not_negative",
            )
        ]

    def __str__(self) -> str:
        return self.name


class ProjectMember(TenantModel):
    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="members", db_index=False)
    employee = models.ForeignKey("employees.Employee", on_delete=models.PROTECT, related_name="+")
    is_manager = models.BooleanField(default=False)

    class Meta(TenantModel.Meta):
        abstract = False
        constraints = [
            models.UniqueConstraint(fields=["project", "employee"], name="timetracking_member_once_per_project")
        ]

    def __str__(self) -> str:
        return f"{self.employee_id} in {self.project_id}"


class Task(Owned):
    """`number` is given by the project, in order and never twice."""

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="+", db_index=False)
    number = models.PositiveIntegerField(editable=False)
    title = models.CharField(max_length=300)
    description = models.TextField(max_length=65_536, blank=True)
    status = models.CharField(max_length=20, choices=TaskStatus, default=TaskStatus.OPEN)
    assignee = models.ForeignKey(
        "employees.Employee", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    due_date = models.DateField(null=True, blank=True)
    estimate_seconds = models.PositiveIntegerField(null=True, blank=True)
    tags = models.ManyToManyField(Tag, blank=True, related_name="+")
    archived_at = models.DateTimeField(null=True, blank=True, editable=False)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta(Owned.Meta):
        abstract = False
        constraints = [
            models.UniqueConstraint(fields=["project", "number"], name="timetracking_task_number_once_per_project")
        ]
        indexes = [models.Index(fields=["tenant", "-id"], name="timetracking_tasks")]

    def __str__(self) -> str:
        return f"#{self.number} {self.title}"


class Rate(Owned):
    """What an hour costs, from one day to another (included), in the organization's zone; zero is a rate.

    `subject_key` is the subject in one column: an employee's is theirs alone, a member's is project and employee.
    """

    subject = models.CharField(max_length=20, choices=RateSubject)
    subject_key = models.CharField(max_length=80, editable=False)
    employee = models.ForeignKey(
        "employees.Employee", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    project = models.ForeignKey(Project, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    task = models.ForeignKey(Task, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    amount = models.DecimalField(max_digits=12, decimal_places=4)
    currency = models.CharField(max_length=3, validators=[validate_currency])
    valid_from = models.DateField()
    valid_until = models.DateField(null=True, blank=True)

    class Meta(Owned.Meta):
        abstract = False
        constraints = [
            models.UniqueConstraint(fields=["subject_key", "valid_from"], name="timetracking_rate_once_per_day"),
            models.CheckConstraint(condition=Q(amount__gte=0), name="timetracking_rate_not_negative"),
            models.CheckConstraint(
                condition=Q(valid_until__isnull=True) | Q(valid_until__gte=F("valid_from")),
                name="timetracking_rate_ends_after_it_begins",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_subject_display()} rate from {self.valid_from}"
