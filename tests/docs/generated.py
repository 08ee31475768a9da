"""What the code writes of the documentation: `python -m tests.docs.generated` brings all of it up to date.

That is the marked parts of pages, docs/events.md, docs/asyncapi.json, and docs/events.schema.json unless stored events
could no longer be read.
"""

import inspect
import os
import re
import tomllib
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import fields
from typing import Any

from django.core.management import call_command

from tests.architecture.source import ROOT
from tests.docs.pages import pages
from tests.docs.rules import rules_page


def events() -> str:
    """Every event of the product, when it is published, and who handles it beside those that hear all."""
    from gauzy.eventbus import catalogue  # noqa: PLC0415  after Django's set-up

    mine = [known for known in catalogue.events if not known.app.startswith("tests")]
    of_all = {handler.id for handler in catalogue.handlers if handler.takes_every_event}
    rows = [
        (
            f"`{known.cls.__name__}`",
            f"`{known.name}`",
            _first_sentence(known.cls),
            ", ".join(f"`{one.id}`" for one in catalogue.handlers_of(known) if one.id not in of_all) or "–",
        )
        for known in mine
    ]
    return _table(("event", "wire name", "published when", "handled by"), rows)


def handlers_of_all() -> str:
    from gauzy.eventbus import catalogue  # noqa: PLC0415  after Django's set-up

    mine = [h for h in catalogue.handlers if h.takes_every_event and not h.function.__module__.startswith("tests")]
    rows = [(f"`{one.id}`", f"`{one.queue}`", str(one.batch)) for one in mine]
    return _table(("handler of every event", "queue", "at once"), rows)


def bus_settings() -> str:
    """The keys of `EVENTBUS`, with what its class says of each."""
    from gauzy.eventbus.conf import BusSettings  # noqa: PLC0415  after Django's set-up

    said = dict(re.findall(r"^([A-Z_]+): (.+)$", inspect.getdoc(BusSettings) or "", re.MULTILINE))
    rows = [(f"`{key.name}`", f"`{_plain(key.default)}`", said[key.name]) for key in fields(BusSettings)]
    return _table(("key", "default", "meaning"), rows)


def contracts() -> str:
    """The import contracts of pyproject.toml."""
    settings: Any = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    rows = [(f"`{one['id']}`", one["name"]) for one in settings["tool"]["importlinter"]["contracts"]]
    return _table(("contract", "what it holds"), rows)


def permissions_api() -> str:
    """Each operation of the API, and the roles that its view names."""
    from gauzy.tenancy.choices import Role  # noqa: PLC0415  after Django's set-up
    from tests.access.routes import routes  # noqa: PLC0415  the same

    rows = [
        (f"`{route}`", *(["anyone"] * len(Role) if route.is_public else _ticks(route.roles, Role)))
        for route in routes()
    ]
    return _table(("operation", *(role.value for role in Role)), rows)


def api_scopes() -> str:
    """Each segment of the API that keys may be made for, with its scopes."""
    from gauzy.rest.scopes import known_scopes  # noqa: PLC0415  after Django's set-up

    scopes = known_scopes()
    segments = sorted({scope.partition(":")[0] for scope in scopes})
    rows = [
        (f"`{one}`", *(f"`{scope}`" if scope in scopes else "–" for scope in (f"{one}:read", f"{one}:write")))
        for one in segments
    ]
    return _table(("segment", "to read", "to write"), rows)


def permissions_admin() -> str:
    """Each permission of the admin, and the roles that hold it."""
    from gauzy.tenancy.choices import Role  # noqa: PLC0415  after Django's set-up
    from gauzy.tenancy.roles import registered_permissions  # noqa: PLC0415  the same

    entering = [role for role in Role if role not in {Role.EMPLOYEE, Role.VIEWER}]
    rows = [(f"`{name}`", *_ticks(roles, entering)) for name, roles in registered_permissions().items()]
    return _table(("permission", *(role.value for role in entering)), rows)


def commands() -> str:
    """Every command of ours, with an example."""
    from tests.docs.commands import leaves  # noqa: PLC0415  after Django's set-up

    rows = [
        (
            f"`{one.name}`",
            " ".join(one.does.split()).rstrip("."),
            f"`{one.examples[0]}`" if one.examples else "Django's",
        )
        for one in leaves()
    ]
    return _table(("command", "what it does", "example"), rows)


def rules() -> str:
    """Each rule of time and money, and the tests named after it."""
    return "".join(f"{line}\n" for line in rules_page())


BLOCKS: dict[str, Callable[[], str]] = {
    "events": events,
    "handlers-of-all": handlers_of_all,
    "bus-settings": bus_settings,
    "commands": commands,
    "contracts": contracts,
    "permissions-api": permissions_api,
    "api-scopes": api_scopes,
    "permissions-admin": permissions_admin,
    "rules": rules,
}


def blocks() -> dict[str, str]:
    return {name: make() for name, make in BLOCKS.items()}


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "".join(f"| {' | '.join(cells)} |\n" for cells in lines)


def _ticks(held: Collection[Any], roles: Iterable[Any]) -> list[str]:
    return ["yes" if role in held else "–" for role in roles]


def _first_sentence(cls: type) -> str:
    text = " ".join((inspect.getdoc(cls) or "").split())
    return re.split(r"(?<=\.) ", text)[0].removesuffix(".")


def _plain(value: object) -> str:
    """Seconds without `.0`, tuples without quotes."""
    if isinstance(value, tuple):
        return ", ".join(map(_plain, value))
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def main() -> None:
    import django  # noqa: PLC0415  settings come first

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gauzy.settings")
    django.setup()
    made = blocks()
    for page in pages():
        if (text := page.with_generated(made)) != page.text:
            page.path.write_text(text, encoding="utf-8")
    call_command("events", "docs", "--write")
    call_command("events", "schema", "--write")


if __name__ == "__main__":
    main()
