"""Where a page begins, as an opaque text."""

import base64
import json
from dataclasses import dataclass
from datetime import date, datetime
from functools import reduce
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Field, Model, Q

from gauzy.exceptions import Invalid
from gauzy.rest.parsers import is_storable


class InvalidCursor(Invalid):
    """Malformed, or made for a list in another order."""

    code = "invalid_cursor"
    message = "This cursor does not belong to this list."


@dataclass(frozen=True, slots=True)
class Ordering:
    """A field, "-" before it for descending; the id decides between equals, in the same direction."""

    spec: str

    @property
    def field(self) -> str:
        return self.spec.removeprefix("-")

    @property
    def fields(self) -> list[str]:
        return ["id"] if self.field == "id" else [self.field, "id"]

    def descends(self, *, backwards: bool = False) -> bool:
        return self.spec.startswith("-") is not backwards

    def terms(self, *, backwards: bool = False) -> list[str]:
        """Return the arguments of `order_by`."""
        sign = "-" if self.descends(backwards=backwards) else ""
        return [f"{sign}{name}" for name in self.fields]


@dataclass(frozen=True, slots=True)
class Cursor:
    """A position after (or, backwards, before) a row: the values of its ordering fields."""

    ordering: Ordering
    values: tuple[Any, ...]
    backwards: bool

    @classmethod
    def at(cls, row: Model, ordering: Ordering, *, backwards: bool) -> "Cursor":
        values = (reduce(getattr, name.split("__"), row) for name in ordering.fields)
        return cls(ordering, tuple(values), backwards)

    @classmethod
    def read(cls, text: str | None, ordering: Ordering, model: type[Model]) -> "Cursor | None":
        """Return the cursor that `str` made; raise `InvalidCursor`."""
        if text is None:
            return None
        try:
            spec, backwards, *values = json.loads(base64.urlsafe_b64decode(text))
            fields = [_field(model, name) for name in ordering.fields]
            converted = [field.to_python(value) for field, value in zip(fields, values, strict=True)]
        except (ValueError, TypeError, RecursionError, ValidationError) as error:
            raise InvalidCursor(fields={"cursor": [InvalidCursor.message]}) from error
        if spec != ordering.spec or not all(map(_is_usable, converted)):
            raise InvalidCursor(fields={"cursor": [InvalidCursor.message]})
        return cls(ordering, tuple(converted), bool(backwards))

    def __str__(self) -> str:
        values = [_text(value) for value in self.values]
        content = json.dumps([self.ordering.spec, int(self.backwards), *values], separators=(",", ":"))
        return base64.urlsafe_b64encode(content.encode()).decode()

    def condition(self) -> Q:
        """Return the filter for the rows that follow."""
        beyond = "lt" if self.ordering.descends(backwards=self.backwards) else "gt"
        *first, row_id = self.values
        after_id = Q(**{f"id__{beyond}": row_id})
        if not first:
            return after_id
        name, value = self.ordering.field, first[0]
        # The first term repeats what the others say in a form that an index on the field can answer.
        bound = Q(**{f"{name}__{beyond}e": value})
        return bound & (Q(**{f"{name}__{beyond}": value}) | Q(**{name: value}) & after_id)


def _field(model: type[Model], path: str) -> "Field[Any, Any]":
    *relations, name = path.split("__")
    for relation in relations:
        model = model._meta.get_field(relation).related_model  # type: ignore[assignment]  # paths name foreign keys
    return model._meta.get_field(name)  # type: ignore[return-value]  # and end in a plain field


def _is_usable(value: Any) -> bool:
    return is_storable(value) if isinstance(value, str) else value is not None


def _text(value: Any) -> Any:
    """Return the value so that its field's `to_python` gives it back whole, microseconds included."""
    if isinstance(value, date | datetime):
        return value.isoformat()
    return value if isinstance(value, int) else str(value)
