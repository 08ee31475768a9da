"""Time over the API."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from employees.models import Employee
from employees.services import end_employee
from gauzy.eventbus.testing import recorded_events
from gauzy.tenancy.choices import Role
from gauzy.tenancy.membership import acting_as
from tests.factories.people import Company, acting_for, found_company, hire, hire_as, membership_of, team_of
from tests.factories.platform import new_member, token_client
from tests.factories.time import HOUR, MONDAY, add_task, log_time, start_project
from timetracking.events import ProjectUpdatedEvent
from timetracking.exceptions import NotYourProject
from timetracking.services.clients import ensure_tags
from timetracking.services.projects import create_project, set_member, update_project

pytestmark = pytest.mark.django_db
API = "/api/v1"


@pytest.fixture
def owner(company: Company) -> APIClient:
    return token_client(company.owner)


@pytest.fixture
def own(ada: Employee) -> APIClient:
    return token_client(membership_of(ada))


def _send(client: APIClient, path: str, status: int = 200, **body: Any) -> Any:
    answer = client.post(f"{API}/{path}", body, format="json")
    assert answer.status_code == status, answer.json()
    return answer.json()


def _times(hour: int = 0, hours: int = 1) -> dict[str, Any]:
    start = MONDAY + hour * HOUR
    return {"started_at": start.isoformat(), "stopped_at": (start + hours * HOUR).isoformat()}


def test_from_a_timer_to_an_approved_week(owner: APIClient, own: APIClient, ada: Employee) -> None:
    start: dict[str, Any] = {"employee_id": str(ada.id), "started_at": MONDAY.isoformat(), "description": "Notes"}
    started = _send(own, "timer/start", **start)
    assert started["running"]
    assert own.get(f"{API}/timer?employee_id={ada.id}").json()["time_log"]["id"] == started["time_log"]["id"]
    stopped = _send(own, "timer/stop", employee_id=str(ada.id), stopped_at=(MONDAY + HOUR).isoformat())
    assert (stopped["running"], stopped["time_log"]["seconds"]) == (False, 3600)
    sheet = _send(own, "timesheets", 201, employee_id=str(ada.id), day="2026-01-07")
    assert (sheet["period_start"], sheet["seconds"], sheet["status"]) == ("2026-01-05", 3600, "open")
    _send(own, f"timesheets/{sheet['id']}/submit")
    assert _send(own, f"timesheets/{sheet['id']}/approve", 403)["code"] == "forbidden"
    assert _send(owner, f"timesheets/{sheet['id']}/approve", 409, version=1)["code"] == "version_changed"
    assert _send(owner, f"timesheets/{sheet['id']}/approve", version=2)["status"] == "approved"
    log = own.get(f"{API}/time-logs").json()["results"][0]
    assert log["is_locked"]
    refused = own.delete(f"{API}/time-logs/{log['id']}")
    assert (refused.status_code, refused.json()["code"]) == (409, "period_locked")
    assert _send(owner, f"timesheets/{sheet['id']}/reopen", 400)["errors"]["reason"]
    _send(owner, f"timesheets/{sheet['id']}/reopen", reason="a mistake")
    history = own.get(f"{API}/timesheets/{sheet['id']}/history").json()["results"]
    assert [entry["move"] for entry in history] == ["submit", "approve", "reopen"]


def test_logs_are_created_changed_split_removed_and_restored(own: APIClient, ada: Employee) -> None:
    log = _send(own, "time-logs", 201, employee_id=str(ada.id), **_times(hours=4))
    path = f"{API}/time-logs/{log['id']}"
    assert own.patch(path, {"description": "Bernoulli"}, format="json").json()["description"] == "Bernoulli"
    halves = _send(own, f"time-logs/{log['id']}/split", at=(MONDAY + 2 * HOUR).isoformat())["time_logs"]
    assert [half["seconds"] for half in halves] == [7200, 7200]
    cut: dict[str, Any] = {"start": (MONDAY + HOUR).isoformat(), "end": (MONDAY + 3 * HOUR).isoformat()}
    assert [one["seconds"] for one in _send(own, "time-logs/remove-time", employee_id=str(ada.id), **cut)["time_logs"]]
    assert own.delete(path).status_code == 204
    assert own.get(path).status_code == 404
    assert _send(own, f"time-logs/{log['id']}/restore")["deleted_at"] is None


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"started_at": "2026-01-05T08:00:00"}, "started_at"),
        ({"started_at": "2026-01-05T08:00:00.5Z"}, "started_at"),
        ({"nonsense": 1}, "nonsense"),
        ({"project_id": "no uuid"}, "project_id"),
    ],
    ids=["naive", "fraction", "unknown", "malformed"],
)
def test_bad_input_is_refused_by_field(own: APIClient, ada: Employee, changes: Any, field: str) -> None:
    body = {"employee_id": str(ada.id), **_times(), **changes}
    assert field in _send(own, "time-logs", 400, **body)["errors"]


@pytest.mark.rule("time.instants")
def test_a_zero_fraction_is_a_whole_second(own: APIClient, ada: Employee) -> None:
    times: dict[str, Any] = {"started_at": "2026-01-05T08:00:00.000Z", "stopped_at": "2026-01-05T10:00:00+01:00"}
    assert _send(own, "time-logs", 201, employee_id=str(ada.id), **times)["seconds"] == 3600


@pytest.mark.rule("logs.bulk")
def test_a_bulk_names_its_errors_by_index(own: APIClient, ada: Employee) -> None:
    items = [{"employee_id": str(ada.id), **_times()}, {"employee_id": str(ada.id), **_times()}]
    assert "items.1.started_at" in _send(own, "time-logs/bulk", 400, items=items)["errors"]
    results = _send(own, "time-logs/bulk", items=items, atomic=False)["results"]
    assert [result["code"] for result in results] == ["", "overlap"]


def test_people_see_their_own_and_managers_those_they_manage(company: Company, ada: Employee, owner: APIClient) -> None:
    boss, boss_member = hire_as(company, Role.MANAGER)
    _, idle_member = hire_as(company, Role.MANAGER)
    lead, lead_member = hire_as(company, Role.MANAGER)
    team_of(company, managers=[boss], members=[ada])
    project = start_project(company)
    with acting_for(company):
        set_member(project_id=project.id, employee_id=lead.id, is_manager=True)
    log = log_time(company, ada, project_id=project.id)
    log_time(company, hire(company))

    def seen(client: APIClient) -> int:
        return len(client.get(f"{API}/time-logs").json()["results"])

    assert [seen(token_client(one)) for one in (boss_member, lead_member, idle_member)] == [1, 1, 0]
    assert (seen(token_client(membership_of(ada))), seen(owner)) == (1, 2)
    rival = token_client(found_company("Rival").owner)
    assert rival.get(f"{API}/time-logs/{log.id}").status_code == 404
    body = {"employee_id": str(ada.id), **_times(5)}
    assert _send(token_client(idle_member), "time-logs", 404, **body)["code"] == "employee_not_found"
    assert _send(token_client(boss_member), "time-logs", 201, **body)["employee_id"] == str(ada.id)
    viewer = token_client(new_member(company.owner, Role.VIEWER))
    assert _send(viewer, "time-logs", 403, **body)["code"] == "forbidden"


@pytest.mark.rule("rates.visibility")
def test_rates_are_shown_only_to_those_with_the_right(company: Company, ada: Employee, owner: APIClient) -> None:
    organization: dict[str, Any] = {"organization_id": str(company.organization.id)}
    rate = _send(owner, "rates", 201, **organization, amount="80.50", valid_from="2026-01-01")
    assert rate["subject"] == "organization"
    assert _send(owner, "rates", 409, **organization, amount="90", valid_from="2026-01-01")["code"] == "rate_exists"
    log = log_time(company, ada)
    own = token_client(membership_of(ada))
    assert own.get(f"{API}/time-logs/{log.id}").json()["rate"] is None
    assert own.get(f"{API}/rates").status_code == 403
    assert owner.get(f"{API}/time-logs/{log.id}").json()["rate"]["amount"] == "80.5000"
    assert "80.5" not in own.get(f"{API}/time-logs/export").getvalue().decode()
    assert "80.5" in owner.get(f"{API}/time-logs/export").getvalue().decode()
    days: dict[str, Any] = {"first_day": "2026-01-01", "last_day": "2026-01-31", "dry_run": True}
    assert _send(owner, "rates/recompute", **organization, **days) == {"changed": 0, "skipped": 0}


def test_projects_with_members_tasks_clients_and_tags(company: Company, ada: Employee, owner: APIClient) -> None:
    organization: dict[str, Any] = {"organization_id": str(company.organization.id)}
    client = _send(owner, "clients", 201, **organization, name="Babbage & Co")
    project = _send(owner, "projects", 201, **organization, name="Engine", client_id=client["id"], is_private=True)
    own = token_client(membership_of(ada))
    assert own.get(f"{API}/projects/{project['id']}").status_code == 404
    _send(owner, f"projects/{project['id']}/members", employee_id=str(ada.id))
    assert own.get(f"{API}/projects/{project['id']}").status_code == 200
    tag = _send(own, "tags", 201, **organization, name="urgent")
    assert _send(own, "tags", 409, **organization, name="URGENT")["code"] == "tag_exists"
    task = _send(own, "tasks", 201, project_id=project["id"], title="Draw", tag_ids=[tag["id"]])
    assert (task["number"], task["tags"]) == (1, [tag])
    done = own.patch(f"{API}/tasks/{task['id']}", {"status": "done"}, format="json").json()
    assert done["status"] == "done"
    _send(owner, f"projects/{project['id']}/archive")
    assert _send(own, "tasks", 409, project_id=project["id"], title="More")["code"] == "project_archived"
    assert owner.delete(f"{API}/projects/{project['id']}/members/{ada.id}").status_code == 204
    assert own.get(f"{API}/tasks/{task['id']}").status_code == 404
    stranger = token_client(hire_as(company, Role.MANAGER)[1])
    assert stranger.patch(f"{API}/projects/{project['id']}", {"name": "Mine"}, format="json").status_code == 404


@pytest.mark.parametrize("path", ["time-logs", "timesheets", "tasks", "projects", "clients"])
def test_a_list_takes_the_same_queries_for_one_row_and_for_many(
    company: Company, owner: APIClient, path: str, django_assert_num_queries: Any
) -> None:
    def add() -> None:
        employee = hire(company, time_zone="Asia/Tokyo")
        project = start_project(company)
        with acting_for(company):
            tags = ensure_tags(organization_id=company.organization.id, names=["a", "b"])
        task = add_task(company, project, tag_ids=[tag.id for tag in tags])
        log_time(company, employee, task_id=task.id, tag_ids=[tag.id for tag in tags])

    add()
    counted = _queries(owner, path)
    for _ in range(5):
        add()
    with django_assert_num_queries(counted):
        owner.get(f"{API}/{path}")


def _queries(client: APIClient, path: str) -> int:
    client.get(f"{API}/{path}")
    with CaptureQueriesContext(connection) as captured:
        assert client.get(f"{API}/{path}").status_code == 200
    return len(captured)


@pytest.mark.parametrize(
    ("path", "body", "code"),
    [
        ("timesheets", {"day": "9999-12-31"}, "out_of_range"),
        ("timesheets", {"day": "0001-01-01"}, "out_of_range"),
        ("time-logs", {"started_at": "0001-01-02T00:00:00Z", "stopped_at": "0001-01-03T00:00:00Z"}, "out_of_range"),
        ("time-logs", {"started_at": "2026-01-05T08:00:00Z", "stopped_at": "9999-12-31T23:00:00Z"}, "out_of_range"),
        ("time-logs", {"started_at": "2026-01-05T08:00:00Z", "stopped_at": "2026-03-05T08:00:00Z"}, "too_long"),
        ("timer/start", {"started_at": "0001-01-02T00:00:00Z"}, "out_of_range"),
    ],
)
def test_impossible_times_are_refused(owner: APIClient, ada: Employee, path: str, body: Any, code: str) -> None:
    assert _send(owner, path, 400, employee_id=str(ada.id), **body)["code"] == code


@pytest.mark.rule("timesheets.status")
def test_the_status_of_a_timesheet_is_no_field_to_write(owner: APIClient, ada: Employee) -> None:
    body = {"employee_id": str(ada.id), "day": "2026-01-05", "status": "approved"}
    refused = owner.post(f"{API}/timesheets", body, format="json")
    assert (refused.status_code, list(refused.json()["errors"])) == (400, ["status"])
    sheet = _send(owner, "timesheets", 201, employee_id=str(ada.id), day="2026-01-05")
    for method in (owner.patch, owner.put):
        answer = method(f"{API}/timesheets/{sheet['id']}", {"status": "approved"}, format="json")
        assert answer.status_code == 405
    assert owner.get(f"{API}/timesheets/{sheet['id']}").json()["status"] == "open"


def test_rates_of_impossible_days_are_not_recomputed(company: Company, owner: APIClient) -> None:
    body: dict[str, Any] = {"organization_id": str(company.organization.id), "first_day": "0001-01-01"}
    assert "last_day" in _send(owner, "rates/recompute", 400, **body, last_day="9999-12-31")["errors"]


def test_a_manager_takes_only_people_into_a_project_whose_time_they_see(company: Company, ada: Employee) -> None:
    boss, member = hire_as(company, Role.MANAGER)
    client = token_client(member)
    project = _send(client, "projects", 201, organization_id=str(company.organization.id), name="Engine")
    path = f"projects/{project['id']}/members"
    assert _send(client, path, 404, employee_id=str(ada.id))["code"] == "employee_not_found"
    team_of(company, managers=[boss], members=[ada])
    assert _send(client, path, employee_id=str(ada.id))["employee_id"] == str(ada.id)


def test_who_has_not_seen_the_latest_does_not_overwrite_it(owner: APIClient, company: Company, ada: Employee) -> None:
    log = log_time(company, ada)
    path = f"{API}/time-logs/{log.id}"
    tag = owner.get(path).headers["ETag"]
    first = owner.patch(path, {"description": "Notes"}, format="json", headers={"If-Match": tag})
    assert first.status_code == 200
    assert owner.delete(path, headers={"If-Match": tag}).status_code == 412
    assert owner.get(path, headers={"If-None-Match": first.headers["ETag"]}).status_code == 304
    assert owner.delete(path, headers={"If-Match": first.headers["ETag"]}).status_code == 204


@pytest.mark.rule("timesheets.version")
def test_a_timesheet_that_changed_since_it_was_seen_is_not_approved(
    owner: APIClient, own: APIClient, company: Company, ada: Employee
) -> None:
    log_time(company, ada)
    sheet = _send(own, "timesheets", 201, employee_id=str(ada.id), day="2026-01-07")
    _send(own, f"timesheets/{sheet['id']}/submit")
    path = f"{API}/timesheets/{sheet['id']}"
    seen = owner.get(path).headers["ETag"]
    _send(own, f"timesheets/{sheet['id']}/withdraw")
    _send(own, f"timesheets/{sheet['id']}/submit")
    assert owner.post(f"{path}/approve", headers={"If-Match": seen}).status_code == 412
    now = owner.get(path).headers["ETag"]
    assert owner.post(f"{path}/approve", headers={"If-Match": now}).json()["status"] == "approved"


@pytest.mark.parametrize("path", ["timer/start", "time-logs"])
def test_a_request_sent_twice_with_its_key_is_carried_out_once(own: APIClient, ada: Employee, path: str) -> None:
    body = {"employee_id": str(ada.id)} | (_times() if path == "time-logs" else {})
    first, second = (
        own.post(f"{API}/{path}", body, format="json", headers={"Idempotency-Key": "once"}) for _ in range(2)
    )
    assert first.json() == second.json()
    assert second.headers["Idempotency-Replayed"]
    assert len(own.get(f"{API}/time-logs").json()["results"]) == 1


@pytest.mark.rule("projects.private")
def test_the_export_does_not_name_a_private_project_to_those_outside(company: Company, ada: Employee) -> None:
    boss, member = hire_as(company, Role.MANAGER)
    team_of(company, managers=[boss], members=[ada])
    secret = start_project(company, is_private=True)
    log_time(company, ada, project_id=secret.id)
    shown, known = (
        token_client(one).get(f"{API}/time-logs/export").getvalue().decode() for one in (member, company.owner)
    )
    assert secret.name not in shown
    assert "Private project" in shown
    assert secret.name in known


@pytest.mark.rule("rates.visibility")
def test_budgets_of_money_are_set_by_who_sees_them(company: Company) -> None:
    manager = token_client(new_member(company.owner, Role.MANAGER))
    body = {"organization_id": str(company.organization.id), "name": "Engine"}
    refused = manager.post(f"{API}/projects", body | {"budget_amount": "100"})
    assert (refused.status_code, list(refused.json()["errors"])) == (403, ["budget_amount"])
    project = manager.post(f"{API}/projects", body).json()["id"]
    for amount in ("5", None):
        assert manager.patch(f"{API}/projects/{project}", {"budget_amount": amount}).status_code == 403
    assert token_client(company.owner).patch(f"{API}/projects/{project}", {"budget_amount": "5"}).status_code == 200


def test_who_creates_a_project_as_a_manager_manages_it_and_it_is_told(company: Company) -> None:
    boss, member = hire_as(company, Role.MANAGER)
    with recorded_events() as events, acting_as(member):
        create_project(organization_id=company.organization.id, name="Engine")
    [told] = events.of(ProjectUpdatedEvent)
    assert [(one.field, one.new) for one in told.changes] == [(f"members.{boss.id}", "manager")]


def test_a_projects_manager_who_left_changes_nothing_more(company: Company) -> None:
    boss, member = hire_as(company, Role.MANAGER)
    with acting_as(member):
        project = create_project(organization_id=company.organization.id, name="Engine")
    with acting_for(company):
        end_employee(employee_id=boss.id, reason="moved away")
    with acting_as(member), pytest.raises(NotYourProject):
        update_project(project_id=project.id, values={"name": "Mine"})


def test_the_export_is_read_in_a_fixed_number_of_queries_tags_included(company: Company, ada: Employee) -> None:
    with acting_for(company):
        tag_ids = [tag.pk for tag in ensure_tags(organization_id=company.organization.id, names=["urgent", "late"])]
    owner = token_client(company.owner)
    owner.get(f"{API}/time-logs/export").getvalue()  # the first use of a token is noted
    counts = []
    for hour in range(3):
        log_time(company, ada, MONDAY + hour * HOUR, tag_ids=tag_ids)
        with CaptureQueriesContext(connection) as queries:
            text = owner.get(f"{API}/time-logs/export").getvalue().decode()
        assert text.count("urgent") == text.count("late") == hour + 1
        counts.append(len(queries))
    assert len(set(counts)) == 1
