"""RFC 9457: how every refusal looks."""

from collections.abc import Mapping, Sequence
from typing import Any

from rest_framework import serializers

from gauzy import context

MEDIA_TYPE = "application/problem+json"


class ProblemSerializer(serializers.Serializer[Any]):
    """Why a request was refused. Programs look at `code`; it stays when wordings change."""

    type = serializers.CharField(help_text="`urn:gauzy:problem:` and the code.")
    title = serializers.CharField(help_text="What this code means.")
    status = serializers.IntegerField()
    detail = serializers.CharField(help_text="What was wrong this time.")
    code = serializers.CharField()
    request_id = serializers.UUIDField(allow_null=True, help_text="Give it to whoever looks into it.")
    errors = serializers.DictField(  # type: ignore[assignment]  # DRF takes fields off the class, the name is free
        child=serializers.ListField(child=serializers.CharField()),
        required=False,
        help_text="Field -> what is wrong with it. Nested fields are dotted, items by index: `items.3.email`.",
    )


def problem(
    *, status: int, code: str, title: str, detail: str = "", errors: Mapping[str, Sequence[str]] | None = None
) -> dict[str, Any]:
    """Return the body of a refusal."""
    acting = context.find()
    body: dict[str, Any] = {
        "type": f"urn:gauzy:problem:{code}",
        "title": title,
        "status": status,
        "detail": detail or title,
        "code": code,
        "request_id": str(acting.correlation_id) if acting else None,
    }
    return {**body, "errors": errors} if errors else body


def flatten(detail: Any, path: str = "") -> dict[str, list[str]]:
    """Return DRF's nested error detail as dotted field -> messages."""
    if isinstance(detail, Mapping):
        pairs: Any = detail.items()
    elif isinstance(detail, list) and any(isinstance(item, Mapping | list) for item in detail):
        pairs = enumerate(detail)
    else:
        return {path or "non_field_errors": [str(message) for message in _as_list(detail)]}
    found: dict[str, list[str]] = {}
    for key, value in pairs:
        if value:
            found |= flatten(value, f"{path}.{key}" if path else str(key))
    return found


def _as_list(detail: Any) -> list[Any]:
    return detail if isinstance(detail, list) else [detail]
