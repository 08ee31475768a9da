"""Values inside an event: whether they fit their types however deep, and where one hides that no database stores."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from enum import Enum
from functools import cache
from math import isfinite
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

import msgspec

from gauzy.eventbus.event import AnyEvent
from gauzy.eventbus.exceptions import InvalidEvent

# Answers with the path to the first value that does not fit, an empty one for the value itself; with None if all do.
Misfit = Callable[[Any], str | None]

_WRONG: dict[type, Callable[[Any], bool]] = {  # of the right type, and yet not to be stored and read back
    float: lambda value: not isfinite(value),
    Decimal: lambda value: not value.is_finite(),
    datetime: lambda value: value.tzinfo is None,
}


def union_members(kind: Any) -> tuple[Any, ...]:
    return get_args(kind) if get_origin(kind) in (Union, UnionType) else (kind,)


@cache
def misfit_of(kind: Any) -> Misfit:
    """Return what finds misfits in values of a storable type."""
    members = union_members(kind)
    plain = [member for member in members if member is not NoneType]
    within = _of_one(plain[0]) if len(plain) == 1 else _of_scalars(plain)
    return within if NoneType not in members else lambda value: None if value is None else within(value)


def _of_one(kind: Any) -> Misfit:
    if get_origin(kind) is tuple:
        return _of_tuple(misfit_of(get_args(kind)[0]))
    return _of_struct(kind) if issubclass(kind, msgspec.Struct) else _of_scalars([kind])


def _of_scalars(kinds: Sequence[type]) -> Misfit:
    """Texts and numbers may be of a subclass, such as an enum's; a whole number will do for a float."""
    exact = frozenset(kinds)
    wide = tuple(kind for kind in kinds if issubclass(kind, str | int | float | Enum) and kind is not bool)
    wide += (int,) if float in exact else ()

    def misfit(value: Any) -> str | None:
        kind = type(value)
        if kind not in exact and (kind is bool or not isinstance(value, wide)):
            return ""
        return "" if kind in _WRONG and _WRONG[kind](value) else None

    return misfit


def _of_tuple(element: Misfit) -> Misfit:
    def misfit(value: Any) -> str | None:
        if type(value) is not tuple:
            return ""
        for place, item in enumerate(value):
            if (path := element(item)) is not None:
                return f"[{place}]{path}"
        return None

    return misfit


def _of_struct(kind: type[msgspec.Struct]) -> Misfit:
    parts = [(name, misfit_of(hint)) for name, hint in get_type_hints(kind).items()]

    def misfit(value: Any) -> str | None:
        if not isinstance(value, kind):
            return ""
        for name, part in parts:
            if (path := part(getattr(value, name))) is not None:
                return f".{name}{path}"
        return None

    return misfit


def is_unstorable_text(text: str) -> bool:
    """Tell whether it holds a NUL, which PostgreSQL refuses, or half a surrogate pair, which no encoding takes."""
    return "\0" in text or any("\ud800" <= character <= "\udfff" for character in text)


def unstorable(value: Any, path: str = "") -> Iterator[str]:
    """Yield the paths of the texts in an event that a database would not take."""
    if isinstance(value, str):
        yield from [path] * is_unstorable_text(value)
    elif isinstance(value, tuple):
        for place, item in enumerate(value):
            yield from unstorable(item, f"{path}[{place}]")
    elif isinstance(value, msgspec.Struct):
        for name in value.__struct_fields__:
            yield from unstorable(getattr(value, name), f"{path}.{name}")


encode = msgspec.json.Encoder().encode


def encoded(event: AnyEvent) -> bytes:
    """Encode an event as both databases take it; raise `InvalidEvent`, with the path, for what no database stores."""
    try:
        data = encode(event)
    except UnicodeEncodeError as error:
        raise _refusal(event, next(unstorable(event), "")) from error
    if b"\\u0000" in data and (path := next(unstorable(event), "")):  # else somebody wrote of a backslash
        raise _refusal(event, path)
    return data


def _refusal(event: AnyEvent, path: str) -> InvalidEvent:
    return InvalidEvent(
        f"{type(event).__name__}{path} holds a NUL character or half a surrogate pair, which no database stores."
    )
