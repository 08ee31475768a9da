"""Schemas of what is stored, and whether today's classes read what yesterday's wrote."""

from typing import Any
from uuid import uuid4

import jsonschema
import msgspec
import pytest

from gauzy.eventbus import Change, catalogue
from gauzy.eventbus.values import encode
from gauzy.eventops import schemas
from gauzy.eventops.schemas import Schema, incompatibilities, schema_of
from tests.eventops.events import ParcelSentEvent
from tests.eventops.test_commands import Ran

NAME = "opstests.grown"
TEXT, NUMBER, WHOLE, NULL = ({"type": kind} for kind in ("string", "number", "integer", "null"))
ID, DAY, TIME, MONEY = (TEXT | {"format": kind} for kind in ("uuid", "date", "date-time", "decimal"))


def of(field: Schema | None = None, *, required: bool = False, version: int = 1) -> dict[str, Schema]:
    """Return the schema of an event that has this field, or none."""
    needed = {"required": ["a"]} if required else {}
    fields = {} if field is None else {"a": field}
    return {NAME: {"x-version": version, "type": "object", "properties": fields, **needed}}


def either(*members: Schema) -> Schema:
    return {"anyOf": list(members)}


def choice(*values: Any) -> Schema:
    return {"enum": list(values)}


def many(item: Schema) -> Schema:
    return {"type": "array", "items": item}


BREAKING = {
    "a field without a default is added": (of(), of(TEXT, required=True)),
    "a field loses its default": (of(TEXT), of(TEXT, required=True)),
    "text becomes a number": (of(TEXT), of(WHOLE)),
    "text becomes an id": (of(TEXT), of(ID)),
    "text becomes a time": (of(TEXT), of(TIME)),
    "a date becomes a time": (of(DAY), of(TIME)),
    "a decimal becomes a float": (of(MONEY), of(NUMBER)),
    "a float becomes whole": (of(NUMBER), of(WHOLE)),
    "null is no longer taken": (of(either(TEXT, NULL)), of(TEXT)),
    "a choice is gone": (of(choice("x", "y")), of(choice("x"))),
    "text becomes a choice": (of(TEXT), of(choice("x"))),
    "a choice becomes an id": (of(choice("x")), of(ID)),
    "items change": (of(many(TEXT)), of(many(WHOLE))),
    "one becomes many": (of(TEXT), of(many(TEXT))),
    "an item's field is added": (of(many(of()[NAME])), of(many(of(TEXT, required=True)[NAME]))),
    "the version goes back": (of(version=2), of()),
    "the event is gone": (of(), {}),
}
HARMLESS = {
    "a field with a default is added": (of(), of(TEXT)),
    "a field is removed": (of(TEXT, required=True), of()),
    "null is taken": (of(TEXT), of(either(TEXT, NULL))),
    "whole becomes float": (of(WHOLE), of(NUMBER)),
    "a number becomes a decimal": (of(NUMBER), of(MONEY)),
    "an id becomes text": (of(ID), of(TEXT)),
    "a choice is added": (of(choice("x")), of(choice("x", "y"))),
    "a choice becomes text": (of(choice("x")), of(TEXT)),
    "a choice of numbers becomes a number": (of(choice(1, 2)), of(WHOLE)),
    "an event is added": ({}, of(TEXT, required=True)),
}


@pytest.mark.parametrize(("before", "now"), BREAKING.values(), ids=BREAKING)
def test_a_change_that_old_rows_do_not_survive_is_told(before: dict[str, Schema], now: dict[str, Schema]) -> None:
    assert len(list(incompatibilities(before, now, upcast={NAME}))) == 1


@pytest.mark.parametrize(("before", "now"), HARMLESS.values(), ids=HARMLESS)
def test_a_change_that_old_rows_survive_is_not(before: dict[str, Schema], now: dict[str, Schema]) -> None:
    assert list(incompatibilities(before, now)) == []


def test_a_raised_version_needs_an_upcaster_for_what_old_rows_do_not_survive() -> None:
    before, now = of(TEXT), of(WHOLE, version=2)
    assert len(list(incompatibilities(before, now))) == 1
    assert list(incompatibilities(before, now, upcast={NAME})) == []


@pytest.mark.parametrize("known", catalogue.events, ids=lambda known: known.name)
def test_every_event_has_a_schema_that_is_one(known: Any) -> None:
    jsonschema.Draft202012Validator.check_schema(schema_of(known))


def test_what_is_stored_fits_its_schema() -> None:
    changes = (Change(field="weight", old=1, new=None),)
    stored = ParcelSentEvent(tenant_id=uuid4(), parcel_id=uuid4(), recipient="Ada", changes=changes)
    found = schema_of(catalogue.event("opstests.parcel_sent"))
    jsonschema.validate(msgspec.json.decode(encode(stored)), found)
    assert found["required"] == ["parcel_id"]
    assert found["x-personal"] == ["recipient"]


def test_what_is_written_can_be_read() -> None:
    assert schemas.read(schemas.as_text(of(TEXT))) == of(TEXT)


@pytest.mark.django_db
def test_the_command_shows_one_event() -> None:
    [shown] = Ran("schema", "--event", "ParcelSentEvent", "--json").data
    assert shown == {"name": "opstests.parcel_sent", "schema": schema_of(catalogue.event("opstests.parcel_sent"))}


def test_the_command_refuses_a_change_that_old_rows_do_not_survive(tmp_path: Any, settings: Any) -> None:
    settings.BASE_DIR = tmp_path
    (tmp_path / "docs").mkdir()
    assert Ran("schema", "--write").status == 0
    assert Ran("schema", "--check").status == 0
    committed = schemas.read(schemas.committed_path().read_text("utf-8"))
    before = schemas.as_text(committed | of(TEXT))
    schemas.committed_path().write_text(before, "utf-8")
    for refused in (Ran("schema", "--check"), Ran("schema", "--write")):
        assert refused.status == 1
        assert "opstests.grown is gone" in refused.refusal
    assert schemas.committed_path().read_text("utf-8") == before
    assert Ran("schema", "--write", "--force").status == 0
    assert schemas.read(schemas.committed_path().read_text("utf-8")) == committed


def test_the_command_tells_of_a_harmless_change_that_is_not_committed(tmp_path: Any, settings: Any) -> None:
    settings.BASE_DIR = tmp_path
    (tmp_path / "docs").mkdir()
    stale = Ran("schema", "--check")
    assert (stale.status, "events schema --write" in stale.refusal) == (1, True)
