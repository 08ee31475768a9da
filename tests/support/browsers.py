"""The browser of this machine."""

import shutil
from importlib.util import find_spec

NAMES = ("chromium", "chromium-browser", "google-chrome")
REQUIREMENTS = "requirements-browser.txt"


def chromium() -> str | None:
    return next((found for found in map(shutil.which, NAMES) if found), None)


def missing_for_browser_tests() -> str | None:
    """Return what the browser tests lack here, and how to get it; None if they can run."""
    if chromium() is None:
        return "needs Chromium: apt install chromium"
    if not (find_spec("playwright") and find_spec("axe_playwright_python")):
        return f"needs {REQUIREMENTS}: run it with `make test-browser`"
    return None
