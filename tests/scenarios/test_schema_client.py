"""A program that knows only the API's description hires somebody, ends the employment, and reads what came of it."""

import pytest
from rest_framework.test import APIClient

from gauzy.eventbus.testing import deliver_all
from tests.factories.platform import PASSWORD
from tests.support.schema_client import SchemaClient

pytestmark = pytest.mark.django_db


@pytest.fixture
def api() -> SchemaClient:
    """A client of a new company, signed in as its owner."""
    client = SchemaClient(APIClient())
    owner = {"email": "grace@example.org", "password": PASSWORD}
    person = {"first_name": "Grace", "last_name": "Hopper", "organization_name": "COBOL Works"}
    client.call("auth_register_post", owner | person)
    client.sign_in(client.call("auth_tokens_post", owner)["secret"])
    return client


def test_the_description_is_enough_for_a_days_work(api: SchemaClient) -> None:
    [organization] = api.call("organizations_list")["results"]
    person = {"email": "alan@example.org", "first_name": "Alan", "last_name": "Turing", "start_date": "2026-03-02"}
    employee = api.call("employees_create", {"organization_id": organization["id"]} | person)
    api.call("employees_partial_update", {"job_title": "Logician"}, employee_id=employee["id"])
    api.call("employees_end_end", {"reason": "Left"}, employee_id=employee["id"])
    assert api.call("employees_retrieve", employee_id=employee["id"])["status"] == "ended"
    deliver_all()
    told = api.call("activity_log_list", entity_id=employee["id"])["results"]
    assert [row["action"] for row in told] == ["ended", "updated", "created"]
    [event] = api.call("events_list", name="employees.employee_ended")["results"]
    states = {delivery["state"] for delivery in api.call("events_retrieve", event_id=event["id"])["deliveries"]}
    assert states <= {"done", "skipped"}


def test_refusals_are_described_too(api: SchemaClient) -> None:
    unknown = "01890000-0000-7000-8000-000000000000"
    assert api.call("employees_retrieve", status=404, employee_id=unknown)["status"] == 404
    api.sign_in("nobody")
    assert api.call("me_get", status=401)["status"] == 401


def test_what_is_not_described_cannot_be_said(api: SchemaClient) -> None:
    with pytest.raises(AssertionError, match="not described"):
        api.call("employees_list", colour="red")
    with pytest.raises(AssertionError, match="salary"):
        api.call("employees_create", {"salary": 1})
    with pytest.raises(KeyError):
        api.call("employees_delete")
