from django.db import models


class Item(models.Model):
    """The change that an event speaks of."""

    objects: models.Manager["Item"] = models.Manager()

    name = models.CharField(max_length=100)
    amount = models.IntegerField()

    def __str__(self) -> str:
        return self.name
