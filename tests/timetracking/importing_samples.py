"""The sample files of other products, and the people who are in them. All of it is invented."""

from pathlib import Path
from uuid import UUID
from zoneinfo import ZoneInfo

from timetracking.importing.entries import Options
from timetracking.importing.judging import Judged, Knowledge, judge
from timetracking.importing.people import People, Person
from timetracking.importing.reading import read_sheet

BERLIN = ZoneInfo("Europe/Berlin")
NEW_YORK = ZoneInfo("America/New_York")
DATA = Path(__file__).parent / "data"
NAMES = {"mirela": "Mirela Quastenberg", "joern": "Jörn Ährenfeldt", "odalys": "Odalys Verrault"} | {
    "tibor": "Tibor Wiesenhauk"
}
EMAILS = {
    "mirela": "mirela.quastenberg@example.com",
    "joern": "joern.aehrenfeldt@example.com",
    "odalys": "odalys.verrault@example.com",
    "tibor": "tibor.wiesenhauk@example.com",
}
PERSONS = [Person(UUID(int=number), EMAILS[who], NAMES[who]) for number, who in enumerate(EMAILS, start=1)]


def sample(name: str) -> bytes:
    return (DATA / name).read_bytes()


def judged(
    content: bytes, zone: ZoneInfo = BERLIN, knowledge: Knowledge | None = None, **options: object
) -> list[Judged]:
    """Judge a file for an organization of the four people in which nothing is logged."""
    knowing = knowledge or Knowledge(People(PERSONS))
    return judge(read_sheet(content), Options(zone, **options), knowing)  # type: ignore[arg-type]  # as they come


def refusals(rows: list[Judged]) -> dict[tuple[int, int], str]:
    """Return the class of each refused row by (line, row)."""
    return {(row.record.line, row.record.row): row.refusal.row_class.value for row in rows if row.refusal}
