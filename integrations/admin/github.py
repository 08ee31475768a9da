from django.contrib import admin

from gauzy.site.base import ReadOnlyAdmin
from gauzy.site.html import chip
from gauzy.site.navigation import Entry, Task
from integrations.choices import DeliveryState
from integrations.models import GitHubDelivery

_TONES = {DeliveryState.ACCEPTED: "info", DeliveryState.PROCESSED: "good", DeliveryState.IGNORED: ""}


@admin.register(GitHubDelivery)
class GitHubDeliveryAdmin(ReadOnlyAdmin):
    navigation = (Entry(Task.INTEGRATIONS, "GitHub deliveries", "inbox", "integrations_githubdelivery_changelist"),)
    list_display = ("received_at", "integration", "event", "action", "state_chip", "note")
    list_filter = ("state", "event")
    list_select_related = ("integration",)
    search_fields = ("delivery",)
    ordering = ("-id",)
    fields = ("integration", "delivery", "event", "action", "state_chip", "note", "received_at")

    @admin.display(description="state", ordering="state")
    def state_chip(self, delivery: GitHubDelivery) -> str:
        state = DeliveryState(delivery.state)
        return chip(state.label, _TONES[state])
