from gauzy.exceptions import Conflict, Forbidden, Invalid, NotFound, TooOften, Unauthenticated


class InvalidCredentials(Unauthenticated):
    code = "invalid_credentials"
    message = "E-mail or password is wrong."


class LockedOut(TooOften):
    """Too many wrong passwords, whether a user has the e-mail or not."""

    code = "locked_out"
    message = "Too many wrong passwords. Wait before you try again, or choose a new one by mail."


class InvalidToken(Unauthenticated):
    """The same for an unknown, expired and revoked token or key, and for one whose user or membership is inactive.

    Also for a key that comes from a network which it does not name: it tells nobody that it is good elsewhere.
    """

    code = "invalid_token"
    message = "The token is not valid."


class NoMembership(Forbidden):
    code = "no_membership"
    message = "You are not a member there."


class TenantChoiceNeeded(Invalid):
    code = "tenant_choice_needed"
    message = "You are a member of several tenants: choose one."


class InvalidLink(Invalid):
    """The same for a malformed, unknown, expired and used link."""

    code = "invalid_link"
    message = "This link is not valid any more. Ask for a new one."


class WeakPassword(Invalid):
    code = "weak_password"
    message = "This password is too easy to guess."


class WrongPassword(Invalid):
    code = "wrong_password"
    message = "This is not your password."


class TokenNotFound(NotFound):
    code = "token_not_found"
    message = "You have no such token."


class ApiKeyNotFound(NotFound):
    code = "api_key_not_found"
    message = "There is no such API key."


class KeyTooStrong(Forbidden):
    code = "key_too_strong"
    message = "A key may do no more than whoever it acts for."


class MissingScope(Forbidden):
    code = "missing_scope"
    message = "The API key has not the scope for this."


class NotForKeys(Forbidden):
    """One's own account, signing in and the keys themselves."""

    code = "not_for_keys"
    message = "No API key opens this: sign in as a person."


class AlreadyVerified(Conflict):
    code = "already_verified"
    message = "Your e-mail is verified already."


class NotASession(Invalid):
    code = "not_a_session"
    message = "You came with a token: ask for another at `/api/v1/auth/tokens/switch`."


class CsrfFailed(Forbidden):
    """A browser's session asked for a change without the token that only our own pages can read."""

    code = "csrf_failed"
    message = "Send the `csrf_token` of `GET /api/v1/auth/session` as `X-CSRFToken`, from an allowed origin."


class EmailTaken(Conflict):
    """Said to operators only: elsewhere nobody learns who exists."""

    code = "email_taken"
    message = "A user with this e-mail exists."
