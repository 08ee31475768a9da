from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from gauzy import context
from gauzy.context import Actor, ActorKind
from gauzy.eventbus.ids import uuid7
from gauzy.notifications.choices import EmailStatus
from gauzy.notifications.kinds import register_kind
from gauzy.notifications.models import EmailMessage, Notification
from gauzy.notifications.services import notify
from gauzy.tenancy.choices import Role
from gauzy.tenancy.models import Membership
from tests.factories.platform import new_member, new_owner, token_client

pytestmark = pytest.mark.django_db

KIND = "test_news"
register_kind(KIND, "News")


@pytest.fixture
def bob() -> Membership:
    return new_member(new_owner(), Role.EMPLOYEE)


@pytest.fixture
def client(bob: Membership) -> APIClient:
    return token_client(bob)


def tell(membership: Membership, title: str = "News") -> UUID:
    """Return the id of the notification."""
    with context.acting(tenant_id=membership.tenant_id, actor=Actor(ActorKind.SYSTEM, "news desk")):
        event_id = uuid7()
        notify(event_id=event_id, user_ids=[membership.user_id], kind=KIND, title=title)
    told: Notification = Notification.unscoped.get(event_id=event_id)
    return told.id


def email_of(membership: Membership | None, status: EmailStatus = EmailStatus.SENT) -> EmailMessage:
    return EmailMessage.objects.create(
        tenant_id=membership.tenant_id if membership else None,
        user_id=membership.user_id if membership else None,
        key=str(uuid7()),
        to="x@example.org",
        subject="Hello",
        text="Text",
        html="<p>Text</p>",
        status=status,
    )


def test_a_user_reads_what_they_were_told_newest_first(client: APIClient, bob: Membership) -> None:
    first, second = tell(bob, "One"), tell(bob, "Two")
    tell(new_member(bob, Role.EMPLOYEE))
    answer = client.get("/api/v1/notifications")
    assert answer.status_code == 200
    assert [row["id"] for row in answer.json()["results"]] == [str(second), str(first)]
    assert set(answer.json()["results"][0]) == {
        *("id", "event_id", "kind", "title", "body", "url", "created_at", "read_at")
    }


def test_the_list_can_be_narrowed_to_what_is_unread(client: APIClient, bob: Membership) -> None:
    read, unread = tell(bob), tell(bob)
    assert client.post(f"/api/v1/notifications/{read}/mark-read").json()["read_at"]

    def ids(query: str) -> list[str]:
        return [row["id"] for row in client.get(f"/api/v1/notifications?unread={query}").json()["results"]]

    assert (ids("true"), ids("false")) == ([str(unread)], [str(read)])


def test_an_unknown_filter_is_refused(client: APIClient) -> None:
    answer = client.get("/api/v1/notifications?unred=true")
    assert answer.status_code == 400
    assert "unred" in answer.json()["errors"]


def test_marking_all_read_says_how_many_that_were(client: APIClient, bob: Membership) -> None:
    tell(bob)
    tell(bob)
    assert client.post("/api/v1/notifications/mark-all-read").json() == {"marked": 2}
    assert client.get("/api/v1/notifications?unread=true").json()["results"] == []


def test_anothers_notification_and_an_unknown_one_look_the_same(client: APIClient, bob: Membership) -> None:
    stranger, neighbour = tell(new_owner()), tell(new_member(bob, Role.EMPLOYEE))
    answers = [client.post(f"/api/v1/notifications/{unknown}/mark-read") for unknown in (stranger, neighbour, uuid7())]
    assert {answer.status_code for answer in answers} == {404}
    assert {answer.json()["code"] for answer in answers} == {"notification_not_found"}
    assert not Notification.unscoped.exclude(read_at=None).exists()


def test_preferences_are_read_and_set(client: APIClient) -> None:
    before = client.get("/api/v1/notification-preferences").json()["items"]
    assert {"kind": KIND, "label": "News", "enabled": True} in before
    answer = client.put("/api/v1/notification-preferences", {"items": [{"kind": KIND, "enabled": False}]})
    assert answer.status_code == 200
    assert {"kind": KIND, "label": "News", "enabled": False} in answer.json()["items"]
    assert client.get("/api/v1/notification-preferences").json() == answer.json()


@pytest.mark.parametrize(
    ("item", "code"),
    [
        ({"kind": "nonsense", "enabled": False}, "unknown_notification_kind"),
        ({"kind": KIND, "enabled": False, "channel": "sms"}, "invalid"),
        ({"kind": KIND}, "invalid"),
    ],
)
def test_a_preference_that_makes_no_sense_is_refused(client: APIClient, item: object, code: str) -> None:
    answer = client.put("/api/v1/notification-preferences", {"items": [item]})
    assert (answer.status_code, answer.json()["code"]) == (400, code)


@pytest.mark.parametrize("role", [Role.OWNER, Role.ADMIN])
def test_administrators_read_the_email_history_of_their_tenant(role: Role) -> None:
    admin = new_member(new_owner(), role)
    ours, failed = email_of(admin), email_of(admin, EmailStatus.FAILED)
    theirs, nobodys = email_of(new_owner()), email_of(None)
    client = token_client(admin)
    rows = client.get("/api/v1/emails").json()["results"]
    assert [row["id"] for row in rows] == [str(failed.id), str(ours.id)]
    assert "text" not in rows[0]
    narrowed = client.get("/api/v1/emails?status=failed").json()["results"]
    assert [row["id"] for row in narrowed] == [str(failed.id)]
    assert client.get(f"/api/v1/emails/{ours.id}").json()["html"] == "<p>Text</p>"
    for hidden in (theirs, nobodys):
        assert client.get(f"/api/v1/emails/{hidden.id}").json()["code"] == "email_not_found"


@pytest.mark.parametrize("role", [Role.MANAGER, Role.EMPLOYEE, Role.VIEWER])
@pytest.mark.parametrize("path", ["/api/v1/emails", f"/api/v1/emails/{UUID(int=0)}"])
def test_nobody_else_reads_the_email_history(role: Role, path: str) -> None:
    assert token_client(new_member(new_owner(), role)).get(path).status_code == 403


@pytest.mark.parametrize("path", ["notifications", "notification-preferences", "emails"])
def test_who_has_not_signed_in_reads_nothing(path: str) -> None:
    assert APIClient().get(f"/api/v1/{path}").status_code == 401


@pytest.mark.parametrize("path", ["/api/v1/notifications", "/api/v1/emails"])
def test_the_number_of_rows_does_not_change_the_number_of_queries(path: str) -> None:
    admin = new_owner()
    client = token_client(admin)

    def queries(rows: int) -> int:
        for _ in range(rows):
            tell(admin)
            email_of(admin)
        with CaptureQueriesContext(connection) as captured:
            assert client.get(path).status_code == 200
        return len(captured)

    queries(0)  # the first request also notes the token's use
    assert queries(1) == queries(20)
