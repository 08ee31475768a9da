from typing import Any

from rest_framework import serializers

from employees.models import Team
from gauzy.rest.serializers import StrictSerializer

LARGEST_TEAM = 500


def _ids(**options: Any) -> serializers.ListField:
    return serializers.ListField(child=serializers.UUIDField(), required=False, max_length=LARGEST_TEAM, **options)


class TeamInput(StrictSerializer):
    name = serializers.CharField(max_length=100)
    member_ids = _ids(help_text="All employees who are in it without managing it.")
    manager_ids = _ids(help_text="All employees who manage it.")


class NewTeamInput(TeamInput):
    organization_id = serializers.UUIDField()


class TeamQuery(serializers.Serializer[Any]):
    organization_id = serializers.UUIDField(required=False)


class TeamOutput(serializers.ModelSerializer[Team]):
    organization_id = serializers.UUIDField()
    member_ids = serializers.SerializerMethodField()
    manager_ids = serializers.SerializerMethodField()

    class Meta:
        model = Team
        fields = ("id", "organization_id", "name", "member_ids", "manager_ids", "created_at")
        read_only_fields = fields

    def get_member_ids(self, team: Team) -> list[str]:
        return [str(place.employee_id) for place in team.members.all() if not place.is_manager]

    def get_manager_ids(self, team: Team) -> list[str]:
        return [str(place.employee_id) for place in team.members.all() if place.is_manager]
