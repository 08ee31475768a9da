from gauzy.exceptions import Conflict, Invalid, NotFound, Unauthenticated


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
    """`left`: seconds until it is over, or says that it lives."""

    code = "sync_running"
    message = "A sync of this integration is running; only one does at a time."

    def __init__(self, left: float) -> None:
        super().__init__()
        self.left = left


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


# --- outgoing webhooks ------------------------------------------------------------------------------------------------


class EndpointNotFound(NotFound):
    code = "webhook_endpoint_not_found"
    message = "There is no such webhook endpoint."


class EndpointNotActive(Conflict):
    code = "webhook_endpoint_not_active"
    message = "The webhook endpoint is not active."


class EndpointIsRemoved(Conflict):
    code = "webhook_endpoint_removed"
    message = "The webhook endpoint was removed; create a new one."


class AddressRefused(Invalid):
    code = "webhook_address_refused"
    message = "Give an https address of a host on the public internet, without a login in it."


class UnknownEventType(Invalid):
    code = "unknown_event_type"
    message = "No event matches this: give a type, `app.*`, or `*`."


class NotDelivered(Conflict):
    """An endpoint did not take a message."""

    code = "webhook_not_delivered"
    message = "The endpoint did not take the message."

    def __init__(self, reason: str, *, status: int | None = None, excerpt: str = "", after: float = 0) -> None:
        super().__init__(reason)
        self.status, self.excerpt, self.after = status, excerpt, after


# --- GitHub -----------------------------------------------------------------------------------------------------------


class BadSignature(Unauthenticated):
    code = "bad_signature"
    message = "The delivery is not signed with the secret of this address."


class BadDelivery(Invalid):
    code = "bad_delivery"
    message = "This is no delivery of GitHub's."


class AppNotConfigured(Conflict):
    code = "github_app_not_configured"
    message = "This installation of the product has no GitHub App; its operator can give it one."


class StateRefused(Invalid):
    code = "state_refused"
    message = "Begin again: this was begun by somebody else, or too long ago."


class InstallationNotYours(Invalid):
    code = "installation_not_yours"
    message = "GitHub does not say that this installation is yours."


class RepositoryLinked(Conflict):
    code = "repository_linked"
    message = "The project is linked with this repository already."


class LinkNotFound(NotFound):
    code = "repository_link_not_found"
    message = "There is no such link with a repository."


# --- Upwork -----------------------------------------------------------------------------------------------------------


class NotThisProvider(Conflict):
    code = "not_this_provider"
    message = "The integration is with another provider."


class ConsentRefused(Conflict):
    code = "consent_refused"
    message = "The user did not agree at Upwork; nothing was connected."


class CodeRefused(Invalid):
    code = "code_refused"
    message = "Begin again: Upwork takes the code no more; each is good once, and for a short time."


class AccountDiffers(Conflict):
    code = "account_differs"
    message = "This is another account of Upwork's than before; connect it as an integration of its own."


class TokenRefused(ProviderError):
    code = "token_refused"
    message = "Upwork takes the token no more."


class ConnectionLost(ProviderError):
    code = "connection_lost"
    message = "Upwork has ended the connection: connect the integration again."


class PermissionMissing(AccessRefused):
    code = "permission_missing"
    message = "The key lacks a permission."


class ContractNotFound(NotFound):
    code = "upwork_contract_not_found"
    message = "There is no such contract."


class EmployeeNotChosen(Conflict):
    code = "employee_not_chosen"
    message = "Say whose work this contract is: nobody here has the freelancer's e-mail address."


class DayNotAnswered(ProviderError):
    code = "day_not_answered"
    message = "Upwork could not answer for this day; the next sync asks again."


class EditedHere(Conflict):
    code = "edited_here"
    message = "Upwork changed this time after somebody edited or deleted it here; it stays as it is here."


class FileRefused(Invalid):
    code = "file_refused"
    message = "This is no file of Upwork's transactions."


class RowUnreadable(Invalid):
    code = "row_unreadable"
    message = "The row cannot be read."


class TransactionDiffers(Conflict):
    code = "transaction_differs"
    message = "This reference id is that of another day, type or amount already; that one stays."
