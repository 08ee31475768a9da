"""Refusals that a caller may see."""

from collections.abc import Mapping, Sequence


class DomainError(Exception):
    """A refusal with a stable `code`; `gauzy.rest` maps it to an HTTP status, commands print it.

    `fields` names the input fields at fault: field name -> messages.
    """

    code = "refused"
    message = "The request was refused."

    def __init__(self, message: str = "", *, fields: Mapping[str, Sequence[str]] | None = None) -> None:
        self.message = message or self.message
        self.fields = {name: list(messages) for name, messages in (fields or {}).items()}
        super().__init__(self.message)


class Invalid(DomainError):
    """The input breaks a rule; `fields` says where. HTTP 400."""

    code = "invalid"
    message = "The input is not valid."


class NotFound(DomainError):
    """Unknown here: absent, or another tenant's. HTTP 404, the same body for both."""

    code = "not_found"
    message = "Not found."


class Unauthenticated(DomainError):
    """Nobody has proved who they are. HTTP 401."""

    code = "not_authenticated"
    message = "Sign in first."


class Forbidden(DomainError):
    """The actor may not do this. HTTP 403."""

    code = "forbidden"
    message = "You may not do this."


class Conflict(DomainError):
    """The state of things does not allow it now. HTTP 409."""

    code = "conflict"
    message = "This conflicts with the current state."


class TooOften(DomainError):
    """Come back after `wait` seconds. HTTP 429."""

    code = "too_often"
    message = "Too often: wait before you try again."

    def __init__(self, message: str = "", *, wait: float) -> None:
        super().__init__(message)
        self.wait = wait


class BulkRefused(Invalid):
    """`fields` is keyed by item: `items.3.email`, or `items.3` where no field is at fault."""

    code = "bulk_refused"
    message = "Some items were refused, so none was carried out."

    def __init__(self, refusals: Mapping[int, DomainError]) -> None:
        super().__init__(fields=fields_by_place("items", refusals))


def fields_by_place(container: str, refusals: Mapping[int, DomainError]) -> dict[str, list[str]]:
    """Return what is wrong where: `items.3.email` -> messages."""
    return {
        f"{container}.{place}.{field}" if field else f"{container}.{place}": messages
        for place, refusal in refusals.items()
        for field, messages in (refusal.fields or {"": [refusal.message]}).items()
    }
