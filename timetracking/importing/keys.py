"""What makes a row the same row in the next file: its own values, since no product writes an id."""

import hashlib
from collections import Counter

from timetracking.importing.entries import Entry
from timetracking.importing.formats import Product

_SEPARATOR = "\x1f"


class RowKeys:
    """Hands out the keys of one file's rows, in its order: identical rows are told apart by their number."""

    def __init__(self, product: Product) -> None:
        self._product = product
        self._seen: Counter[str] = Counter()

    def key_of(self, entry: Entry) -> str:
        """Return the key. Wall times are in it, not instants: another zone must not import a row twice."""
        values = _values(self._product, entry)
        number = self._seen[values]
        self._seen[values] += 1
        return hashlib.sha256(f"{values}{_SEPARATOR}{number}".encode()).hexdigest()


def _values(product: Product, entry: Entry) -> str:
    billable = {True: "yes", False: "no", None: ""}[entry.billable]
    return _SEPARATOR.join(
        (
            product.value,
            str(entry.person.employee_id),
            *entry.wall,
            entry.client,
            entry.project,
            entry.task,
            entry.description.strip(),
            ",".join(sorted(tag.casefold() for tag in entry.tags)),
            billable,
        )
    )
