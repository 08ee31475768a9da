import pytest
from django.core.management import call_command
from django.db import IntegrityError

from activitylog.models import ActivityLog
from tests.activitylog.test_services import recorded_row


@pytest.mark.django_db(transaction=True)
def test_flushing_the_database_empties_the_log_and_leaves_it_guarded() -> None:
    recorded_row()
    call_command("flush", interactive=False, verbosity=0)
    assert not ActivityLog.objects.exists()
    recorded_row()
    with pytest.raises(IntegrityError, match="append-only"):
        ActivityLog.objects.get_queryset()._raw_delete("default")
