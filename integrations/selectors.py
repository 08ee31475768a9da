from datetime import datetime, timedelta
from typing import TypedDict, Unpack
from uuid import UUID

from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Lower

from integrations.choices import DeliveryState, EndpointState, EntityKind, IntegrationState, Provider, SyncState
from integrations.exceptions import (
    ContractNotFound,
    EndpointNotFound,
    IntegrationNotFound,
    LinkNotFound,
    SyncRunNotFound,
)
from integrations.models import (
    ExternalId,
    GitHubDelivery,
    Integration,
    RepositoryLink,
    SyncConflict,
    SyncRun,
    TaskReference,
    UpworkContract,
    UpworkTransaction,
    WebhookAttempt,
    WebhookEndpoint,
)
from integrations.outbound.cloudevents import matches

# How long the holder of a sync may be silent: longer than a page takes with all its retries.
LEASE = timedelta(minutes=2)


class IntegrationFilters(TypedDict, total=False):
    organization_id: UUID
    provider: Provider
    state: IntegrationState


class RunFilters(TypedDict, total=False):
    integration_id: UUID
    state: SyncState


class DeliveryFilters(TypedDict, total=False):
    integration_id: UUID
    event: str
    state: DeliveryState


def integrations(**filters: Unpack[IntegrationFilters]) -> QuerySet[Integration]:
    return Integration.objects.filter(**filters)


def get_integration(integration_id: UUID) -> Integration:
    """Return an integration of the tenant; raise `IntegrationNotFound` for an unknown and for a foreign id."""
    if integration := Integration.objects.filter(pk=integration_id).first():
        return integration
    raise IntegrationNotFound


def sync_runs(**filters: Unpack[RunFilters]) -> QuerySet[SyncRun]:
    return SyncRun.objects.filter(**filters)


def find_sync_run(run_id: UUID) -> SyncRun | None:
    """Return a run of the tenant, None for one that was forgotten."""
    return SyncRun.objects.filter(pk=run_id).first()


def get_sync_run(run_id: UUID) -> SyncRun:
    """Return a run of the tenant; raise `SyncRunNotFound` for an unknown and for a foreign id."""
    if run := find_sync_run(run_id):
        return run
    raise SyncRunNotFound


def was_synced_since(integration_id: UUID, moment: datetime) -> bool:
    """Tell whether a sync that began after a moment is done."""
    done = SyncRun.objects.filter(integration_id=integration_id, state=SyncState.DONE)
    return done.filter(started_at__gte=moment).exists()


def failed_before(run: SyncRun) -> bool:
    """Tell whether the integration's sync before this one failed."""
    before = SyncRun.objects.filter(integration=run.integration_id, pk__lt=run.pk).order_by("-pk").first()
    return before is not None and before.state == SyncState.FAILED


def due_for_sync(moment: datetime) -> QuerySet[Integration]:
    """Return the active integrations, of every tenant, for which nobody has asked for a sync since a moment."""
    active = Integration.unscoped.filter(state=IntegrationState.ACTIVE)
    return active.filter(Q(asked_at=None) | Q(asked_at__lt=moment)).order_by("pk")


def conflicts_of(run_id: UUID) -> QuerySet[SyncConflict]:
    return SyncConflict.objects.filter(run_id=run_id)


def find_mapped(integration_id: UUID, kind: EntityKind, external_id: str) -> ExternalId | None:
    """Return what is known of a row of the other system, also if it is gone there."""
    known = ExternalId.objects.filter(integration_id=integration_id, kind=kind, external_id=external_id)
    return known.first()


def mapped_with_prefix(integration_id: UUID, kind: EntityKind, prefix: str) -> QuerySet[ExternalId]:
    """Return what is known of rows that are there and whose external ids begin so."""
    known = ExternalId.objects.filter(integration_id=integration_id, kind=kind, internal_id__isnull=False)
    return known.filter(external_id__startswith=prefix).order_by("external_id")


def mapped_to(kind: EntityKind, internal_id: UUID) -> QuerySet[ExternalId]:
    """Return what other systems call a row of ours."""
    return ExternalId.objects.filter(kind=kind, internal_id=internal_id)


def integrations_whose_last_sync_failed() -> QuerySet[Integration]:
    newest = SyncRun.objects.filter(integration=OuterRef("pk")).order_by("-id").values("state")[:1]
    return Integration.objects.annotate(last_state=Subquery(newest)).filter(last_state=SyncState.FAILED)


class EndpointFilters(TypedDict, total=False):
    state: EndpointState


class AttemptFilters(TypedDict, total=False):
    event_id: UUID
    delivered: bool


def endpoints(**filters: Unpack[EndpointFilters]) -> QuerySet[WebhookEndpoint]:
    return WebhookEndpoint.objects.filter(**filters)


def get_endpoint(endpoint_id: UUID) -> WebhookEndpoint:
    """Return an endpoint of the tenant; raise `EndpointNotFound` for an unknown and for a foreign id."""
    if endpoint := WebhookEndpoint.objects.filter(pk=endpoint_id).first():
        return endpoint
    raise EndpointNotFound


def endpoints_told_of(event_name: str, occurred_at: datetime) -> list[WebhookEndpoint]:
    """Return the active endpoints that chose an event, and existed when it happened."""
    existing = endpoints(state=EndpointState.ACTIVE).filter(created_at__lte=occurred_at).order_by("pk")
    return [endpoint for endpoint in existing if matches(endpoint.events, event_name)]


def attempts_at(endpoint_id: UUID, **filters: Unpack[AttemptFilters]) -> QuerySet[WebhookAttempt]:
    return WebhookAttempt.objects.filter(endpoint_id=endpoint_id, **filters)


def find_receiver(integration_id: UUID) -> Integration | None:
    """Return the integration whose address a delivery came to: for the edge, before a tenant is known."""
    connected = Integration.unscoped.exclude(state=IntegrationState.REMOVED)
    return connected.filter(pk=integration_id, provider=Provider.GITHUB).first()


def integrations_of_installation(installation: str) -> list[Integration]:
    """Return the integrations, of whatever tenants, that a delivery to the GitHub App concerns."""
    if not installation:
        return []
    connected = Integration.unscoped.exclude(state=IntegrationState.REMOVED)
    return list(connected.filter(provider=Provider.GITHUB, account=installation).order_by("pk"))


def github_deliveries(**filters: Unpack[DeliveryFilters]) -> QuerySet[GitHubDelivery]:
    return GitHubDelivery.objects.filter(**filters)


class LinkFilters(TypedDict, total=False):
    integration_id: UUID
    project_id: UUID


class ReferenceFilters(TypedDict, total=False):
    task_id: UUID


def repository_links(**filters: Unpack[LinkFilters]) -> QuerySet[RepositoryLink]:
    return RepositoryLink.objects.filter(**filters)


def get_link(link_id: UUID) -> RepositoryLink:
    """Return a link of the tenant; raise `LinkNotFound` for an unknown and for a foreign id."""
    if link := RepositoryLink.objects.filter(pk=link_id).first():
        return link
    raise LinkNotFound


def links_of_repository(integration_id: UUID, repository_id: int, repository: str) -> QuerySet[RepositoryLink]:
    """Return an integration's active links with a repository, by its id, or by name where that is not known yet."""
    named = Q(repository_id=None, repository__iexact=repository)
    linked = RepositoryLink.objects.filter(Q(repository_id=repository_id) | named)
    return linked.filter(integration_id=integration_id, is_active=True).order_by("pk")


def outgoing_links(project_id: UUID) -> list[RepositoryLink]:
    """Return the links to which a project's tasks go: the first of each integration that gives tasks out."""
    linked = RepositoryLink.objects.filter(project_id=project_id, is_active=True).select_related("integration")
    first: dict[UUID, RepositoryLink] = {}
    for link in linked.order_by("pk"):
        if link.integration.direction_of(EntityKind.TASK).gives_out:
            first.setdefault(link.integration_id, link)
    return list(first.values())


def is_paused(integration_id: UUID, project_id: UUID, repository: str) -> bool:
    """Tell whether a project is linked with a repository, and the link rests."""
    linked = RepositoryLink.objects.filter(integration_id=integration_id, project_id=project_id, is_active=False)
    return linked.filter(repository__iexact=repository).exists()


def tasks_of_issue(integration_id: UUID, reference: str) -> list[UUID]:
    """Return the tasks that an issue, named as `owner/repository#12`, is here."""
    known = ExternalId.objects.filter(integration_id=integration_id, kind=EntityKind.TASK, internal_id__isnull=False)
    named = known.annotate(named=Lower("reference")).filter(named=reference.lower())  # as the index has it
    return [row.internal_id for row in named.order_by("pk") if row.internal_id]


def task_references(**filters: Unpack[ReferenceFilters]) -> QuerySet[TaskReference]:
    return TaskReference.objects.filter(**filters)


class ContractFilters(TypedDict, total=False):
    integration_id: UUID


def upwork_contracts(**filters: Unpack[ContractFilters]) -> QuerySet[UpworkContract]:
    return UpworkContract.objects.filter(**filters)


def get_contract(contract_id: UUID) -> UpworkContract:
    """Return a contract of the tenant; raise `ContractNotFound` for an unknown and for a foreign id."""
    if contract := UpworkContract.objects.select_related("integration").filter(pk=contract_id).first():
        return contract
    raise ContractNotFound


def contract_named(integration_id: UUID, contract: str) -> UpworkContract | None:
    """Return the contract that Upwork calls so."""
    return UpworkContract.objects.filter(integration_id=integration_id, contract=contract).first()


def contracts_after(integration_id: UUID, contract_id: UUID | None) -> QuerySet[UpworkContract]:
    """Return, in order, the contracts whose diaries are read, after one of them or from the first."""
    running = UpworkContract.objects.filter(integration_id=integration_id, has_ended=False).order_by("pk")
    return running.filter(pk__gt=contract_id) if contract_id else running


class TransactionFilters(TypedDict, total=False):
    integration_id: UUID


def upwork_transactions(**filters: Unpack[TransactionFilters]) -> QuerySet[UpworkTransaction]:
    return UpworkTransaction.objects.filter(**filters)
