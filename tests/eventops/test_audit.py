import pytest
from django.utils import timezone

from gauzy.eventbus.models import Delivery, StoredEvent
from gauzy.eventbus.testing import deliver_all
from tests.factories.platform import new_owner, token_client

pytestmark = pytest.mark.django_db

HANDLER = "organizations.set_up_organization"


@pytest.mark.parametrize(("verb", "body"), [("retry", {}), ("skip", {"reason": "set up by hand"})])
def test_the_activity_log_says_who_repaired_what(verb: str, body: dict[str, str]) -> None:
    owner = new_owner()
    event = StoredEvent.objects.get(name="organizations.organization_created")
    Delivery.objects.filter(event_id=event.id, handler=HANDLER).update(dead_at=timezone.now())
    client = token_client(owner)
    assert client.post(f"/api/v1/events/{event.id}/deliveries/{HANDLER}/{verb}", body).status_code == 200
    deliver_all()
    logged = client.get("/api/v1/activity-log", {"entity_type": "event", "entity_id": str(event.id)}).json()
    [entry] = logged["results"]
    assert entry["action"] == {"retry": "retried", "skip": "skipped"}[verb]
    assert (entry["actor_id"], entry["actor_label"]) == (str(owner.user.pk), str(owner.user))
