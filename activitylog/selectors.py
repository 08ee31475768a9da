from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import islice
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from activitylog.models import ActivityLog
from gauzy import context
from gauzy.eventbus.redaction import MASK
from gauzy.tenancy.choices import Role
from gauzy.tenancy.roles import ADMINS
from gauzy.tenancy.subjects import names_of

_SEES_PERSONAL_DATA = frozenset(Role) - {Role.VIEWER}


def visible_activities(*, user_id: UUID, role: Role | None) -> QuerySet[ActivityLog]:
    """Return what a member may read of the tenant's log: administrators all, others what they or their keys did."""
    activities: QuerySet[ActivityLog] = ActivityLog.objects.filter(tenant_id=context.tenant_id())
    return activities if role in ADMINS else activities.filter(Q(actor_id=user_id) | Q(on_behalf_of_id=user_id))


def matching(
    activities: QuerySet[ActivityLog], *, since: datetime | None = None, until: datetime | None = None, **exactly: Any
) -> QuerySet[ActivityLog]:
    """Narrow to `[since, until)` and to fields of exactly these values."""
    if since:
        activities = activities.filter(occurred_at__gte=since)
    if until:
        activities = activities.filter(occurred_at__lt=until)
    return activities.filter(**exactly)


def with_names(role: Role | None, tenant_id: UUID, activities: Sequence[ActivityLog]) -> Sequence[ActivityLog]:
    """Tell activities what their entities are called, as far as the role may know: one statement for each type."""
    subjects = {(activity.entity_type, activity.entity_id) for activity in activities}
    names = names_of(tenant_id, subjects, personal=role in _SEES_PERSONAL_DATA)
    for activity in activities:
        activity.entity_name = names.get((activity.entity_type, activity.entity_id), "")
    return activities


def named_in_portions(
    role: Role | None, tenant_id: UUID, activities: Iterable[ActivityLog], size: int
) -> Iterator[ActivityLog]:
    """Do as `with_names` for a stream, `size` at a time."""
    following = iter(activities)
    while portion := list(islice(following, size)):
        yield from with_names(role, tenant_id, portion)


def as_read_by(role: Role | None, activity: ActivityLog) -> ActivityLog:
    """Return the activity, its personal data masked (in memory) if the role has no right to it."""
    if role not in _SEES_PERSONAL_DATA:
        activity.actor_label = MASK
        activity.changes = [_masked(change) if change["personal"] else change for change in activity.changes]
    return activity


def _masked(change: dict[str, Any]) -> dict[str, Any]:
    return change | {"old": MASK, "new": MASK}
