from typing import Any

from rest_framework import serializers

from gauzy.analytics.models import DailyCount


class DailyCountQuery(serializers.Serializer[Any]):
    metric = serializers.CharField(required=False, max_length=100)
    since = serializers.DateField(required=False, help_text="The first day wanted.")
    until = serializers.DateField(required=False, help_text="The first day not wanted any more.")


class DailyCountOutput(serializers.ModelSerializer[DailyCount]):
    class Meta:
        model = DailyCount
        fields = ("metric", "day", "count")
        read_only_fields = fields
