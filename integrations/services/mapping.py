"""The map of external ids: written in the transaction of the row it maps."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from integrations.choices import EntityKind
from integrations.models import ExternalId, Integration


@transaction.atomic
def remember(
    *,
    integration: Integration,
    kind: EntityKind,
    external_id: str,
    internal_id: UUID | None,
    reference: str = "",
    version: datetime | None = None,
    digest: str = "",
) -> ExternalId:
    """Say what a row of ours is called there, or that it is gone (`internal_id` None); repeating changes nothing."""
    values = {"internal_id": internal_id, "reference": reference, "version": version, "digest": digest}
    mapped, created = ExternalId.objects.get_or_create(
        integration=integration,
        kind=kind,
        external_id=external_id,
        defaults={**values, "tenant_id": integration.tenant_id},
    )
    if not created and any(getattr(mapped, name) != value for name, value in values.items()):
        for name, value in values.items():
            setattr(mapped, name, value)
        mapped.save(update_fields=[*values, "updated_at"])
    return mapped
