from django.db import models


class KeptAnswer(models.Model):
    """What a POST with an idempotency key answered; `scope` digests tenant, actor, route and key."""

    scope = models.CharField(primary_key=True, max_length=64)
    fingerprint = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField()
    content = models.TextField()
    etag = models.CharField(max_length=40, blank=True)
    created_at = models.DateTimeField(auto_now_add=True, db_index=True)

    def __str__(self) -> str:
        return self.scope
