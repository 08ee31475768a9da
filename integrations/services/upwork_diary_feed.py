"""The work diaries of contracts, ten days at a time, as logs that are made, moved and removed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.utils import timezone

from integrations.choices import EntityKind, ItemOutcome
from integrations.exceptions import AccessRefused, DayNotAnswered, EmployeeNotChosen, PermissionMissing
from integrations.models import Integration, UpworkContract
from integrations.providers.upwork import queries
from integrations.providers.upwork.diary import Block, blocks_of, key_of, prefix_of
from integrations.selectors import contract_named, contracts_after, mapped_with_prefix
from integrations.services.upwork_access import ask
from integrations.services.upwork_diary import close_diary, remove_block, take_in_block

_AT_ONCE = 10  # days in one question
_AGAIN = timedelta(days=14)  # freelancers correct last week, and clients dispute; later changes are rare
_FIRST = timedelta(days=90)  # that the first sync looks back
_REMOVABLE = timedelta(days=21)  # an older day that is empty may have been archived there


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page begins. `gap`: the first day of this pass that Upwork did not answer, asked for again next time."""

    contract: UpworkContract
    day: date
    gap: date | None = None

    @property
    def cursor(self) -> str:
        return f"{self.contract.contract}:{self.day}:{self.gap or ''}"


@dataclass(frozen=True, slots=True)
class Gone:
    """A log of ours whose cells are there no more."""

    key: str


@dataclass(frozen=True, slots=True)
class Refused:
    """What could not be asked for, and why."""

    key: str
    refusal: Any


@dataclass(frozen=True, slots=True)
class Read:
    """A diary was read to its end, or to its first gap."""

    until: date


@dataclass(frozen=True, slots=True)
class Item:
    contract_id: UUID
    contract: str
    what: Block | Gone | Refused | Read


class DiaryFeed:
    """Removals come before what takes their place, and blocks in their order, so that no two ever overlap."""

    name, kind = "diary", EntityKind.TIME_LOG

    def __init__(self, integration: Integration) -> None:
        self._integration = integration

    def fetch(self, cursor: str) -> tuple[Sequence[Item], str]:
        place = self._place(cursor)
        if place is None:
            return [], ""
        contract = place.contract
        if contract.employee_id is None:
            return [_item(contract, Refused(contract.contract, EmployeeNotChosen()))], self._next(contract)
        try:
            return self._page(place)
        except PermissionMissing as refusal:
            return [_item(contract, Refused(self.name, refusal))], ""
        except AccessRefused as refusal:
            return [_item(contract, Refused(contract.contract, refusal))], self._next(contract)

    def key_of(self, item: Item) -> str:
        if isinstance(item.what, Gone | Refused):
            return item.what.key
        return key_of(item.contract, item.what) if isinstance(item.what, Block) else item.contract

    def take_in(self, item: Item) -> ItemOutcome | None:
        if isinstance(item.what, Refused):
            raise item.what.refusal
        if isinstance(item.what, Read):
            close_diary(contract_id=item.contract_id, until=item.what.until)
            return None
        if isinstance(item.what, Gone):
            return remove_block(contract_id=item.contract_id, key=item.what.key)
        return take_in_block(contract_id=item.contract_id, block=item.what)

    def _page(self, place: Place) -> tuple[Sequence[Item], str]:
        contract, today = place.contract, timezone.now().date()
        last = min(place.day + timedelta(days=_AT_ONCE - 1), today)
        days = [place.day + timedelta(days=number) for number in range((last - place.day).days + 1)]
        reply = ask(self._integration, queries.diaries(contract.contract, days))
        diaries = {day: reply.data.get(queries.alias_of(day)) for day in days}
        silent = [day for day, diary in diaries.items() if not isinstance(diary, dict)]
        blocks = {day: blocks_of(diary, day) for day, diary in diaries.items() if day not in silent}
        what: list[Block | Gone | Refused | Read] = [*self._gone(contract, blocks)]
        what += [block for of_day in blocks.values() for block in of_day]
        what += [Refused(prefix_of(contract.contract, day), DayNotAnswered()) for day in silent]
        gap = place.gap or min(silent, default=None)
        following = Place(contract, last + timedelta(days=1), gap).cursor
        if last == today:
            what.append(Read(gap or today))
            following = self._next(contract)
        return [_item(contract, one) for one in what], following

    def _gone(self, contract: UpworkContract, blocks: dict[date, list[Block]]) -> list[Gone]:
        oldest = timezone.now().date() - _REMOVABLE
        gone = []
        for day, of_day in blocks.items():
            if day >= oldest:
                there = {key_of(contract.contract, block) for block in of_day}
                known = mapped_with_prefix(self._integration.id, EntityKind.TIME_LOG, prefix_of(contract.contract, day))
                gone += [Gone(row.external_id) for row in known if row.external_id not in there]
        return gone

    def _place(self, cursor: str) -> Place | None:
        name, _, told = cursor.partition(":")
        day, _, gap = told.partition(":")
        if contract := contract_named(self._integration.id, name):
            return Place(contract, date.fromisoformat(day), date.fromisoformat(gap) if gap else None)
        first = contracts_after(self._integration.id, None).first()
        return Place(first, _beginning(first)) if first else None

    def _next(self, contract: UpworkContract) -> str:
        following = contracts_after(self._integration.id, contract.pk).first()
        return Place(following, _beginning(following)).cursor if following else ""


def _beginning(contract: UpworkContract) -> date:
    today = timezone.now().date()
    if contract.diary_until:
        return min(contract.diary_until - _AGAIN, today)
    return min(max(contract.starts_on or date.min, today - _FIRST), today)


def _item(contract: UpworkContract, what: Block | Gone | Refused | Read) -> Item:
    return Item(contract.pk, contract.contract, what)
