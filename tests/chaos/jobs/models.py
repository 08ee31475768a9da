from typing import ClassVar

from django.db import models
from django.db.models.functions import Now


class Job(models.Model):
    """The row that each event speaks of."""

    id = models.UUIDField(primary_key=True)

    objects: ClassVar[models.Manager["Job"]] = models.Manager()  # the type checker reads the product's settings

    class Meta:
        app_label = "jobs"

    def __str__(self) -> str:
        return str(self.id)


class Effect(models.Model):
    """What a handler did. Nothing is unique here: an effect that happened twice is there twice."""

    id = models.BigAutoField(primary_key=True)
    event_id = models.UUIDField()
    handler = models.CharField(max_length=120)
    attempt = models.PositiveIntegerField()
    pid = models.PositiveIntegerField()
    at = models.DateTimeField(db_default=Now())

    objects: ClassVar[models.Manager["Effect"]] = models.Manager()

    class Meta:
        app_label = "jobs"

    def __str__(self) -> str:
        return f"{self.handler} of {self.event_id}, attempt {self.attempt}"
