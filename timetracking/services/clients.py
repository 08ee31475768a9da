"""Clients and tags: every write."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from gauzy import eventbus as bus
from gauzy.eventbus import Change
from gauzy.organizations.selectors import get_organization
from gauzy.tenancy.changes import apply_changes
from gauzy.tenancy.validation import clean
from timetracking.events import ClientCreatedEvent, ClientUpdatedEvent
from timetracking.exceptions import ClientNotFound, TagExists
from timetracking.models import Client, Tag
from timetracking.services.shared import locked, now, require_known, shorten

EDITABLE = frozenset({"name", "email", "address", "tax_number", "currency"})


@transaction.atomic
def create_client(
    *, organization_id: UUID, name: str, email: str = "", address: str = "", tax_number: str = "", currency: str = ""
) -> Client:
    """Raises `OrganizationNotFound` and `Invalid`."""
    client = Client(
        organization=get_organization(organization_id),
        name=name.strip(),
        email=email.strip(),
        address=address.strip(),
        tax_number=tax_number.strip(),
        currency=currency,
    )
    clean(client)
    client.save(force_insert=True)
    bus.publish(ClientCreatedEvent(client_id=client.id, organization_id=organization_id))
    return client


@transaction.atomic
def update_client(*, client_id: UUID, values: Mapping[str, Any]) -> Client:
    """Set the given fields; only what differs is written and published, and nothing if nothing does."""
    require_known(values, EDITABLE)
    client = locked(Client, client_id, ClientNotFound)
    if changes := apply_changes(client, values):
        clean(client)
        client.save()
        _publish(client, shorten(changes))
    return client


@transaction.atomic
def archive_client(*, client_id: UUID, archived: bool = True) -> Client:
    """Put a client away, or take it back; repeating changes nothing."""
    client = locked(Client, client_id, ClientNotFound)
    if bool(client.archived_at) != archived:
        client.archived_at = now() if archived else None
        client.save(update_fields=["archived_at", "updated_at"])
        _publish(client, (Change(field="archived", old=not archived, new=archived),))
    return client


@transaction.atomic
def create_tag(*, organization_id: UUID, name: str) -> Tag:
    """Raises `OrganizationNotFound`, `Invalid`, and `TagExists` for a name that differs in case at most."""
    tag = Tag(organization=get_organization(organization_id), name=name.strip())
    clean(tag)
    try:
        with transaction.atomic():
            tag.save(force_insert=True)
    except IntegrityError as error:
        raise TagExists(fields={"name": [TagExists.message]}) from error
    return tag


@transaction.atomic
def ensure_tags(*, organization_id: UUID, names: "list[str]") -> list[Tag]:
    """Return the organization's tags of these names, made where they are missing; for syncs and imports."""
    wanted = {name.strip().lower(): name.strip()[:50] for name in names if name.strip()}
    known = {tag.name.lower(): tag for tag in Tag.objects.filter(organization_id=organization_id)} if wanted else {}
    missing = [Tag(organization_id=organization_id, name=name) for key, name in wanted.items() if key not in known]
    if missing:
        Tag.objects.bulk_create(missing, ignore_conflicts=True)
        known = {tag.name.lower(): tag for tag in Tag.objects.filter(organization_id=organization_id)}
    return [known[name[:50].lower()] for name in wanted.values()]


def _publish(client: Client, changes: tuple[Change, ...]) -> None:
    bus.publish(ClientUpdatedEvent(client_id=client.id, organization_id=client.organization_id, changes=changes))
