from rest_framework import serializers

from gauzy.organizations.choices import OverlapPolicy, SecondTimerPolicy, Weekday
from gauzy.organizations.models import Organization, OrganizationSettings
from gauzy.organizations.validators import validate_currency, validate_time_zone
from gauzy.rest.serializers import StrictSerializer


class OrganizationInput(StrictSerializer):
    name = serializers.CharField(max_length=200)
    time_zone = serializers.CharField(max_length=64, required=False, validators=[validate_time_zone])
    currency = serializers.CharField(max_length=3, required=False, validators=[validate_currency])
    week_starts_on = serializers.ChoiceField(Weekday.choices, required=False, help_text="1 is Monday.")
    invite_expiry_days = serializers.IntegerField(min_value=1, max_value=365, required=False)


class OrganizationOutput(serializers.ModelSerializer[Organization]):
    class Meta:
        model = Organization
        fields = ("id", "name", "time_zone", "currency", "week_starts_on", "invite_expiry_days", "created_at")


class OrganizationSettingsInput(StrictSerializer):
    manual_time = serializers.BooleanField(required=False)
    modify_time = serializers.BooleanField(required=False)
    delete_time = serializers.BooleanField(required=False)
    future_time = serializers.BooleanField(required=False)
    overlaps = serializers.ChoiceField(OverlapPolicy.choices, required=False)
    second_timer = serializers.ChoiceField(SecondTimerPolicy.choices, required=False)
    requires_project = serializers.BooleanField(required=False)
    requires_task = serializers.BooleanField(required=False)
    requires_description = serializers.BooleanField(required=False)
    lock_date = serializers.DateField(
        required=False, allow_null=True, help_text="Time up to this day cannot be changed any more."
    )
    approvals = serializers.BooleanField(required=False, help_text="Timesheets are submitted and approved.")
    approve_own = serializers.BooleanField(required=False, help_text="Approvers may approve their own timesheets.")


class OrganizationSettingsOutput(serializers.ModelSerializer[OrganizationSettings]):
    class Meta:
        model = OrganizationSettings
        fields = tuple(OrganizationSettingsInput().fields)
