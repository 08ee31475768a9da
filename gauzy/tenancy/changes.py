"""What an update really changes."""

from collections.abc import Mapping
from enum import Enum
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Model

from gauzy.eventbus import Change
from gauzy.exceptions import Invalid


def apply_changes(instance: Model, values: Mapping[str, Any]) -> tuple[Change, ...]:
    """Set the fields of a row to `values` and return those that differ; raise `Invalid` for what cannot be converted.

    Nothing is saved. A field whose converted value is what the row holds is no change.
    """
    changes = (_apply(instance, name, value) for name, value in values.items())
    return tuple(change for change in changes if change)


def _apply(instance: Model, name: str, value: Any) -> Change | None:
    field: Any = instance._meta.get_field(name)
    old = getattr(instance, name)
    try:
        new = field.to_python(_plain(value))
    except ValidationError as error:
        raise Invalid(fields={name: error.messages}) from error
    if new == old:
        return None
    setattr(instance, name, new)
    return Change(field=name, old=_scalar(old), new=_scalar(new))


def _plain(value: Any) -> Any:
    if isinstance(value, Enum):
        return value.value
    return value.strip() if isinstance(value, str) else value


def _scalar(value: Any) -> Any:
    """Return `value` as JSON knows it: ids, dates and decimals as text."""
    return value if value is None or isinstance(value, bool | int | float | str) else str(value)
