from collections.abc import Mapping
from typing import Any, ClassVar

from django import forms

from gauzy.site.fields import long_text_field, text_field
from gauzy.site.forms import ServiceForm
from integrations.choices import Direction, EntityKind, Provider
from integrations.providers.specs import SPECS


class SecretsField(forms.CharField):
    """Lines of NAME=SECRET. It begins empty whatever is set, and shows nothing of it."""

    def clean(self, value: Any) -> dict[str, str]:
        lines = [line for line in (super().clean(value) or "").splitlines() if line.strip()]
        if not all("=" in line for line in lines):
            raise forms.ValidationError("Write one NAME=SECRET per line.")
        pairs = (line.partition("=") for line in lines)
        return {name.strip(): secret.strip() for name, _, secret in pairs}


def _secrets_field() -> SecretsField:
    return SecretsField(
        required=False,
        widget=long_text_field().widget,
        help_text="One NAME=SECRET per line; what is set stays unless named, and is never shown.",
    )


class PatternsField(forms.CharField):
    """One pattern per line."""

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list) else value

    def clean(self, value: Any) -> list[str]:
        return (super().clean(value) or "").split()

    def has_changed(self, initial: Any, data: Any) -> bool:
        return super().has_changed(self.prepare_value(initial), data)


class EndpointForm(ServiceForm):
    url = text_field(max_length=500, label="Address", help_text="https, on the public internet.")
    events = PatternsField(
        widget=long_text_field().widget,
        help_text="One per line: a type such as employees.employee_created, an app such as employees.*, or *.",
    )


class NewIntegrationForm(ServiceForm):
    secrets = _secrets_field()


class IntegrationForm(ServiceForm):
    """One field for each kind of rows that the provider exchanges."""

    secrets = _secrets_field()
    kinds: ClassVar[tuple[EntityKind, ...]] = ()

    @classmethod
    def of(cls, provider: Provider, entities: Mapping[str, str]) -> type["IntegrationForm"]:
        offered = SPECS[provider].entities
        fields: dict[str, Any] = {f"entity_{kind}": _direction(kind, ways, entities) for kind, ways in offered.items()}
        return type("IntegrationForm", (cls,), fields | {"kinds": tuple(offered)})

    @classmethod
    def entity_fields(cls) -> list[str]:
        return [f"entity_{kind}" for kind in cls.kinds]


def _direction(kind: EntityKind, ways: frozenset[Direction], entities: Mapping[str, str]) -> forms.ChoiceField:
    choices = [(way.value, way.label) for way in Direction if way in ways]
    return forms.ChoiceField(choices=choices, label=kind.label, initial=entities.get(kind, Direction.OFF))
