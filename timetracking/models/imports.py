"""Files of time that were imported, and which row of them is which log."""

from django.db import models
from django.db.models import Q

from gauzy.eventbus.ids import uuid7
from gauzy.tenancy.models import TenantModel
from timetracking.models.projects import Owned
from timetracking.models.time import TimeLog


class TimeImport(Owned):
    """`problems` are the verdicts of the rows that were refused or warned of; the others stand in the logs."""

    file_name = models.CharField(max_length=255, blank=True)
    sha256 = models.CharField(max_length=64)
    product = models.CharField(max_length=20)
    time_zone = models.CharField(max_length=64)
    rows = models.PositiveIntegerField()
    created = models.PositiveIntegerField()
    known = models.PositiveIntegerField()
    refused = models.PositiveIntegerField()
    problems = models.JSONField(default=list)
    actor_label = models.CharField(max_length=200)
    actor_id = models.UUIDField(null=True, help_text="The user's, if one imported it.")
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta(Owned.Meta):
        abstract = False
        indexes = [models.Index(fields=["tenant", "-id"], name="timetracking_imports")]

    def __str__(self) -> str:
        return self.file_name or str(self.pk)


class ImportedRow(TenantModel):
    """A row is known by its key until its import is undone, also if the log was edited or deleted since."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organization = models.ForeignKey(
        "organizations.Organization", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    time_import = models.ForeignKey(TimeImport, on_delete=models.PROTECT, related_name="+")
    product = models.CharField(max_length=20)
    key = models.CharField(max_length=64)
    line = models.PositiveIntegerField()
    time_log = models.ForeignKey(TimeLog, on_delete=models.PROTECT, related_name="+")
    is_live = models.BooleanField(default=True)

    class Meta(TenantModel.Meta):
        abstract = False
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "product", "key"],
                condition=Q(is_live=True),
                name="timetracking_row_imported_once",
            )
        ]

    def __str__(self) -> str:
        return f"line {self.line}"
