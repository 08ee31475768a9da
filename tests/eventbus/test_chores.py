"""What apps have workers do now and then."""

import logging
from collections.abc import Iterator

import pytest

from gauzy.eventbus import add_chore, chores


@pytest.fixture(autouse=True)
def no_chores() -> Iterator[None]:
    kept = dict(chores._chores)
    chores._chores.clear()
    yield
    chores._chores.clear()
    chores._chores.update(kept)


def test_a_chore_is_done_once_in_each_turn() -> None:
    done: list[int] = []
    add_chore(lambda: done.append(1), every=60)
    turns = chores.Turns(began=1_000.0)
    counts = []
    for now in (1_000.0, 1_059.0, 1_060.0, 1_100.0, 1_120.0):
        turns.do_due(now)
        counts.append(len(done))
    assert counts == [0, 0, 1, 1, 2]


@pytest.mark.django_db
def test_a_chore_that_fails_is_logged_and_does_not_keep_the_others_from_being_done(
    caplog: pytest.LogCaptureFixture,
) -> None:
    done: list[int] = []

    def broken() -> None:
        raise ZeroDivisionError

    add_chore(broken, every=60)
    add_chore(lambda: done.append(1), every=60)
    with caplog.at_level(logging.WARNING):
        chores.Turns(began=0.0).do_due(60.0)
    assert done == [1]
    assert "A chore failed" in caplog.text
