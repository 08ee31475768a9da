"""Figures: what was measured, what it is compared with, and what was to be reached."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import NamedTuple

BENCH_JSON = Path(__file__).parents[2] / "bench.json"


class Pair(NamedTuple):
    """One round's figure, and the reference's of the same round if there is one."""

    ours: float
    reference: float | None = None


@dataclass(frozen=True, slots=True)
class Goal:
    """`bound` holds for the ratio, or (`absolute`) for our figure itself. Without a bound it is only reported."""

    metric: str
    unit: str
    what: str
    at_most: float | None = None
    at_least: float | None = None
    absolute: bool = False

    @property
    def text(self) -> str:
        if self.at_most is not None:
            return f"<= {self.at_most:g}"
        return "reported" if self.at_least is None else f">= {self.at_least:g}"

    def is_reached(self, figure: float) -> bool:
        return (self.at_most is None or figure <= self.at_most) and (self.at_least is None or figure >= self.at_least)


@dataclass(frozen=True, slots=True)
class Figure:
    """Medians over the rounds; the ratio is taken within each round first."""

    goal: Goal
    ours: float
    reference: float | None
    ratio: float | None

    @classmethod
    def of(cls, goal: Goal, pairs: Iterable[Pair]) -> "Figure":
        pairs = list(pairs)
        references = [pair.reference for pair in pairs if pair.reference is not None]
        ratios = [pair.ours / pair.reference for pair in pairs if pair.reference]
        return cls(
            goal,
            median(pair.ours for pair in pairs),
            median(references) if references else None,
            median(ratios) if ratios else None,
        )

    @property
    def ok(self) -> bool:
        return self.goal.is_reached(self.ours if self.goal.absolute or self.ratio is None else self.ratio)

    def as_json(self) -> Mapping[str, object]:
        return {
            "metric": self.goal.metric,
            "ours": _rounded(self.ours),
            "reference": _rounded(self.reference),
            "unit": self.goal.unit,
            "ratio": _rounded(self.ratio),
            "goal": self.goal.text,
            "ok": self.ok,
        }

    def line(self) -> str:
        numbers = "".join(f"{_short(number):>12}" for number in (self.ours, self.reference))
        ratio = "–" if self.ratio is None else f"{self.ratio:.2f}"
        verdict = "" if self.goal.text == "reported" else ("ok" if self.ok else "MISSED")
        return f"{self.goal.metric:<26}{numbers}  {self.goal.unit:<9}{ratio:>7}  {self.goal.text:<10} {verdict}"


HEAD = f"{'metric':<26}{'ours':>12}{'reference':>12}  {'unit':<9}{'ratio':>7}  {'goal':<10}"


def write(figures: Iterable[Figure], path: Path) -> None:
    path.write_text(json.dumps([figure.as_json() for figure in figures], indent=2) + "\n")


def _rounded(number: float | None) -> float | None:
    return None if number is None else float(f"{number:.4g}")


def _short(number: float | None) -> str:
    return "–" if number is None else f"{number:,.0f}" if number >= 1_000 else f"{number:.3g}"
