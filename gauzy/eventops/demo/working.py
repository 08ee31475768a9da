"""The part of the story in which time is worked, handed in, approved and invoiced."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from gauzy.eventops.demo.client import ApiClient, Unexpected
from gauzy.eventops.demo.company import ORGANIZATION


class Working:
    """Speaks as the owner, who decides, and as an employee, who works; `show` tells what a request's events did."""

    def __init__(
        self, owner: ApiClient, employee: ApiClient, say: Callable[[str], None], show: Callable[[UUID], None]
    ) -> None:
        self._owner, self._employee, self._say, self._show = owner, employee, say, show

    def tell(self, organization_id: str, employee_id: str) -> None:
        started = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=2)
        client_id, task_id = self._prepare(organization_id, _day_of(started))
        log = self._work(employee_id, task_id, started)
        sheets = self._hand_in(employee_id, started)
        self._refuse_changes(log)
        for sheet in sheets:
            self._decide(sheet)
        self._invoice(client_id, log["seconds"])

    def _prepare(self, organization_id: str, day: str) -> tuple[str, str]:
        """Make what time is spent on and what it costs; return the ids of client and task."""
        client = self._owner.post("/clients", organization_id=organization_id, name="Bletchley Park")
        self._owner.post("/rates", organization_id=organization_id, amount="90.00", valid_from=day)
        project = self._owner.post(
            "/projects", organization_id=organization_id, client_id=client["id"], name="Bombe", budget_seconds=10_800
        )
        task = self._owner.post("/tasks", project_id=project["id"], title="Wire the drums")
        return client["id"], task["id"]

    def _work(self, employee_id: str, task_id: str, started: datetime) -> Any:
        self._employee.post("/timer/start", employee_id=employee_id, task_id=task_id, started_at=started.isoformat())
        self._show(self._employee.last_request_id)
        stopped = self._employee.post("/timer/stop", employee_id=employee_id)["time_log"]
        self._show(self._employee.last_request_id)
        self._say(f"  the timer ran for {stopped['seconds']} seconds and left a time log")
        return stopped

    def _hand_in(self, employee_id: str, started: datetime) -> list[Any]:
        """Submit the week; both of them if the timer ran over the end of one."""
        days = sorted({_day_of(started), _day_of(datetime.now(UTC))})
        ids = dict.fromkeys(self._employee.post("/timesheets", employee_id=employee_id, day=day)["id"] for day in days)
        submitted = []
        for sheet_id in ids:
            submitted.append(self._employee.post(f"/timesheets/{sheet_id}/submit"))
            self._show(self._employee.last_request_id)
        return submitted

    def _refuse_changes(self, log: Any) -> None:
        refused = self._employee.call("DELETE", f"/time-logs/{log['id']}", expect=409)
        if refused["code"] != "period_locked":
            raise Unexpected(f"A log in a submitted week was refused with {refused['code']}.")
        self._say(f"  a change to what was submitted is refused: {refused['detail']}")

    def _decide(self, sheet: Any) -> None:
        path = f"/timesheets/{sheet['id']}"
        approved = self._owner.post(f"{path}/approve", version=sheet["version"])
        self._show(self._owner.last_request_id)
        told = [row["title"] for row in self._employee.all("/notifications") if "was approved" in row["title"]]
        if approved["status"] != "approved" or not told:
            raise Unexpected(f"The week is {approved['status']}; the employee was told {told}.")
        self._say(f"  the employee was told: {told[0]}")

    def _invoice(self, client_id: str, seconds: int) -> None:
        draft = self._owner.post("/invoices", client_id=client_id, tax_percent="20")
        self._show(self._owner.last_request_id)
        invoice = self._owner.post(f"/invoices/{draft['id']}/issue", due_in_days=30)
        self._show(self._owner.last_request_id)
        if sum(line["seconds"] for line in invoice["lines"]) != seconds:
            raise Unexpected(f"The invoice has the lines {invoice['lines']} for {seconds} seconds.")
        paper = self._owner.download(f"/invoices/{draft['id']}/pdf")
        if not paper.startswith(b"%PDF"):
            raise Unexpected(f"The invoice as PDF begins with {paper[:20]!r}.")
        number, total = invoice["number"], f"{invoice['total']} {invoice['currency']}"
        self._say(f"  invoice {number} over {total} is issued; its PDF has {len(paper)} bytes")


def _day_of(moment: datetime) -> str:
    return moment.astimezone(ZoneInfo(ORGANIZATION["time_zone"])).date().isoformat()
