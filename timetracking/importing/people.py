"""Whose time a row is: by e-mail, else by a name that only one employee bears; nobody is guessed or created."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from timetracking.importing.refusals import RowClass, RowRefused


@dataclass(frozen=True, slots=True)
class Person:
    employee_id: UUID
    email: str
    name: str


@dataclass(frozen=True, slots=True)
class Match:
    person: Person
    by_name: bool


class People:
    """The employees of one organization, and the names that the importer was told to read as e-mails."""

    def __init__(self, people: Iterable[Person], aliases: Mapping[str, str] | None = None) -> None:
        known = list(people)
        self._by_email = {fold(person.email): person for person in known}
        self._by_name: defaultdict[str, list[Person]] = defaultdict(list)
        for person in known:
            self._by_name[fold(person.name)].append(person)
        self._aliases = {fold(name): email for name, email in (aliases or {}).items()}

    def find(self, *, email: str, name: str) -> Match:
        """Return the employee; raise `unknown_person` or `ambiguous_person`."""
        told = self._aliases.get(fold(name)) if name else None
        if address := told or email.strip():
            if person := self._by_email.get(fold(address)):
                return Match(person, by_name=False)
            raise _unknown(address)
        match self._by_name.get(fold(name), []):
            case [person]:
                return Match(person, by_name=True)
            case []:
                raise _unknown(name)
            case _:
                raise RowRefused(
                    RowClass.AMBIGUOUS_PERSON, f"Several employees are called {name}: say who it is (--person)."
                )


def fold(text: str) -> str:
    """Return a name as it is compared: spaces collapsed, case folded."""
    return " ".join(text.split()).casefold()


def _unknown(who: str) -> RowRefused:
    return RowRefused(
        RowClass.UNKNOWN_PERSON,
        f"No employee of the organization is {who or 'without a name'}. "
        f'Create them, or say who it is (--person "{who}=mail@example.com").',
    )
