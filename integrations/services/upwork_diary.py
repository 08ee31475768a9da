"""Blocks of the work diary become logs, by the same rules as any other time."""

from datetime import date
from typing import Any
from uuid import UUID

from django.db import transaction

from integrations.choices import EntityKind, ItemOutcome
from integrations.exceptions import EditedHere, EmployeeNotChosen
from integrations.models import ExternalId, UpworkContract
from integrations.providers.upwork.diary import Block, key_of
from integrations.selectors import find_mapped, get_contract
from integrations.services.mapping import remember
from integrations.services.upwork_contracts import end_contract
from timetracking.choices import LogSource
from timetracking.exceptions import TimeLogNotFound
from timetracking.selectors.logs import get_visible_log
from timetracking.services.clients import ensure_tags
from timetracking.services.logs import create_time_log, delete_time_log, update_time_log

MANUAL = "manual time"  # the tag of what Upwork's tracker did not see


@transaction.atomic
def take_in_block(*, contract_id: UUID, block: Block) -> ItemOutcome:
    """Make or move the block's log; raise `EditedHere`, or what time tracking refuses.

    What we know already changes nothing, also if people have edited or deleted the log since.
    """
    contract = get_contract(contract_id)
    known = find_mapped(contract.integration_id, EntityKind.TIME_LOG, key_of(contract.contract, block))
    if known and known.internal_id:
        if known.digest == block.digest:
            return ItemOutcome.UNCHANGED
        _require_untouched(known)
        update_time_log(time_log_id=known.internal_id, values=_values(contract, block))
        _remember(contract, block, known.internal_id)
        return ItemOutcome.UPDATED
    if contract.employee_id is None:
        raise EmployeeNotChosen
    log = create_time_log(
        employee_id=contract.employee_id,
        project_id=contract.project_id,
        source=LogSource.INTEGRATION,
        **_values(contract, block),
    )
    _remember(contract, block, log.id)
    return ItemOutcome.CREATED


@transaction.atomic
def remove_block(*, contract_id: UUID, key: str) -> ItemOutcome:
    """Remove the log of cells that are gone there; raise `EditedHere`, or what time tracking refuses."""
    contract = get_contract(contract_id)
    known = find_mapped(contract.integration_id, EntityKind.TIME_LOG, key)
    if known is None or known.internal_id is None:
        return ItemOutcome.UNCHANGED
    _require_untouched(known)
    delete_time_log(time_log_id=known.internal_id)
    remember(integration=contract.integration, kind=EntityKind.TIME_LOG, external_id=key, internal_id=None)
    return ItemOutcome.UPDATED


@transaction.atomic
def close_diary(*, contract_id: UUID, until: date) -> None:
    """Note that a diary was read up to a day; that of a contract that is over is read no more."""
    contract = get_contract(contract_id)
    if contract.diary_until != until:
        contract.diary_until = until
        contract.save(update_fields=["diary_until"])
    if contract.status == "CLOSED":
        end_contract(contract_id=contract_id)


def _require_untouched(known: ExternalId) -> None:
    """Raise `EditedHere` unless the log is as the block said that is known: people's word stays."""
    try:
        log = get_visible_log(known.internal_id) if known.internal_id else None
    except TimeLogNotFound:
        log = None
    if log is None or log.stopped_at is None:
        raise EditedHere
    seen = {
        Block(log.started_at, log.stopped_at, log.description, is_manual, log.is_billable).digest
        for is_manual in (True, False)
    }
    if known.digest not in seen:
        raise EditedHere


def _values(contract: UpworkContract, block: Block) -> dict[str, Any]:
    names = [MANUAL] if block.is_manual else []
    tags = ensure_tags(organization_id=contract.integration.organization_id, names=names)
    return {
        "started_at": block.start,
        "stopped_at": block.end,
        "description": block.memo,
        "is_billable": block.is_billable,
        "tag_ids": [tag.id for tag in tags],
    }


def _remember(contract: UpworkContract, block: Block, time_log_id: UUID) -> None:
    remember(
        integration=contract.integration,
        kind=EntityKind.TIME_LOG,
        external_id=key_of(contract.contract, block),
        internal_id=time_log_id,
        digest=block.digest,
    )
