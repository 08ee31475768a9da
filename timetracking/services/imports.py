"""Imports of time: what they write. Reading and judging files is in `timetracking.importing`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction

from gauzy import context
from gauzy import eventbus as bus
from timetracking.events import TimeImportedEvent, TimeImportRevertedEvent
from timetracking.exceptions import TimeImportNotFound
from timetracking.models import ImportedRow, TimeImport, TimeLog
from timetracking.selectors.imports import get_time_import
from timetracking.services.batches import delete_logs
from timetracking.services.ledger import lock_ledgers
from timetracking.services.shared import locked, now


@dataclass(frozen=True, slots=True)
class NewRow:
    line: int
    key: str
    time_log_id: UUID


@transaction.atomic
def record_import(
    *, organization_id: UUID, file: Mapping[str, Any], rows: Sequence[NewRow], problems: Sequence[Mapping[str, Any]]
) -> TimeImport:
    """Write down an import and which of its rows is which log, in the transaction that made the logs.

    `file` holds name, hash, product, zone and counts as `TimeImport` has them.
    """
    actor = context.current().actor
    done = TimeImport.objects.create(
        organization_id=organization_id,
        problems=list(problems),
        actor_label=actor.label,
        actor_id=actor.user_id,
        **file,
    )
    _hold(done, rows)
    bus.publish(
        TimeImportedEvent(
            time_import_id=done.id,
            organization_id=organization_id,
            product=done.product,
            created=done.created,
            known=done.known,
            refused=done.refused,
        )
    )
    return done


def _hold(done: TimeImport, rows: Sequence[NewRow]) -> None:
    held = [
        ImportedRow(
            organization_id=done.organization_id,
            time_import=done,
            product=done.product,
            key=row.key,
            line=row.line,
            time_log_id=row.time_log_id,
        )
        for row in rows
    ]
    ImportedRow.objects.bulk_create(held, batch_size=500)


@transaction.atomic
def undo_import(*, time_import_id: UUID) -> TimeImport:
    """Delete the logs of an import that are still there, all or none, and forget its rows.

    Refused with `PeriodLocked` or `LockDatePassed` while anything of it is submitted, approved or invoiced. Repeating
    changes nothing.
    """
    get_time_import(time_import_id)
    done = locked(TimeImport, time_import_id, TimeImportNotFound)
    if done.undone_at:
        return done
    rows = ImportedRow.objects.filter(time_import=done, is_live=True)
    there = TimeLog.objects.filter(pk__in=rows.values("time_log_id"), deleted_at=None).order_by("started_at")
    lock_ledgers(there.values_list("employee_id", flat=True))
    logs = list(there)
    delete_logs(logs)
    rows.update(is_live=False)
    done.undone_at = now()
    done.save(update_fields=["undone_at"])
    bus.publish(
        TimeImportRevertedEvent(time_import_id=done.id, organization_id=done.organization_id, deleted=len(logs))
    )
    return done
