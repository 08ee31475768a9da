"""Integrations: connecting, setting, pausing, removing them, and their secrets."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from gauzy import eventbus as bus
from gauzy.eventbus import Change
from gauzy.organizations.selectors import get_organization
from gauzy.tenancy.validation import clean
from integrations import crypto
from integrations.choices import Direction, EntityKind, IntegrationState, Provider
from integrations.events import IntegrationCreatedEvent, IntegrationUpdatedEvent
from integrations.exceptions import (
    AccountDiffers,
    IntegrationExists,
    IntegrationNotFound,
    IntegrationRemoved,
    SecretMissing,
    UnknownEntity,
    UnknownSecret,
)
from integrations.models import Integration
from integrations.providers.specs import SPECS


@transaction.atomic
def create_integration(
    *,
    organization_id: UUID,
    provider: Provider,
    name: str,
    account: str = "",
    entities: Mapping[str, str] | None = None,
    secrets: Mapping[str, str] | None = None,
) -> Integration:
    """Connect an organization with an account of another system.

    Raises `OrganizationNotFound`, `Invalid`, `UnknownEntity`, `UnknownSecret`, `IntegrationExists`. `account` must be
    proved to be the organization's own: callers that take it from outside verify it first.
    """
    integration = Integration(
        organization=get_organization(organization_id), provider=provider, name=name.strip(), account=account
    )
    integration.entities = {str(kind): str(way) for kind, way in SPECS[provider].defaults.items()}
    _set_entities(integration, entities or {})
    _set_secrets(integration, secrets or {})
    clean(integration)
    _save(integration, force_insert=True)
    bus.publish(
        IntegrationCreatedEvent(integration_id=integration.id, organization_id=organization_id, provider=str(provider))
    )
    return integration


@transaction.atomic
def update_integration(
    *,
    integration_id: UUID,
    name: str | None = None,
    entities: Mapping[str, str] | None = None,
    secrets: Mapping[str, str] | None = None,
) -> Integration:
    """Set what is given; only what differs is written and published.

    Secrets not named stay, an empty one is forgotten; the event says of them only that they changed.
    """
    integration = lock_integration(integration_id)
    _refuse_removed(integration)
    changes = [
        *_set_name(integration, name),
        *_set_entities(integration, entities or {}),
        *_set_secrets(integration, secrets or {}),
    ]
    if changes:
        clean(integration)
        _save(integration)
        publish_changes(integration, changes)
    return integration


@transaction.atomic
def set_state(*, integration_id: UUID, state: IntegrationState, reason: str = "") -> Integration:
    """Pause, resume, suspend or remove; repeating changes nothing. Removing forgets the secrets, for good.

    `reason`: what people are told of why, where it was not they who did it.
    """
    integration = lock_integration(integration_id)
    if integration.state == state:
        return integration
    _refuse_removed(integration)
    change = Change(field="state", old=str(integration.state), new=str(state))
    integration.state, integration.state_reason = state, reason
    if state == IntegrationState.REMOVED:
        integration.sealed = ""
    _save(integration)
    publish_changes(integration, [change])
    return integration


@transaction.atomic
def set_account(*, integration_id: UUID, account: str, kept: Mapping[str, str]) -> Integration:
    """Record that an account, which the caller has proved, lets us in by what is `kept` with the secrets.

    An integration keeps its account for good: what it mapped are that account's. One that was suspended is active
    again. Raises `AccountDiffers`, `IntegrationExists`, `IntegrationRemoved`.
    """
    integration = lock_integration(integration_id)
    _refuse_removed(integration)
    if integration.account not in {"", account}:
        raise AccountDiffers
    known = crypto.unseal(integration.sealed)
    changes = [Change(field="account", old=integration.account, new=account)] if not integration.account else []
    changes += [Change(field=f"secrets.{name}", old=_is_set(known.get(name)), new="set") for name in sorted(kept)]
    if integration.state == IntegrationState.SUSPENDED:
        changes.append(Change(field="state", old=str(integration.state), new=str(IntegrationState.ACTIVE)))
        integration.state, integration.state_reason = IntegrationState.ACTIVE, ""
    integration.account, integration.sealed = account, crypto.seal({**known, **kept})
    _save(integration)
    publish_changes(integration, changes)
    return integration


def keep_secret(integration: Integration, name: str, secret: str) -> None:
    """Keep, in the caller's transaction and under its lock, what we were given to get in; empty: forget it."""
    kept = {**crypto.unseal(integration.sealed), name: secret}
    integration.sealed = crypto.seal({known: value for known, value in kept.items() if value})
    integration.save(update_fields=["sealed"])


@transaction.atomic
def rotate_keys() -> int:
    """Encrypt every secret of every tenant with the newest key; return how many integrations hold secrets."""
    rows = Integration.unscoped.exclude(sealed="").select_for_update().order_by("pk")
    count = 0
    for integration in rows.iterator(chunk_size=200):
        integration.sealed = crypto.reseal(integration.sealed)
        integration.save(update_fields=["sealed"])
        count += 1
    return count


def secret_of(integration: Integration, name: str) -> str:
    """Return a secret for the use of a client, never for showing; raise `SecretMissing`."""
    if secret := crypto.unseal(integration.sealed).get(name):
        return secret
    raise SecretMissing(fields={name: [SecretMissing.message]})


def lock_integration(integration_id: UUID) -> Integration:
    """Lock an integration of the tenant; raise `IntegrationNotFound`."""
    locked: Integration | None = (
        Integration.objects.select_for_update(of=("self",), no_key=True).filter(pk=integration_id).first()
    )
    if locked is None:
        raise IntegrationNotFound
    return locked


def _refuse_removed(integration: Integration) -> None:
    if integration.state == IntegrationState.REMOVED:
        raise IntegrationRemoved


def _set_name(integration: Integration, name: str | None) -> list[Change]:
    if name is None or name.strip() == integration.name:
        return []
    old, integration.name = integration.name, name.strip()
    return [Change(field="name", old=old, new=integration.name)]


def _set_entities(integration: Integration, entities: Mapping[str, str]) -> list[Change]:
    offered = SPECS[Provider(integration.provider)].entities
    changes = []
    for kind, way in entities.items():
        if kind not in offered or way not in offered[EntityKind(kind)]:
            raise UnknownEntity(fields={f"entities.{kind}": [UnknownEntity.message]})
        old = integration.entities.get(kind, str(Direction.OFF))
        if old != way:
            integration.entities = {**integration.entities, kind: str(way)}
            changes.append(Change(field=f"entities.{kind}", old=old, new=str(way)))
    return changes


def _set_secrets(integration: Integration, secrets: Mapping[str, str]) -> list[Change]:
    if unknown := sorted(secrets.keys() - SPECS[Provider(integration.provider)].secrets):
        raise UnknownSecret(fields={f"secrets.{name}": [UnknownSecret.message] for name in unknown})
    known = crypto.unseal(integration.sealed)
    given = {name: secret.strip() for name, secret in secrets.items()}
    differing = sorted(name for name, secret in given.items() if secret != known.get(name, ""))
    if not differing:
        return []
    kept = {name: secret for name, secret in {**known, **given}.items() if secret}
    integration.sealed = crypto.seal(kept) if kept else ""
    return [
        Change(field=f"secrets.{name}", old=_is_set(known.get(name)), new=_is_set(given[name])) for name in differing
    ]


def _is_set(secret: str | None) -> str:
    return "set" if secret else "none"


def _save(integration: Integration, **how: Any) -> None:
    try:
        with transaction.atomic():
            integration.save(**how)
    except IntegrityError as error:
        raise IntegrationExists(fields={"account": [IntegrationExists.message]}) from error


def publish_changes(integration: Integration, changes: list[Change]) -> None:
    """Announce what changed of an integration, in the transaction that changed it."""
    bus.publish(
        IntegrationUpdatedEvent(
            integration_id=integration.id, organization_id=integration.organization_id, changes=tuple(changes)
        )
    )
