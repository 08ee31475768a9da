"""One browser and one running product for all of these tests.

Nothing here or in the tests imports Playwright at once: without it or a browser, the tests are skipped with the
reason (tests/conftest.py).
"""

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.support.browsers import chromium

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from tests.browser.desk import Desk
    from tests.browser.product import Site

OpenDesk = Callable[..., "Desk"]


@pytest.fixture(scope="package")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator["Site"]:
    from tests.browser.product import running  # noqa: PLC0415

    with running(tmp_path_factory.mktemp("site")) as served:
        yield served


@pytest.fixture(scope="package")
def browser(site: "Site") -> Iterator["Browser"]:
    """Start it after the site: no other event loop starts in a thread where Playwright's runs."""
    from playwright.sync_api import sync_playwright  # noqa: PLC0415

    options = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as driver:
        launched = driver.chromium.launch(executable_path=chromium(), args=options)
        yield launched
        launched.close()


@pytest.fixture(scope="package")
def sign_ins(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the cookies of those who signed in once, a file for each role."""
    return tmp_path_factory.mktemp("sign-ins")


@pytest.fixture
def open_desk(browser: "Browser", site: "Site", sign_ins: Path) -> Iterator[OpenDesk]:
    """Give `open_desk(role, width="desktop", dark=False)`: a browser in which somebody of that role is signed in."""
    from tests.browser.desk import WIDTHS, Desk  # noqa: PLC0415

    with ExitStack() as opened:

        def opener(role: str = "", width: str = "desktop", *, dark: bool = False) -> Desk:
            across, down = WIDTHS[width]
            cookies = sign_ins / f"{role}.json"
            context = browser.new_context(
                viewport={"width": across, "height": down},
                storage_state=cookies if cookies.exists() else None,
                color_scheme="dark" if dark else "light",
            )
            opened.callback(context.close)
            context.set_default_timeout(15_000)
            desk = Desk(context.new_page(), site.url)
            if role and not cookies.exists():
                desk.sign_in(role)
                context.storage_state(path=cookies)
            return desk

        yield opener
