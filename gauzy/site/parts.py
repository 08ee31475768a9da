"""What a dashboard is made of."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Card:
    """`tone` is "", "good", "warning" or "danger"."""

    title: str
    value: str | int
    hint: str
    url: str
    icon: str
    tone: str = ""


@dataclass(frozen=True, slots=True)
class Bar:
    label: str
    value: int
    percent: int
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Panel:
    """`columns`: drawn upright, side by side, as fits a course in time; else a line for each bar."""

    title: str
    bars: list[Bar]
    empty: str
    url: str
    columns: bool = False


def bars(counts: Mapping[str, int]) -> list[Bar]:
    """Return bars as long as their share of the largest."""
    largest = max(counts.values(), default=0) or 1
    return [Bar(label, value, round(100 * value / largest)) for label, value in counts.items()]
