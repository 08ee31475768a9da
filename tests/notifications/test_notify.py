from collections.abc import Iterator
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from gauzy import context
from gauzy.context import Actor, ActorKind
from gauzy.eventbus.ids import uuid7
from gauzy.eventbus.testing import recorded_events
from gauzy.notifications import selectors, services
from gauzy.notifications.exceptions import NotificationNotFound, UnknownKind
from gauzy.notifications.kinds import register_kind
from gauzy.notifications.models import Notification
from gauzy.tenancy.choices import Role
from gauzy.tenancy.models import Membership
from tests.factories.platform import new_member, new_owner

pytestmark = pytest.mark.django_db

KIND, OTHER_KIND = "test_news", "test_gossip"
register_kind(KIND, "News")
register_kind(OTHER_KIND, "Gossip")


@pytest.fixture
def ada() -> Membership:
    return new_owner()


@pytest.fixture
def bob(ada: Membership) -> Membership:
    return new_member(ada, Role.EMPLOYEE)


@pytest.fixture(autouse=True)
def acting(ada: Membership) -> Iterator[None]:
    actor = Actor(ActorKind.USER, "Ada", ada.user_id)
    with context.acting(tenant_id=ada.tenant_id, actor=actor):
        yield


def tell(*users: UUID, event_id: UUID | None = None, kind: str = KIND) -> UUID:
    event_id = event_id or uuid7()
    services.notify(event_id=event_id, user_ids=users, kind=kind, title="News", body="Good news", url="/news")
    return event_id


def test_each_receiver_is_told_and_the_actor_is_not(ada: Membership, bob: Membership) -> None:
    carol = new_member(ada, Role.EMPLOYEE)
    event_id = tell(ada.user_id, bob.user_id, carol.user_id)
    told = Notification.objects.filter(event_id=event_id)
    assert {notification.user_id for notification in told} == {bob.user_id, carol.user_id}
    assert {(one.tenant_id, one.kind, one.title, one.body, one.url, one.read_at) for one in told} == {
        (ada.tenant_id, KIND, "News", "Good news", "/news", None)
    }


def test_telling_of_the_same_event_again_adds_nothing(bob: Membership) -> None:
    event_id = tell(bob.user_id, bob.user_id)
    tell(bob.user_id, event_id=event_id)
    assert Notification.objects.count() == 1


def test_who_switched_the_kind_off_is_not_told(bob: Membership) -> None:
    services.set_preferences(user_id=bob.user_id, enabled={KIND: False})
    tell(bob.user_id)
    tell(bob.user_id, kind=OTHER_KIND)
    assert [notification.kind for notification in selectors.notifications_of(bob.user_id)] == [OTHER_KIND]


def test_a_preference_can_be_changed_and_leaves_the_others(bob: Membership) -> None:
    services.set_preferences(user_id=bob.user_id, enabled={KIND: False, OTHER_KIND: False})
    services.set_preferences(user_id=bob.user_id, enabled={KIND: True})
    wanted = {preference.kind: preference.enabled for preference in selectors.preferences_of(bob.user_id)}
    assert (wanted[KIND], wanted[OTHER_KIND]) == (True, False)


def test_an_unregistered_kind_is_refused_and_says_what_to_do(bob: Membership) -> None:
    with pytest.raises(UnknownKind, match="register_kind"):
        tell(bob.user_id, kind="nonsense")
    with pytest.raises(UnknownKind):
        services.set_preferences(user_id=bob.user_id, enabled={KIND: False, "nonsense": False})
    assert not Notification.objects.exists()
    assert all(preference.enabled for preference in selectors.preferences_of(bob.user_id))


def test_the_number_of_receivers_does_not_change_the_number_of_queries(ada: Membership) -> None:
    def queries(receivers: int) -> int:
        users = [new_member(ada, Role.EMPLOYEE).user_id for _ in range(receivers)]
        with CaptureQueriesContext(connection) as captured:
            tell(*users)
        return len(captured)

    assert queries(1) == queries(20)


def test_nobody_to_tell_is_nothing_to_write(ada: Membership) -> None:
    tell(ada.user_id)
    assert not Notification.objects.exists()


def test_marking_read_keeps_the_first_moment_and_publishes_nothing(bob: Membership) -> None:
    tell(bob.user_id)
    notification = Notification.objects.get()
    with recorded_events() as events:
        first = services.mark_read(notification_id=notification.id, user_id=bob.user_id)
        second = services.mark_read(notification_id=notification.id, user_id=bob.user_id)
    assert first.read_at
    assert first.read_at == second.read_at
    assert events == []


def test_anothers_notification_is_not_found(ada: Membership, bob: Membership) -> None:
    tell(bob.user_id)
    with pytest.raises(NotificationNotFound):
        services.mark_read(notification_id=Notification.objects.get().id, user_id=ada.user_id)
    assert Notification.objects.get().read_at is None


def test_marking_all_read_counts_what_was_unread_and_touches_nobody_else(ada: Membership, bob: Membership) -> None:
    carol = new_member(ada, Role.EMPLOYEE)
    tell(bob.user_id, carol.user_id)
    tell(bob.user_id)
    assert services.mark_all_read(user_id=bob.user_id) == 2
    assert services.mark_all_read(user_id=bob.user_id) == 0
    assert selectors.notifications_of(carol.user_id, unread=True).count() == 1


def test_the_same_user_in_another_tenant_sees_nothing_of_it(bob: Membership) -> None:
    tell(bob.user_id)
    with context.within_tenant(new_owner().tenant_id):
        assert not selectors.notifications_of(bob.user_id).exists()
        assert services.mark_all_read(user_id=bob.user_id) == 0
    assert selectors.notifications_of(bob.user_id, unread=True).count() == 1
