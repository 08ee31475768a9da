"""The part of the story in which time is worked, handed in and approved."""

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
        project = self._owner.post("/projects", organization_id=organization_id, name="Bombe", budget_seconds=10_800)
        task = self._owner.post("/tasks", project_id=project["id"], title="Wire the drums")
        started = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=2)
        log = self._work(employee_id, task["id"], started)
        sheet = self._hand_in(employee_id, started)
        self._refuse_changes(log)
        self._decide(sheet)

    def _work(self, employee_id: str, task_id: str, started: datetime) -> Any:
        self._employee.post("/timer/start", employee_id=employee_id, task_id=task_id, started_at=started.isoformat())
        self._show(self._employee.last_request_id)
        stopped = self._employee.post("/timer/stop", employee_id=employee_id)["time_log"]
        self._show(self._employee.last_request_id)
        self._say(f"  the timer ran for {stopped['seconds']} seconds and left a time log")
        return stopped

    def _hand_in(self, employee_id: str, started: datetime) -> Any:
        day = started.astimezone(ZoneInfo(ORGANIZATION["time_zone"])).date()
        sheet = self._employee.post("/timesheets", employee_id=employee_id, day=day.isoformat())
        submitted = self._employee.post(f"/timesheets/{sheet['id']}/submit")
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
        if (approved["status"], len(told)) != ("approved", 1):
            raise Unexpected(f"The week is {approved['status']}; the employee was told {told}.")
        self._say(f"  the employee was told: {told[0]}")
