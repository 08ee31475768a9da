"""That the benchmarks work, not how fast anything is."""

import json
from pathlib import Path

import pytest

from tests.benchmarks.__main__ import main
from tests.benchmarks.experiments import EXPERIMENTS, GOALS
from tests.benchmarks.figures import Figure, Goal, Pair


def test_a_ratio_is_taken_within_each_round_and_its_median_judged() -> None:
    figure = Figure.of(Goal("m", "ms", "what", at_most=1.5), [Pair(10, 5), Pair(3, 3), Pair(1, 1)])
    assert (figure.ours, figure.reference, figure.ratio, figure.ok) == (3, 3, 1, True)
    assert figure.as_json()["goal"] == "<= 1.5"


def test_an_absolute_goal_is_judged_by_our_own_figure() -> None:
    goal = Goal("m", "/s", "what", at_least=10, absolute=True)
    assert not Figure.of(goal, [Pair(9, 1)]).ok


def test_an_unknown_experiment_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--only", "nothing"]) == 2
    assert "publish_durable" in capsys.readouterr().err


@pytest.mark.postgres
@pytest.mark.redis
@pytest.mark.celery
def test_every_experiment_runs(tmp_path: Path) -> None:
    output = tmp_path / "bench.json"
    assert main(["--rounds", "1", "--scale", "0.002", "--output", str(output)]) == 0
    figures = json.loads(output.read_text())
    assert {figure["metric"] for figure in figures} == set(GOALS)
    assert len(figures) >= len(EXPERIMENTS)
    assert all(set(figure) == {"metric", "ours", "reference", "unit", "ratio", "goal", "ok"} for figure in figures)
