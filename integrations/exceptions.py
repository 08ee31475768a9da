from gauzy.exceptions import Conflict, Invalid, NotFound


class IntegrationNotFound(NotFound):
    code = "integration_not_found"
    message = "There is no such integration."


class IntegrationExists(Conflict):
    code = "integration_exists"
    message = "The organization has this account of the provider already."


class IntegrationNotActive(Conflict):
    code = "integration_not_active"
    message = "The integration is not active."


class IntegrationRemoved(Conflict):
    code = "integration_removed"
    message = "The integration was removed; connect a new one."


class UnknownEntity(Invalid):
    code = "unknown_entity"
    message = "The provider does not exchange this kind of rows in this direction."


class UnknownSecret(Invalid):
    code = "unknown_secret"
    message = "The provider knows no secret of this name."


class SecretMissing(Conflict):
    code = "secret_missing"
    message = "The integration lacks a secret that this needs."


class NothingToSync(Conflict):
    code = "nothing_to_sync"
    message = "No kind of rows is set to come in from this provider."


class SyncRunNotFound(NotFound):
    code = "sync_run_not_found"
    message = "There is no such sync run."


class SyncRunning(Conflict):
    code = "sync_running"
    message = "A sync of this integration is running; only one does at a time."


class SyncTakenOver(Conflict):
    code = "sync_taken_over"
    message = "Another process took this sync over, because this one was silent for too long."


class ProviderError(Conflict):
    """The other system could not be asked, or did not answer as it should; asking again may help."""

    code = "provider_error"
    message = "The other system does not answer as it should."


class AccessRefused(ProviderError):
    """Asking again cannot help: the credentials are refused, or lack the permission."""

    code = "access_refused"
    message = "The other system refuses our credentials."


class RateLimited(ProviderError):
    """Asking again helps `after` that many seconds."""

    code = "rate_limited"
    message = "The other system asks us to wait."

    def __init__(self, after: float) -> None:
        super().__init__(f"The other system asks us to wait for {after:.0f} s.")
        self.after = after
