"""What the activity log shows on pages of others."""

from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from activitylog.models import ActivityLog
from activitylog.selectors import as_read_by, visible_activities
from activitylog.words import in_words
from gauzy import context
from gauzy.tenancy.membership import current_role

SHOWN = 15
VIEW = "activitylog.view_activitylog"


def timeline(request: Any, object_id: str) -> SafeString:
    """Return what happened to an object, newest first, for those who may read the activity log."""
    if context.tenant_id_or_none() is None or not request.user.has_perm(VIEW):
        return SafeString("")
    about = visible_activities(user_id=request.user.pk, role=current_role()).filter(entity_id=object_id)
    found = list(about.order_by("-occurred_at", "-id")[: SHOWN + 1])
    entries = [_entry(request, activity) for activity in found[:SHOWN]]
    values = {"entries": entries, "more": len(found) > SHOWN, "object_id": object_id}
    return render_to_string("activitylog/timeline.html", values, request)


def _entry(request: HttpRequest, activity: ActivityLog) -> tuple[ActivityLog, str, list[str]]:
    role = current_role()
    shown = as_read_by(role, activity) if role else activity  # a superuser is in no role
    return shown, shown.summary.partition(":")[0], [in_words(change) for change in shown.changes]
