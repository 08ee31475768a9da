"""An issue as GitHub tells of it, in deliveries and in lists."""

import hashlib
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from integrations.providers.github.payloads import at, storable, text_at

LONGEST_TITLE = 300
LONGEST_BODY = 65_536
LONGEST_LABEL = 50
_MARK = re.compile(r"\s*<!-- gauzy:task:([0-9a-f-]{36}) -->\s*$")
_REFERENCE = re.compile(
    r"(?:\b(?P<closes>close[sd]?|fix(?:e[sd])?|resolve[sd]?):?\s+)?"
    r"(?:(?P<repository>[\w.-]+/[\w.-]+)|(?<![\w&]))#(?P<number>[1-9]\d{0,8})\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Issue:
    """`repository` is its full name; `id` stays when title, number or repository's name change.

    `task_id` is the task that an issue of our making says it is; `body` is without that mark.
    """

    id: int
    number: int
    repository_id: int
    repository: str
    title: str
    body: str
    is_closed: bool
    labels: tuple[str, ...]
    updated_at: datetime
    url: str
    task_id: UUID | None

    @property
    def reference(self) -> str:
        return f"{self.repository}#{self.number}"

    @property
    def digest(self) -> str:
        """Sums up what is exchanged, so that an echo of our own change is recognised."""
        return digest_of(title=self.title, body=self.body, is_closed=self.is_closed, labels=self.labels)


@dataclass(frozen=True, slots=True)
class Reference:
    """A mention of an issue in a text; `repository` is empty for the text's own."""

    number: int
    repository: str
    closes: bool


def digest_of(*, title: str, body: str, is_closed: bool, labels: Iterable[str]) -> str:
    """Labels count by name, whatever their case and order, as GitHub compares them."""
    folded = sorted({label.casefold() for label in labels})
    return hashlib.sha256(json.dumps([title, body, is_closed, folded]).encode()).hexdigest()


def read_issue(found: Any, repository: Any) -> Issue | None:
    """Return the issue, or None for a pull request and for what is no issue at all."""
    updated_at, ids = moment_of(at(found, "updated_at")), (at(found, "id"), at(found, "number"), at(repository, "id"))
    if updated_at is None or at(found, "pull_request") is not None or not all(type(id) is int for id in ids):
        return None
    labels, body = at(found, "labels"), _body(text_at(found, "body"))
    named = [text_at(label, "name") for label in labels] if isinstance(labels, list) else []
    return Issue(
        id=ids[0],
        number=ids[1],
        repository_id=ids[2],
        repository=text_at(repository, "full_name")[:200],
        title=text_at(found, "title").strip()[:LONGEST_TITLE] or f"#{ids[1]}",
        body=_MARK.sub("", body),
        is_closed=at(found, "state") == "closed",
        labels=tuple(sorted({name.strip()[:LONGEST_LABEL] for name in named if name.strip()})),
        updated_at=updated_at,
        url=text_at(found, "html_url")[:500],
        task_id=_marked(body),
    )


def mark(body: str, task_id: UUID) -> str:
    """Return the body of an issue of our making: should our record of it be lost, the issue itself says whose it is."""
    return f"{body}\n\n<!-- gauzy:task:{task_id} -->"


def references_in(text: str) -> list[Reference]:
    """Return the issues that a text mentions, each once; closing wins over mentioning."""
    found: dict[tuple[str, int], bool] = {}
    for match in _REFERENCE.finditer(storable(text)):
        key = ((match["repository"] or "").lower(), int(match["number"]))
        found[key] = found.get(key, False) or match["closes"] is not None
    return [Reference(number, repository, closes) for (repository, number), closes in found.items()]


def _body(text: str) -> str:
    return text.replace("\r\n", "\n").strip()[:LONGEST_BODY].rstrip()


def _marked(body: str) -> UUID | None:
    try:
        return UUID(match[1]) if (match := _MARK.search(body)) else None
    except ValueError:
        return None


def moment_of(text: Any) -> datetime | None:
    """Return a moment as GitHub writes it, None for anything else."""
    try:
        moment = datetime.fromisoformat(text)
    except (TypeError, ValueError):
        return None
    return moment.astimezone(UTC) if moment.tzinfo else None
