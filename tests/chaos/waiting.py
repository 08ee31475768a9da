"""Waiting for a condition, never for luck."""

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")

PATIENCE = 60.0  # seconds; long, because a busy machine is slow and not wrong


def eventually(what: str, condition: Callable[[], T], report: Callable[[], str] = str, within: float = PATIENCE) -> T:
    """Return the first true answer of `condition`; fail with `report()` if there is none in time."""
    deadline = time.monotonic() + within
    while not (answer := condition()):
        if time.monotonic() > deadline:
            raise AssertionError(f"Not within {within:.0f} s: {what}.\n{report()}")
        time.sleep(0.02)
    return answer
