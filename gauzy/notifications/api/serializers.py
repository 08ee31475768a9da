from typing import Any

from rest_framework import serializers

from gauzy.notifications.choices import EmailStatus
from gauzy.notifications.models import EmailMessage, Notification
from gauzy.rest.serializers import StrictSerializer


class NotificationQuery(serializers.Serializer[Any]):
    unread = serializers.BooleanField(required=False, help_text="true: those not read yet; false: those read.")


class NotificationOutput(serializers.ModelSerializer[Notification]):
    class Meta:
        model = Notification
        fields = ("id", "event_id", "kind", "title", "body", "url", "created_at", "read_at")
        read_only_fields = fields


class MarkedReadOutput(serializers.Serializer[Any]):
    marked = serializers.IntegerField(help_text="How many were unread.")


class PreferenceOutput(serializers.Serializer[Any]):
    kind = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]  # the metaclass takes it out: DRF's own label stays
    enabled = serializers.BooleanField()


class PreferencesOutput(serializers.Serializer[Any]):
    items = PreferenceOutput(many=True)


class PreferenceInput(StrictSerializer):
    kind = serializers.CharField(max_length=60)
    enabled = serializers.BooleanField()


class PreferencesInput(StrictSerializer):
    items = PreferenceInput(many=True, help_text="Kinds that are not named stay as they are.")


class EmailQuery(serializers.Serializer[Any]):
    status = serializers.ChoiceField(EmailStatus.choices, required=False)
    user_id = serializers.UUIDField(required=False)


class EmailOutput(serializers.ModelSerializer[EmailMessage]):
    user_id = serializers.UUIDField(allow_null=True)

    class Meta:
        model = EmailMessage
        fields: tuple[str, ...] = (
            *("id", "user_id", "to", "subject", "template", "message_id"),
            *("status", "attempts", "last_error", "created_at", "sent_at"),
        )
        read_only_fields = fields


class EmailDetailOutput(EmailOutput):
    class Meta(EmailOutput.Meta):
        fields = (*EmailOutput.Meta.fields, "text", "html")
        read_only_fields = fields
