"""JSON Schemas of events, and whether today's classes still read the rows that yesterday's wrote."""

import json
from collections.abc import Collection, Iterable, Iterator
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from pathlib import Path
from typing import Any, get_args, get_origin
from uuid import UUID

import msgspec
from django.conf import settings

from gauzy.eventbus import EventType
from gauzy.eventbus.values import union_members

Schema = dict[str, Any]

_PLAIN: dict[Any, Schema] = {
    str: {"type": "string"},
    int: {"type": "integer"},
    float: {"type": "number"},
    bool: {"type": "boolean"},
    UUID: {"type": "string", "format": "uuid"},
    date: {"type": "string", "format": "date"},
    datetime: {"type": "string", "format": "date-time"},
    Decimal: {"type": "string", "format": "decimal"},
    type(None): {"type": "null"},
}
_DIALECT = "https://json-schema.org/draft/2020-12/schema"


def committed_path() -> Path:
    return Path(settings.BASE_DIR) / "docs" / "events.schema.json"


def read(text: str) -> dict[str, Schema]:
    """Return the schemas that `as_text` wrote, by wire name."""
    schemas: dict[str, Schema] = json.loads(text)["$defs"]
    return schemas


def as_text(schemas: dict[str, Schema]) -> str:
    document = {"$schema": _DIALECT, "title": "Events of Gauzy on Django", "$defs": schemas}
    return json.dumps(document, indent=1) + "\n"


def schemas_of(event_types: Iterable[EventType]) -> dict[str, Schema]:
    return {known.name: schema_of(known) for known in event_types}


def schema_of(known: EventType) -> Schema:
    """Return the schema of what is stored of an event."""
    about: Schema = {"title": known.cls.__name__, "x-version": known.version, **_of_struct(known.cls)}
    if known.personal_fields:
        about["x-personal"] = sorted(known.personal_fields)
    return about | ({"deprecated": True} if known.deprecated else {})


def _of_struct(cls: Any) -> Schema:
    fields = {field.name: _of(field.type) for field in msgspec.structs.fields(cls)}
    needed = [field.name for field in msgspec.structs.fields(cls) if field.required]
    return {"type": "object", "properties": fields, **({"required": needed} if needed else {})}


def _of(kind: Any) -> Schema:
    kind = get_args(kind)[0] if hasattr(kind, "__metadata__") else kind
    members = union_members(kind)
    if len(members) > 1:
        return {"anyOf": [_of(member) for member in members]}
    if get_origin(kind) is tuple:
        return {"type": "array", "items": _of(get_args(kind)[0])}
    if issubclass(kind, Enum):
        return {"enum": sorted(member.value for member in kind)}
    return _of_struct(kind) if issubclass(kind, msgspec.Struct) else _PLAIN[kind]


def incompatibilities(
    before: dict[str, Schema], now: dict[str, Schema], *, upcast: Collection[str] = ()
) -> Iterator[str]:
    """Yield which stored rows today's classes would not read.

    upcast: names of events with upcasters; those that came with a raised version are taken at their word.
    """
    for name, old in before.items():
        new = now.get(name)
        if new is None:
            yield f"{name} is gone: its rows would wait for ever. Keep the class, or its wire name."
        elif new["x-version"] < old["x-version"]:
            yield f"{name} goes back from version {old['x-version']} to {new['x-version']}."
        elif not (new["x-version"] > old["x-version"] and name in upcast):
            yield from (f"{name}: {problem}" for problem in _of_objects(old, new))


def _of_objects(old: Schema, new: Schema) -> Iterator[str]:
    """Yield what objects of `old` may hold that `new` does not take."""
    were, are = old["properties"], new["properties"]
    for field in new.get("required", []):
        if field not in old.get("required", []):
            yield f"{field} is required, and old rows may lack it"
    for field in are.keys() & were.keys():
        if not _takes(are[field], were[field]):
            yield f"{field} no longer takes what old rows hold"


def _takes(new: Schema, old: Schema) -> bool:
    return all(any(_takes_one(one, other) for one in _variants(new)) for other in _variants(old))


def _variants(schema: Schema) -> Iterator[Schema]:
    if "anyOf" in schema:
        for one in schema["anyOf"]:
            yield from _variants(one)
    elif "enum" in schema:
        yield from (_PLAIN[type(value)] | {"const": value} for value in schema["enum"])
    else:
        yield schema


def _takes_one(new: Schema, old: Schema) -> bool:
    if "const" in new:
        return "const" in old and bool(old["const"] == new["const"])
    if new["type"] == old["type"] == "array":
        return _takes(new["items"], old["items"])
    if new["type"] == old["type"] == "object":
        return not list(_of_objects(old, new))
    if old["type"] in ("integer", "number") and (new["type"] == "number" or new.get("format") == "decimal"):
        return True
    return bool(new["type"] == old["type"] and new.get("format") in (None, old.get("format")))
