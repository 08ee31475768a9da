from django.db.models import TextChoices


class Provider(TextChoices):
    GITHUB = "github", "GitHub"
    UPWORK = "upwork", "Upwork"


class IntegrationState(TextChoices):
    """Only an active one takes anything in or gives anything out. A removed one is kept for what it mapped."""

    ACTIVE = "active", "Active"
    PAUSED = "paused", "Paused"
    SUSPENDED = "suspended", "Suspended by the provider"
    REMOVED = "removed", "Removed"


class EntityKind(TextChoices):
    """Kinds of our rows that have a counterpart in another system."""

    CLIENT = "client", "Clients"
    PROJECT = "project", "Projects"
    TASK = "task", "Tasks"
    LABEL = "label", "Labels as tags"
    TIME_LOG = "time_log", "Time logs"
    TRANSACTION = "transaction", "Transactions"


class Direction(TextChoices):
    """Which way a kind of rows travels."""

    OFF = "off", "Off"
    IN = "in", "From there to here"
    OUT = "out", "From here to there"
    BOTH = "both", "Both ways"

    @property
    def takes_in(self) -> bool:
        return self in {Direction.IN, Direction.BOTH}

    @property
    def gives_out(self) -> bool:
        return self in {Direction.OUT, Direction.BOTH}


class SyncState(TextChoices):
    """A running one whose holder vanished is taken up again where it stopped."""

    RUNNING = "running", "Running"
    DONE = "done", "Done"
    FAILED = "failed", "Failed"


class ItemOutcome(TextChoices):
    """What a sync did with one item."""

    CREATED = "created", "Created"
    UPDATED = "updated", "Updated"
    UNCHANGED = "unchanged", "Unchanged"
    CONFLICT = "conflict", "Conflict"


# Kinds of notification.
SYNC_FAILED = "integrations.sync_failed"


class EndpointState(TextChoices):
    """Paused by its owner; disabled by us, for refusing everything; removed for good."""

    ACTIVE = "active", "Active"
    PAUSED = "paused", "Paused"
    DISABLED = "disabled", "Disabled after failures"
    REMOVED = "removed", "Removed"


ENDPOINT_DISABLED = "integrations.webhook_endpoint_disabled"


class DeliveryState(TextChoices):
    """What became of a delivery of GitHub's."""

    ACCEPTED = "accepted", "Accepted"
    PROCESSED = "processed", "Processed"
    IGNORED = "ignored", "Ignored"


class ReferenceKind(TextChoices):
    PULL_REQUEST = "pull_request", "Pull request"
    COMMIT = "commit", "Commit"


class RowVerdict(TextChoices):
    """What became of a row of a file."""

    CREATED = "created", "Created"
    KNOWN = "known", "Known already"
    REFUSED = "refused", "Refused"
