"""Transactions from a file of Upwork's: each row judged, and each transaction kept once."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction

from gauzy import eventbus as bus
from integrations.choices import IntegrationState, Provider, RowVerdict
from integrations.events import UpworkSyncEvent
from integrations.exceptions import IntegrationRemoved, NotThisProvider, TransactionDiffers
from integrations.models import Integration, UpworkTransaction
from integrations.providers.upwork.transactions import CURRENCY, Row, Transaction, read_transactions
from integrations.services.connecting import lock_integration


@dataclass(frozen=True, slots=True)
class JudgedRow:
    line: int
    verdict: RowVerdict
    code: str = ""
    message: str = ""


@dataclass(frozen=True, slots=True)
class TransactionsReport:
    rows: Sequence[JudgedRow]

    def count(self, verdict: RowVerdict) -> int:
        return sum(row.verdict == verdict for row in self.rows)

    @property
    def created(self) -> int:
        return self.count(RowVerdict.CREATED)

    @property
    def known(self) -> int:
        return self.count(RowVerdict.KNOWN)

    @property
    def refused(self) -> int:
        return self.count(RowVerdict.REFUSED)


@transaction.atomic
def import_transactions(*, integration_id: UUID, content: bytes) -> TransactionsReport:
    """Keep the transactions of a file that are new; a row that is no good is refused, and the others stay.

    The same file again adds nothing. Raises `IntegrationNotFound`, `NotThisProvider`, `IntegrationRemoved`,
    `FileRefused`.
    """
    integration = lock_integration(integration_id)
    if integration.provider != Provider.UPWORK:
        raise NotThisProvider
    if integration.state == IntegrationState.REMOVED:
        raise IntegrationRemoved
    rows = read_transactions(content)
    known = {row.key: row for row in UpworkTransaction.objects.filter(integration=integration)}
    fresh = [
        _row(integration, row.found)
        for row in rows
        if isinstance(row.found, Transaction) and row.found.key not in known
    ]
    UpworkTransaction.objects.bulk_create(fresh, batch_size=500)
    report = TransactionsReport([_judge(integration, row, known) for row in rows])
    _announce(integration, report)
    return report


def _judge(integration: Integration, row: Row, known: dict[str, UpworkTransaction]) -> JudgedRow:
    if not isinstance(row.found, Transaction):
        return JudgedRow(row.line, RowVerdict.REFUSED, row.found.code, row.found.message)
    kept = known.get(row.found.key)
    if kept is None:
        return JudgedRow(row.line, RowVerdict.CREATED)
    if (kept.day, kept.kind, kept.amount) != (row.found.day, row.found.kind, row.found.amount):
        return JudgedRow(row.line, RowVerdict.REFUSED, TransactionDiffers.code, TransactionDiffers.message)
    return JudgedRow(row.line, RowVerdict.KNOWN)


def _row(integration: Integration, found: Transaction) -> UpworkTransaction:
    return UpworkTransaction(
        tenant_id=integration.tenant_id,
        integration=integration,
        key=found.key,
        reference=found.reference,
        day=found.day,
        kind=found.kind,
        description=found.description,
        freelancer=found.freelancer,
        client=found.client,
        amount=found.amount,
        currency=CURRENCY,
    )


def _announce(integration: Integration, report: TransactionsReport) -> None:
    counted = Counter(row.verdict for row in report.rows)
    bus.publish(
        UpworkSyncEvent(
            integration_id=integration.id,
            organization_id=integration.organization_id,
            source="transactions_file",
            created=counted[RowVerdict.CREATED],
            updated=0,
            unchanged=counted[RowVerdict.KNOWN],
            conflicts=counted[RowVerdict.REFUSED],
        )
    )
