"""The catalogue as documents."""

from collections.abc import Iterator
from typing import Any

from gauzy.eventbus import catalogue
from gauzy.eventbus.testing import connected
from gauzy.eventops import documents, schemas
from tests.eventops import events
from tests.eventops.test_commands import Ran

PARCELS = [known for known in catalogue.events if known.name.startswith("opstests.parcel")]


def test_the_page_shows_fields_and_who_reacts() -> None:
    with connected(events.carry, events.thank):
        lines = documents.page(PARCELS).splitlines()
    assert "## tests.eventops" in lines
    assert "`opstests.parcel_sent`, version 1. A parcel left." in lines
    assert "| `recipient` | string | has a default, personal |" in lines
    assert "    ParcelSentEvent --> opstests_carry([opstests.carry])" in lines
    assert "    ParcelReceivedEvent -.-> opstests_thank([opstests.thank])" in lines
    assert "Handled by `opstests.thank`." in lines


def test_every_reference_of_the_asyncapi_document_leads_somewhere() -> None:
    made = documents.asyncapi(catalogue.events)
    stored = {"$defs": schemas.schemas_of(catalogue.events)}
    for reference in _references(made):
        document, _, path = reference.partition("#/")
        found: Any = made if not document else stored
        for step in path.split("/"):
            found = found[step]


def test_publishers_send_and_handlers_receive() -> None:
    with connected(events.carry):
        operations = documents.asyncapi(PARCELS)["operations"]
    channel = {"$ref": "#/channels/opstests.parcel_sent"}
    assert operations["send.opstests.parcel_sent"] == {"action": "send", "channel": channel}
    assert operations["receive.opstests.parcel_sent.opstests.carry"] == {"action": "receive", "channel": channel}


def test_the_command_tells_what_is_stale_and_writes_it(tmp_path: Any, settings: Any) -> None:
    settings.BASE_DIR = tmp_path
    (tmp_path / "docs").mkdir()
    assert Ran("docs").status == 1
    assert Ran("docs", "--write").lines == ["events.md: written", "asyncapi.json: written"]
    assert Ran("docs").lines == ["events.md: up to date", "asyncapi.json: up to date"]


def _references(part: Any) -> Iterator[str]:
    if isinstance(part, dict):
        yield from (value for key, value in part.items() if key == "$ref")
        for value in part.values():
            yield from _references(value)
