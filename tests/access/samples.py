"""Values that a route takes: for its path, its query and its body, made from what the view declares."""

from collections.abc import Iterator, Mapping
from typing import Any
from uuid import UUID

from django.apps import apps
from rest_framework import serializers

from gauzy.users.models import AccessToken
from tests.factories.people import Company

# What is not the id of a row: name -> value.
PLAIN = {"scopes": "employees:read", "networks": "203.0.113.0/24", "handler": "employees.send_welcome_email"}
Place = tuple[str, ...]  # of a field in a body: ("items", "organization_id")


def id_of(name: str, company: Company) -> UUID | None:
    """Return the id of a row of the company that a name such as `team_id` or `member_ids` means; None for other names.

    A name means the model that is called so, else one that begins or ends so. A company without such a row has None.
    """
    if name in {"user_id", "actor_id"}:
        return UUID(str(company.owner.user_id))
    if name == "tenant_id":
        return company.tenant_id
    if name == "token_id":
        return UUID(str(AccessToken.objects.filter(membership=company.owner).earliest("id").pk))
    for model in _models_for(name.removesuffix("_ids").removesuffix("_id")):
        manager: Any = getattr(model, "unscoped", model._default_manager)
        if (row := manager.filter(tenant_id=company.tenant_id).order_by("pk").first()) is not None:
            return UUID(str(row.pk))
    return None


def path_values(parameters: list[str], ids: Mapping[str, UUID]) -> dict[str, Any]:
    return {name: ids[name] if name in ids else PLAIN.get(name, "x") for name in parameters}


def places_of_ids(serializer: Any) -> Iterator[Place]:
    """Yield where in a body ids stand."""
    for name, field in serializer.fields.items():
        if field.read_only:
            continue
        if _takes_id(field):
            yield (name,)
        elif (inner := _inner(field)) is not None:
            yield from ((name, *place) for place in places_of_ids(inner))


def body_for(serializer: Any, company: Company, *, at: Place = (), value: Any = None) -> dict[str, Any]:
    """Return a body with what is required, ids of the company, and `value` at a place."""
    body = {}
    for name, field in serializer.fields.items():
        if not field.read_only and (field.required or at[:1] == (name,)):
            body[name] = _sample(name, field, company, at=at[1:], value=value, is_place=at == (name,))
    return body


def _sample(name: str, field: Any, company: Company, *, at: Place, value: Any, is_place: bool) -> Any:
    if is_place:
        return [value] if isinstance(field, serializers.ListField) else value
    if (inner := _inner(field)) is not None:
        filled = body_for(inner, company, at=at, value=value)
        return [filled] if _is_many(field) else filled
    if isinstance(field, serializers.ListField):
        return [_sample(name, field.child, company, at=(), value=None, is_place=False)]
    return str(id_of(name, company)) if isinstance(field, serializers.UUIDField) else _plain(name, field)


_SAMPLES: tuple[tuple[type[Any], Any], ...] = (
    (serializers.BooleanField, True),
    (serializers.IntegerField, 1),
    (serializers.DecimalField, "1.00"),
    (serializers.EmailField, "sample@example.org"),
    (serializers.DateTimeField, "2026-03-02T09:00:00Z"),
    (serializers.DateField, "2026-03-02"),
    (serializers.URLField, "https://sample.example.org/"),
    (serializers.DictField, {}),
    (serializers.JSONField, {}),
)


def _plain(name: str, field: Any) -> Any:
    if isinstance(field, serializers.ChoiceField):
        return list(field.choices)[-1]
    if isinstance(field, serializers.DictField) and not field.allow_empty:
        return {"sample": "sample"}
    if isinstance(field, serializers.IntegerField) and field.min_value:
        return field.min_value
    return next((value for cls, value in _SAMPLES if isinstance(field, cls)), PLAIN.get(name, f"sample {name}"))


def _takes_id(field: Any) -> bool:
    child = getattr(field, "child", None)
    return isinstance(field, serializers.UUIDField) or isinstance(child, serializers.UUIDField)


def _inner(field: Any) -> Any:
    inner = getattr(field, "child", field)
    return inner if isinstance(inner, serializers.Serializer) else None


def _is_many(field: Any) -> bool:
    return hasattr(field, "child")


def _models_for(stem: str) -> list[Any]:
    stem = stem.replace("_", "")
    models = [model for model in apps.get_models() if _has_tenant(model)]
    names = dict.fromkeys(("member", "manager", "assignee"), "employee")
    wanted = names.get(stem, stem)
    called = [model for model in models if model._meta.model_name == wanted]
    alike = [model for model in models if str(model._meta.model_name).startswith(wanted)]
    ending = [model for model in models if str(model._meta.model_name).endswith(wanted)]
    return [*called, *alike, *ending]


def _has_tenant(model: Any) -> bool:
    return any(field.attname == "tenant_id" for field in model._meta.concrete_fields)
