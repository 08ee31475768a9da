"""The fields of an event class: which types may be stored, and a generated check of an instance's values.

msgspec's constructor checks nothing, so publish does: one compiled function per class, an exact comparison per field.
"""

from collections.abc import Callable, Iterator
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from math import isfinite
from typing import Any, get_args, get_origin, get_type_hints
from uuid import UUID

import msgspec

from gauzy.eventbus.exceptions import DeclarationError, InvalidEvent
from gauzy.eventbus.values import misfit_of, union_members

EXACT_TYPES = (UUID, str, int, bool, float, Decimal, datetime, date)
_LONGEST_TEXT = 4_000  # characters: events carry ids and short strings


def _is_exact(kind: Any) -> bool:
    return kind in EXACT_TYPES or (isinstance(kind, type) and issubclass(kind, Enum))


def storable(kind: Any) -> bool:
    """Tell whether a value of this type can be written, and be read back by a later release."""
    members = [member for member in union_members(kind) if member is not type(None)]
    if not members:  # `None` alone says nothing
        return False
    if len(members) > 1:
        return set(members) <= {str, int, float, bool}
    if get_origin(members[0]) is tuple:
        element, *rest = get_args(members[0])
        return rest == [Ellipsis] and storable(element)
    if isinstance(members[0], type) and issubclass(members[0], msgspec.Struct):
        return all(storable(inner) for inner in get_type_hints(members[0]).values())
    return _is_exact(members[0])


def _plain(kind: Any) -> Any:
    """The type behind `X` or `X | None`; a union of several stays as it is."""
    members = [member for member in union_members(kind) if member is not type(None)]
    return members[0] if len(members) == 1 else kind


def _conditions(name: str, kind: Any) -> Iterator[str]:
    """Yield Python expressions over `e` that are true when the field holds a wrong value."""
    value, plain = f"e.{name}", _plain(kind)
    if not _is_exact(plain):
        yield f"misfit_{name}({value}) is not None"
        return
    given = f"{value} is not None and " if type(None) in union_members(kind) else ""
    yield f"{given}type({value}) is not kind_{name}"
    if plain is str:
        yield f"{given}len({value}) > {_LONGEST_TEXT}"
    if plain is float:
        yield f"{given}not isfinite({value})"
    if plain is Decimal:
        yield f"{given}not {value}.is_finite()"
    if plain is datetime:
        yield f"{given}{value}.tzinfo is None"


def checker(cls: type, hints: dict[str, Any]) -> Callable[[Any], None]:
    """Compile the check of `cls`; raise `DeclarationError` for a field that could not be decoded later."""
    if unstorable := [name for name, kind in hints.items() if not storable(kind)]:
        raise DeclarationError(
            f"{cls.__qualname__}: {', '.join(unstorable)} cannot be stored. Events hold ids, enums, numbers, dates, "
            "short texts, and tuples of those or of frozen structs; pass an id instead of an object."
        )
    tests = [f" if {test}: refuse(e, {name!r})" for name, kind in hints.items() for test in _conditions(name, kind)]
    scope: dict[str, Any] = {"isfinite": isfinite, "refuse": _refuse}
    for name, kind in hints.items():
        scope[f"kind_{name}"], scope[f"misfit_{name}"] = _plain(kind), misfit_of(kind)
    exec(compile("def check(e):\n" + "\n".join(tests), f"<check of {cls.__qualname__}>", "exec"), scope)  # noqa: S102  made of field names
    check: Callable[[Any], None] = scope["check"]
    return check


def _refuse(event: Any, name: str) -> None:
    declared, value = get_type_hints(type(event))[name], getattr(event, name)
    raise InvalidEvent(
        f"{type(event).__name__}.{name}{misfit_of(declared)(value) or ''} holds what does not fit: the field is "
        f"{declared}, and was given a {type(value).__name__} (texts up to {_LONGEST_TEXT} characters, finite numbers, "
        "times with a zone, tuples and no lists)."
    )


def personal_fields(cls: type) -> frozenset[str]:
    """Return the names of the fields marked with `PERSONAL`."""
    hints = get_type_hints(cls, include_extras=True)
    return frozenset(
        name
        for name, kind in hints.items()
        for mark in getattr(kind, "__metadata__", ())
        if isinstance(mark, msgspec.Meta) and (mark.extra or {}).get("personal")
    )
