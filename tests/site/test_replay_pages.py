"""Letting handlers rest, and running history again, from the desk: superusers alone, and each act an event."""

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from gauzy.analytics.models import DailyCount
from gauzy.eventbus.testing import deliver_all, recorded_events
from gauzy.eventops.events import HandlerPausedEvent, HandlerReplayedEvent, HandlerResumedEvent
from gauzy.eventops.models import Replay
from gauzy.eventops.selectors import pauses
from tests.factories.desk import desk_of, desk_of_superuser, text_of
from tests.factories.people import Company, hire
from tests.factories.platform import new_superuser

pytestmark = pytest.mark.django_db
HANDLER = "employees.track_employee_creation"
REPLAY, HANDLERS = reverse("admin:bus_replay"), reverse("admin:bus_handlers")


@pytest.fixture
def desk(company: Company) -> Client:
    return desk_of_superuser(new_superuser(), company.tenant_id)


def _chosen(handler: str = HANDLER) -> dict[str, str]:
    now = datetime.now(UTC)
    moments = {"since": now - timedelta(hours=1), "until": now + timedelta(hours=1)}
    return {"handler": handler, "event": ""} | {name: f"{at:%Y-%m-%dT%H:%M:%S}" for name, at in moments.items()}


def _hired() -> int:
    return sum(DailyCount.objects.filter(metric="employees_created").values_list("count", flat=True))


def test_trying_counts_and_changes_nothing(company: Company, desk: Client) -> None:
    hire(company)
    deliver_all()
    answer = desk.post(REPLAY, _chosen() | {"try": ""})
    assert answer.context["found"] == 1
    assert not Replay.objects.exists()


def test_a_replay_is_begun_watched_and_done_again(company: Company, desk: Client) -> None:
    hire(company)
    deliver_all()
    with recorded_events() as events:
        page = desk.post(REPLAY, _chosen() | {"begin": ""}).headers["Location"]
    assert [event.handler for event in events.of(HandlerReplayedEvent)] == [HANDLER]
    assert "Going on" in text_of(desk.get(page))
    told = desk.post(f"{page}advance/").json()
    assert (told["owed"], told["finished"]) == (1, False)
    assert desk.post(f"{page}advance/").json() == {"percent": 100, "owed": 1, "finished": True, "wait_ms": 0}
    deliver_all()
    assert _hired() == 2
    assert "all owed" in text_of(desk.get(REPLAY))


def test_begin_takes_what_was_tried(company: Company, desk: Client) -> None:
    hire(company)
    deliver_all()
    tried = _chosen()
    begin = (
        text_of(desk.post(REPLAY, tried | {"try": ""})).partition("Nothing has been done yet")[0].rpartition("<form")[2]
    )
    assert all(f'name="{name}" value="{value}"' in begin for name, value in tried.items() if value)


def test_a_replay_goes_on_where_it_stopped_at_the_pace_chosen(company: Company, desk: Client) -> None:
    for _ in range(11):
        hire(company)
    deliver_all()
    page = desk.post(REPLAY, _chosen() | {"begin": "", "rate": "10"}).headers["Location"]
    assert page.endswith("?rate=10")
    advance = page.replace("?", "advance/?")
    told = desk.post(advance).json()
    assert (told["owed"], told["finished"], told["wait_ms"]) == (10, False, 1000)
    assert 0 < told["percent"] < 100
    assert "10 events a second" in text_of(desk.get(page))
    told = [desk.post(advance).json() for _ in range(2)][-1]
    assert (told["owed"], told["finished"]) == (11, True)
    replay = Replay.objects.get()
    assert desk.post(advance).json()["finished"]
    assert Replay.objects.get().finished_at == replay.finished_at


def test_what_takes_no_history_is_refused_with_the_reason(company: Company, desk: Client) -> None:
    answer = desk.post(REPLAY, _chosen("employees.send_welcome_email") | {"begin": ""})
    assert "takes no history" in text_of(answer)


def test_time_runs_forward(desk: Client) -> None:
    chosen = _chosen()
    answer = desk.post(REPLAY, chosen | {"until": chosen["since"], "try": ""})
    assert "not after the beginning" in text_of(answer)


def test_a_handler_rests_until_it_is_resumed(desk: Client) -> None:
    with recorded_events() as events:
        desk.post(reverse("admin:bus_pause"), {"handler": HANDLER, "reason": "Moving house"})
        assert "rests: Moving house" in text_of(desk.get(HANDLERS))
        desk.post(reverse("admin:bus_resume"), {"handler": HANDLER})
    assert pauses() == []
    assert [type(event) for event in events] == [HandlerPausedEvent, HandlerResumedEvent]


def test_resting_needs_a_reason(desk: Client) -> None:
    answer = desk.post(reverse("admin:bus_pause"), {"handler": HANDLER, "reason": ""}, follow=True)
    assert "Say why" in text_of(answer)
    assert pauses() == []


def test_owners_do_none_of_it(company: Company) -> None:
    desk = desk_of(company.owner)
    assert desk.get(REPLAY).status_code == 403
    assert desk.post(REPLAY, _chosen() | {"begin": ""}).status_code == 403
    for name in ("bus_pause", "bus_resume"):
        assert desk.post(reverse(f"admin:{name}"), {"handler": HANDLER, "reason": "x"}).status_code == 403
    assert "Replay" not in text_of(desk.get(HANDLERS))
