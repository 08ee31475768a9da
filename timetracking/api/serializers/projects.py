from typing import Any

from rest_framework import serializers

from gauzy.organizations.validators import validate_currency
from gauzy.rest.serializers import StrictSerializer
from timetracking.choices import RateSubject, TaskStatus
from timetracking.models import Client, Project, ProjectMember, Rate, Tag, Task
from timetracking.selectors.projects import sees_rates

_MONEY: Any = {"max_digits": 14, "decimal_places": 4, "min_value": 0}
_CURRENCY: Any = {"max_length": 3, "required": False, "allow_blank": True, "validators": [validate_currency]}


class ClientInput(StrictSerializer):
    name = serializers.CharField(max_length=200)
    email = serializers.EmailField(max_length=254, required=False, allow_blank=True)
    address = serializers.CharField(max_length=500, required=False, allow_blank=True)
    tax_number = serializers.CharField(max_length=50, required=False, allow_blank=True)
    currency = serializers.CharField(**_CURRENCY, help_text="Empty: the organization's.")


class NewClientInput(ClientInput):
    organization_id = serializers.UUIDField()


class ClientOutput(serializers.ModelSerializer[Client]):
    organization_id = serializers.UUIDField()
    email = serializers.CharField(help_text="Empty where none is known.")

    class Meta:
        model = Client
        fields: tuple[str, ...] = (
            *("id", "organization_id", "name", "email", "address", "tax_number", "currency"),
            *("archived_at", "created_at", "updated_at"),
        )
        read_only_fields = fields


class ArchivableQuery(serializers.Serializer[Any]):
    organization_id = serializers.UUIDField(required=False)
    archived = serializers.BooleanField(required=False)


class ProjectInput(StrictSerializer):
    name = serializers.CharField(max_length=200)
    client_id = serializers.UUIDField(required=False, allow_null=True)
    code = serializers.CharField(max_length=20, required=False, allow_blank=True)
    description = serializers.CharField(max_length=2000, required=False, allow_blank=True)
    is_billable = serializers.BooleanField(required=False)
    is_private = serializers.BooleanField(required=False, help_text="Seen by its members only.")
    currency = serializers.CharField(**_CURRENCY, help_text="Of the money budget; empty: the organization's.")
    budget_seconds = serializers.IntegerField(required=False, allow_null=True, min_value=1, max_value=2**31 - 1)
    budget_amount = serializers.DecimalField(**_MONEY, required=False, allow_null=True)


class NewProjectInput(ProjectInput):
    organization_id = serializers.UUIDField()


class ProjectOutput(serializers.ModelSerializer[Project]):
    organization_id = serializers.UUIDField()
    client_id = serializers.UUIDField(allow_null=True)
    budget_amount = serializers.SerializerMethodField(help_text="null also for who may not see amounts.")

    class Meta:
        model = Project
        fields: tuple[str, ...] = (
            *("id", "organization_id", "client_id", "name", "code", "description", "is_billable", "is_private"),
            *("currency", "budget_seconds", "budget_amount", "budget_reached"),
            *("archived_at", "created_at", "updated_at"),
        )
        read_only_fields = fields

    def get_budget_amount(self, project: Project) -> str | None:
        return str(project.budget_amount) if project.budget_amount is not None and sees_rates() else None


class ProjectQuery(ArchivableQuery):
    client_id = serializers.UUIDField(required=False)


class ProjectMemberInput(StrictSerializer):
    employee_id = serializers.UUIDField()
    is_manager = serializers.BooleanField(default=False)


class ProjectMemberOutput(serializers.ModelSerializer[ProjectMember]):
    employee_id = serializers.UUIDField()
    name = serializers.CharField(source="employee.__str__")

    class Meta:
        model = ProjectMember
        fields: tuple[str, ...] = ("id", "employee_id", "name", "is_manager")
        read_only_fields = fields


class TagInput(StrictSerializer):
    organization_id = serializers.UUIDField()
    name = serializers.CharField(max_length=50)


class TagQuery(serializers.Serializer[Any]):
    organization_id = serializers.UUIDField(required=False)


class TagOutput(serializers.ModelSerializer[Tag]):
    class Meta:
        model = Tag
        fields: tuple[str, ...] = ("id", "name")
        read_only_fields = fields


class TaskInput(StrictSerializer):
    title = serializers.CharField(max_length=300)
    description = serializers.CharField(max_length=65_536, required=False, allow_blank=True)
    status = serializers.ChoiceField(TaskStatus.choices, required=False)
    assignee_id = serializers.UUIDField(required=False, allow_null=True)
    due_date = serializers.DateField(required=False, allow_null=True)
    estimate_seconds = serializers.IntegerField(required=False, allow_null=True, min_value=0, max_value=2**31 - 1)
    tag_ids = serializers.ListField(child=serializers.UUIDField(), required=False, max_length=50)


class NewTaskInput(TaskInput):
    project_id = serializers.UUIDField()


class TaskOutput(serializers.ModelSerializer[Task]):
    organization_id = serializers.UUIDField()
    project_id = serializers.UUIDField()
    assignee_id = serializers.UUIDField(allow_null=True)
    tags = TagOutput(many=True)

    class Meta:
        model = Task
        fields: tuple[str, ...] = (
            *("id", "organization_id", "project_id", "number", "title", "description", "status", "assignee_id"),
            *("due_date", "estimate_seconds", "tags", "archived_at", "created_at", "updated_at"),
        )
        read_only_fields = fields


class TaskQuery(ArchivableQuery):
    project_id = serializers.UUIDField(required=False)
    status = serializers.ChoiceField(TaskStatus.choices, required=False)
    assignee_id = serializers.UUIDField(required=False)


class RateInput(StrictSerializer):
    """What it applies to: a task; a project and an employee, its member; one of both; or nothing, the organization."""

    organization_id = serializers.UUIDField()
    employee_id = serializers.UUIDField(required=False, allow_null=True)
    project_id = serializers.UUIDField(required=False, allow_null=True)
    task_id = serializers.UUIDField(required=False, allow_null=True)
    amount = serializers.DecimalField(max_digits=12, decimal_places=4, min_value=0, help_text="For an hour.")
    currency = serializers.CharField(**_CURRENCY, help_text="Empty: the organization's.")
    valid_from = serializers.DateField()
    valid_until = serializers.DateField(required=False, allow_null=True, help_text="The last day.")


class RateEndInput(StrictSerializer):
    valid_until = serializers.DateField(allow_null=True)


class RateQuery(serializers.Serializer[Any]):
    organization_id = serializers.UUIDField(required=False)
    employee_id = serializers.UUIDField(required=False)
    project_id = serializers.UUIDField(required=False)
    task_id = serializers.UUIDField(required=False)


class RateOutput(serializers.ModelSerializer[Rate]):
    organization_id = serializers.UUIDField()
    subject = serializers.ChoiceField(RateSubject.choices)
    employee_id = serializers.UUIDField(allow_null=True)
    project_id = serializers.UUIDField(allow_null=True)
    task_id = serializers.UUIDField(allow_null=True)

    class Meta:
        model = Rate
        fields: tuple[str, ...] = (
            *("id", "organization_id", "subject", "employee_id", "project_id", "task_id"),
            *("amount", "currency", "valid_from", "valid_until", "created_at"),
        )
        read_only_fields = fields


class RecomputeInput(StrictSerializer):
    organization_id = serializers.UUIDField()
    first_day = serializers.DateField()
    last_day = serializers.DateField()
    dry_run = serializers.BooleanField(default=False)


class RecomputeOutput(serializers.Serializer[Any]):
    changed = serializers.IntegerField()
    skipped = serializers.IntegerField(
        help_text="Locked, so left as they are: submitted, approved, on an invoice, or before the lock date."
    )
