"""The desk as somebody at a screen has it, watched for what nobody should see there."""

import os
import re
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import ConsoleMessage, Page, Response, expect

from tests.browser.company import LOGINS, PASSWORDS

WIDTHS = {"desktop": (1280, 900), "phone": (390, 844)}
SERIOUS = {"serious", "critical"}
PICTURES = os.environ.get("SCREENSHOTS", "")
_PATHS = "links => links.map(link => link.getAttribute('href'))"
_STEADY = "*, *::before, *::after { animation: none !important; transition: none !important; caret-color: transparent }"

# Half a window at a time, with time to draw, until the text is there or the page ends.
_DOWN_TO = """async text => {
  const frame = () => new Promise(requestAnimationFrame)
  const isThere = () => document.body.innerText.replaceAll("\\u200b", "").includes(text)
  const isOver = () => scrollY + innerHeight >= document.documentElement.scrollHeight - 1
  while (!isThere() && !isOver()) {
    scrollBy(0, innerHeight / 2)
    for (let frames = 0; frames < 10; frames++) await frame()
  }
}"""


class Desk:
    """A page of the browser. Errors of its console and failed requests gather in `complaints`."""

    def __init__(self, page: Page, url: str) -> None:
        self.page = page
        self.url = url
        self.complaints: list[str] = []
        page.on("console", self._note)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def _note(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.complaints.append(message.text)

    def sign_in(self, role: str) -> None:
        self.open("/admin/")
        self.fill(username=LOGINS[role], password=PASSWORDS[role])
        self.page.get_by_role("button", name="Log in").click()
        self.page.wait_for_load_state()

    def open(self, path: str) -> Response:
        answer = self.page.goto(f"{self.url}{path}")
        assert answer is not None
        return answer

    def go(self, entry: str) -> None:
        """Follow an entry of the sidebar, which a phone has to unfold first."""
        link = self.page.get_by_role("link", name=entry).locator("visible=true")
        if not link.count():
            self.page.get_by_text("dock_to_right").locator("visible=true").click()
        link.first.click()
        self.page.wait_for_load_state()

    def open_until(self, path: str, text: str) -> None:
        """Load a page again until it shows what a worker has to do first."""
        for _ in range(60):
            self.open(path)
            if self.page.get_by_text(text).locator("visible=true").count():
                return
            self.page.wait_for_timeout(250)
        expect(self.page.get_by_text(text).first).to_be_visible()

    def fill(self, **values: str) -> None:
        """Enter values into the form's fields, found by name."""
        for name, value in values.items():
            self.page.locator(f"[name='{name}']").locator("visible=true").first.fill(value)

    def press(self, button: str) -> None:
        self.page.get_by_role("button", name=button, exact=True).locator("visible=true").first.click()
        self.page.wait_for_load_state()

    def choose(self, **files: str) -> None:
        """Choose files of this content in the form's fields, found by name."""
        for name, content in files.items():
            file: Any = {"name": f"{name}.csv", "mimeType": "text/csv", "buffer": content.encode()}
            self.page.locator(f"[name='{name}']").set_input_files(file)

    def act(self, action: str, **values: str) -> None:
        """Press a button that opens a dialog, fill it in, and confirm."""
        button = self.page.get_by_role("link", name=action).locator("visible=true")
        if not button.count():
            self.page.get_by_text("more_horiz").locator("visible=true").click()
        button.click()
        dialog = self.page.locator("#modal-content")
        dialog.get_by_role("button", name=action).wait_for()
        for name, value in values.items():
            dialog.locator(f"[name='{name}']").fill(value)
        dialog.get_by_role("button", name=action).click()
        self.page.wait_for_load_state()

    def retry_all_dead(self) -> None:
        """Retry group after group."""
        self.open("/admin/events/dead/")
        groups = self.page.get_by_role("button", name=re.compile("^Retry (it|all)"))
        while groups.count():
            groups.first.click()
            self.tells("will run again within seconds")

    def discard_all_dead(self, reason: str) -> None:
        """Discard group after group, for the same reason."""
        self.open("/admin/events/dead/")
        groups = self.page.get_by_role("button", name=re.compile("^Discard.*…"))
        while groups.count():
            groups.first.click()
            self.fill(reason=reason)
            self.press("Discard")
            self.tells("discarded: their handlers will not have these events")

    def hire(self, email: str) -> None:
        self.open("/admin/employees/employee/add/")
        self.fill(email=email, first_name="Grace", last_name="Hopper", start_date="2026-03-02")
        self.press("Save")

    def scroll_to(self, text: str) -> None:
        """Look for it downwards, as of a long list a page may draw only what its window shows."""
        self.page.evaluate(_DOWN_TO, text)
        self.tells(text)

    def tells(self, text: str) -> None:
        expect(self.page.get_by_text(text).locator("visible=true").first).to_be_visible()

    def picture(self, name: str) -> None:
        """Keep what the screen shows where SCREENSHOTS says, if it says so."""
        if PICTURES:
            Path(PICTURES).mkdir(parents=True, exist_ok=True)
            self.page.add_style_tag(content=_STEADY)
            self.page.screenshot(path=Path(PICTURES) / f"{name}.png")

    def assert_in_order(self) -> None:
        """Nothing to scroll sideways, no error in the console, and no serious finding of axe."""
        faults = self.faults_of_this_page()
        assert not faults, "\n".join(faults)

    def places(self) -> list[str]:
        """Return where the sidebar leads."""
        return list(dict.fromkeys(self.page.eval_on_selector_all("#nav-sidebar a[href^='/admin/']", _PATHS)))

    def faults_of(self, place: str) -> list[str]:
        """Open a page, and the first row of a list; return what is wrong with either."""
        faults = self._opened(place)
        row = self.page.locator("#result_list tbody th a, .gz-page .gz-table tbody a.gz-strong").locator("visible=true")
        if row.count() and (path := row.first.get_attribute("href")):
            faults += self._opened(urljoin(self.page.url, path).removeprefix(self.url))
        return faults

    def width_faults_of(self, place: str) -> list[str]:
        """Open a list, the form for a new row and the first row: return which of them runs off the screen, or fails."""
        answer = self.open(place)
        links = self.page.locator(f"a[href='{place}add/'], #result_list tbody th a").evaluate_all(_PATHS)
        pages = [urljoin(self.page.url, path) for path in links if path][:2]
        faults = [f"{place}: {fault}" for fault in self._failed(answer)]
        for page in pages:
            faults += [f"{page}: {fault}" for fault in self._failed(self.open(page.removeprefix(self.url)))]
        return faults

    def _failed(self, answer: Response) -> list[str]:
        complaints, self.complaints = self.complaints, []
        return [*([] if answer.ok else [str(answer.status)]), *complaints, *self._too_wide()]

    def _opened(self, place: str) -> list[str]:
        answer = self.open(place)
        return [f"{place}: {fault}" for fault in (*([] if answer.ok else [answer.status]), *self.faults_of_this_page())]

    def faults_of_this_page(self) -> list[str]:
        faults, self.complaints = self.complaints, []
        faults += self._too_wide()
        found = Axe().run(self.page).response["violations"]
        return faults + [_told(violation) for violation in found if violation["impact"] in SERIOUS]

    def _too_wide(self) -> list[str]:
        wide, room = self.page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
        return [f"{wide} px wide on a screen of {room}: {self._widest(room)}"] if wide > room else []

    def _widest(self, room: int) -> Any:
        return self.page.evaluate(
            "room => [...document.querySelectorAll('body *')]"
            ".filter(e => e.getBoundingClientRect().right > room + 1).slice(0, 8)"
            ".map(e => e.tagName + '.' + e.className)",
            room,
        )


def _told(violation: dict[str, Any]) -> str:
    nodes = "; ".join(f"{node['target'][0]} {node['html'][:160]}" for node in violation["nodes"][:4])
    return f"{violation['id']} ({violation['impact']}): {nodes}"
