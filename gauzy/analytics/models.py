from uuid import UUID

from django.db import models

from gauzy.eventbus.ids import uuid7

NO_TENANT = UUID(int=0)


class DailyCount(models.Model):
    """How often something was counted on one day.

    The day is the UTC date of the counted event's `occurred_at`: the organizations of a tenant may live in different
    zones, and a total over all of them needs one day. Reports by a person's own day are made from time logs.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    # Never null, as a unique constraint would take nulls for different: NO_TENANT stands for "outside any tenant".
    tenant_key = models.UUIDField()
    metric = models.CharField(max_length=100)
    day = models.DateField()
    count = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant_key", "metric", "day"], name="analytics_one_count_per_day")
        ]
        indexes = [models.Index(fields=["tenant_key", "-day", "-id"], name="analytics_newest")]

    def __str__(self) -> str:
        return f"{self.metric} on {self.day}: {self.count}"
