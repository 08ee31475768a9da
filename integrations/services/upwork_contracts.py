"""Contracts become projects, with their client and rate; whose work they are is known or chosen."""

from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from employees.choices import EmployeeStatus
from employees.selectors import employees, get_employee
from gauzy.eventbus import Change
from integrations.choices import EntityKind, ItemOutcome
from integrations.models import Integration, UpworkContract
from integrations.providers.upwork.contracts import Contract
from integrations.selectors import find_mapped, get_contract
from integrations.services.connecting import lock_integration, publish_changes
from integrations.services.mapping import remember
from timetracking.exceptions import OtherOrganization
from timetracking.selectors.projects import get_project
from timetracking.services.clients import create_client
from timetracking.services.projects import archive_project, create_project, update_project
from timetracking.services.rates import create_rate


@transaction.atomic
def take_in_contract(*, integration_id: UUID, contract: Contract, email: str = "") -> ItemOutcome:
    """Make or update a contract's project; names that people gave it here stay.

    `email`: the freelancer's, where Upwork told it, by which their employment is found.
    """
    integration = lock_integration(integration_id)
    known = UpworkContract.objects.filter(integration=integration, contract=contract.id).first()
    if known is None:
        _create(integration, contract, email)
        return ItemOutcome.CREATED
    before = _state(known)
    _follow(known, contract)
    _end_unless_read(integration, known, contract)
    known.employee = known.employee or _employee(integration, email)
    if _state(known) == before:
        return ItemOutcome.UNCHANGED
    known.save()
    return ItemOutcome.UPDATED


@transaction.atomic
def end_contract(*, contract_id: UUID) -> None:
    """Put away the project of a contract that is over, once: who takes it back then, keeps it."""
    contract = get_contract(contract_id)
    if not contract.has_ended:
        archive_project(project_id=contract.project_id)
        contract.has_ended = True
        contract.save(update_fields=["has_ended"])


@transaction.atomic
def choose_employee(*, contract_id: UUID, employee_id: UUID | None) -> UpworkContract:
    """Say whose work a contract is; what was taken in before stays whose it is. Repeating changes nothing."""
    contract = get_contract(contract_id)
    integration = lock_integration(contract.integration_id)
    employee = get_employee(employee_id) if employee_id else None
    if employee and employee.organization_id != integration.organization_id:
        raise OtherOrganization(fields={"employee_id": [OtherOrganization.message]})
    if contract.employee_id != employee_id:
        change = Change(field=f"contracts.{contract.contract}", old=_text(contract.employee_id), new=_text(employee_id))
        contract.employee = employee
        contract.save(update_fields=["employee"])
        publish_changes(integration, [change])
    return contract


def _create(integration: Integration, contract: Contract, email: str) -> None:
    project = create_project(
        organization_id=integration.organization_id,
        name=contract.title,
        client_id=_client(integration, contract),
        currency=contract.currency,
    )
    remember(
        integration=integration,
        kind=EntityKind.PROJECT,
        external_id=contract.id,
        internal_id=project.id,
        reference=contract.title,
    )
    row = UpworkContract(integration=integration, contract=contract.id, project_id=project.id, title=contract.title)
    row.status, row.freelancer, row.starts_on = contract.status, contract.freelancer, contract.starts_on
    row.employee = _employee(integration, email)
    _set_rate(row, contract)
    _end_unless_read(integration, row, contract)
    row.save(force_insert=True)


def _follow(known: UpworkContract, contract: Contract) -> None:
    if contract.title != known.title:
        if get_project(known.project_id).name == known.title:
            update_project(project_id=known.project_id, values={"name": contract.title})
        known.title = contract.title
    if contract.rate is not None and contract.rate != known.rate:
        _set_rate(known, contract)
    if known.has_ended and contract.status in {"ACTIVE", "PAUSED"}:
        archive_project(project_id=known.project_id, archived=False)
        known.has_ended = False
    known.status = contract.status
    known.starts_on = contract.starts_on or known.starts_on


def _end_unless_read(integration: Integration, row: UpworkContract, contract: Contract) -> None:
    """End a contract that is over, unless its diary is to be read once more before."""
    if contract.is_over and not row.has_ended and not integration.direction_of(EntityKind.TIME_LOG).takes_in:
        archive_project(project_id=row.project_id)
        row.has_ended = True


def _set_rate(row: UpworkContract, contract: Contract) -> None:
    if contract.rate is not None:
        create_rate(
            organization_id=row.integration.organization_id,
            project_id=row.project_id,
            amount=contract.rate,
            currency=contract.currency,
            valid_from=contract.rate_since or contract.starts_on or timezone.now().date(),
        )
    row.rate = contract.rate


def _client(integration: Integration, contract: Contract) -> UUID | None:
    if not (contract.client_id and contract.client):
        return None
    known = find_mapped(integration.id, EntityKind.CLIENT, contract.client_id)
    if known and known.internal_id:
        return known.internal_id
    client = create_client(organization_id=integration.organization_id, name=contract.client)
    remember(
        integration=integration,
        kind=EntityKind.CLIENT,
        external_id=contract.client_id,
        internal_id=client.id,
        reference=contract.client,
    )
    return client.id


def _employee(integration: Integration, email: str) -> Any:
    if not email:
        return None
    active = employees(organization_id=integration.organization_id, status=EmployeeStatus.ACTIVE, email=email)
    return active.first()


def _state(row: UpworkContract) -> list[Any]:
    return [getattr(row, field.attname) for field in row._meta.concrete_fields]


def _text(id: UUID | None) -> str | None:
    return str(id) if id else None
