from gauzy.exceptions import Conflict, Forbidden, Invalid, Unauthenticated


class InvalidCredentials(Unauthenticated):
    code = "invalid_credentials"
    message = "E-mail or password is wrong."


class InvalidToken(Unauthenticated):
    """The same for an unknown, expired and revoked token, and for one whose user or membership is inactive."""

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


class EmailTaken(Conflict):
    """Said to operators only: elsewhere nobody learns who exists."""

    code = "email_taken"
    message = "A user with this e-mail exists."
