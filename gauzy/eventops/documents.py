"""Documents made of the catalogue: a page for people, AsyncAPI 3 for tools."""

import inspect
import json
import re
from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

from django.conf import settings

from gauzy.eventbus import EventType, catalogue
from gauzy.eventbus.handler import Handler
from gauzy.eventops.schemas import Schema, schema_of

_HEAD = """# Event catalogue

What happens in the product, what each event carries, and who reacts. `manage.py events docs --write` writes this page,
and a test fails when it is stale. For tools: [AsyncAPI 3](asyncapi.json), [JSON Schemas](events.schema.json).
"""
_ABOUT = (
    "Each event as the bus stores it. Webhooks wrap it as data of a CloudEvent, without personal data and money: "
    "see webhooks.md. Personal fields are listed in x-personal."
)


def documents() -> dict[Path, str]:
    """Return path and text of each."""
    docs = Path(settings.BASE_DIR) / "docs"
    events = catalogue.events
    return {docs / "events.md": page(events), docs / "asyncapi.json": json.dumps(asyncapi(events), indent=1) + "\n"}


def page(events: Sequence[EventType]) -> str:
    """Return the catalogue in Markdown, app by app, each with a diagram of who reacts to what."""
    parts = [_HEAD, _of_all()]
    for app, group in groupby(sorted(events, key=lambda known: (known.app, known.name)), lambda known: known.app):
        mine = list(group)
        parts += [f"## {app}\n", *_flow(mine), *("\n".join(_section(known)) for known in mine)]
    return "\n".join(parts).rstrip() + "\n"


def asyncapi(events: Sequence[EventType]) -> dict[str, Any]:
    """Return the AsyncAPI document: a channel for each event, which publishers send and handlers receive."""
    operations = {f"send.{known.name}": _operation("send", known) for known in events}
    for known in events:
        for handler in catalogue.handlers_of(known):
            operations[f"receive.{known.name}.{handler.id}"] = _operation("receive", known, _meaning(handler.function))
    return {
        "asyncapi": "3.0.0",
        "info": {"title": "Events of Gauzy on Django", "version": "1", "description": _ABOUT},
        "defaultContentType": "application/json",
        "channels": {known.name: _channel(known) for known in events},
        "operations": operations,
        "components": {"messages": {known.name: _message(known) for known in events}},
    }


def _channel(known: EventType) -> dict[str, Any]:
    return {"address": known.name, "messages": {known.name: {"$ref": f"#/components/messages/{known.name}"}}}


def _operation(action: str, known: EventType, summary: str = "") -> dict[str, Any]:
    about = {"action": action, "channel": {"$ref": f"#/channels/{known.name}"}}
    return about | ({"summary": summary} if summary else {})


def _message(known: EventType) -> dict[str, Any]:
    return {
        "name": known.name,
        "title": known.label,
        "summary": _meaning(known.cls),
        "payload": {"$ref": f"events.schema.json#/$defs/{known.name}"},
    }


def _of_all() -> str:
    names = ", ".join(f"`{handler.id}`" for handler in catalogue.handlers if handler.takes_every_event)
    return f"Every event also goes to {names}; they are left out below.\n"


def _flow(events: Sequence[EventType]) -> Iterator[str]:
    """Yield a Mermaid diagram, if anybody reacts; dotted lines lead to handlers that talk to the world."""
    edges = [(known, handler) for known in events for handler in _handlers(known)]
    if not edges:
        return
    yield "```mermaid\nflowchart LR"
    for known, handler in edges:
        arrow, node = "-.->" if handler.external else "-->", re.sub(r"\W", "_", handler.id)
        yield f"    {known.cls.__name__} {arrow} {node}([{handler.id}])"
    yield "```\n"


def _section(known: EventType) -> Iterator[str]:
    yield f"### {known.cls.__name__}\n"
    yield f"`{known.name}`, version {known.version}. {_meaning(known.cls)}\n"
    if known.deprecated:
        yield f"**Deprecated**: {known.deprecated}\n"
    yield "| field | type | |\n| --- | --- | --- |"
    schema = schema_of(known)
    for name, kind in schema["properties"].items():
        marks = ["" if name in schema.get("required", []) else "has a default"]
        marks += ["personal"] if name in known.personal_fields else []
        yield f"| `{name}` | {_words(kind)} | {', '.join(filter(None, marks))} |"
    yield f"\nHandled by {', '.join(f'`{one.id}`' for one in _handlers(known)) or 'nobody else'}.\n"


def _words(kind: Schema) -> str:
    if "anyOf" in kind:
        return " or ".join(map(_words, kind["anyOf"]))
    if "enum" in kind:
        return ", ".join(f"`{value}`" for value in kind["enum"])
    if kind["type"] == "array":
        return f"list of {_words(kind['items'])}"
    if kind["type"] == "object":
        return f"({', '.join(kind['properties'])})"
    return str(kind.get("format", kind["type"]))


def _meaning(thing: object) -> str:
    return " ".join((inspect.getdoc(thing) or "").split())


def _handlers(known: EventType) -> list[Handler]:
    return [handler for handler in catalogue.handlers_of(known) if not handler.takes_every_event]
