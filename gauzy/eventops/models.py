from django.db import models
from django.db.models.functions import Now

from gauzy.eventbus.ids import uuid7


class Replay(models.Model):
    """A handler's history, run again: what was chosen, and how far it is. Each is a generation of deliveries."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    handler = models.CharField(max_length=120)
    generation = models.PositiveIntegerField()
    event = models.CharField(max_length=100, default="")
    tenant_id = models.UUIDField(null=True)
    since = models.DateTimeField()
    until = models.DateTimeField()
    cursor = models.UUIDField(null=True)  # the last event that was looked at
    made_owed = models.PositiveIntegerField(default=0)
    started_at = models.DateTimeField(db_default=Now())
    finished_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "eventops_replay"
        constraints = [
            models.UniqueConstraint(fields=["handler", "generation"], name="eventops_one_replay_per_generation")
        ]

    def __str__(self) -> str:
        return f"{self.handler}, generation {self.generation}"
