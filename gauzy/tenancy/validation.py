import unicodedata
from collections.abc import Set
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import CharField, Field, ForeignKey, Model

from gauzy.exceptions import Invalid

LONGEST_LINE = 300  # characters; longer texts are descriptions, reasons and addresses, which have several lines
NOT_ONE_LINE = "This must be a single line, without control characters."


def clean(instance: Model, *, exclude: Set[str] = frozenset()) -> None:
    """Check the values of a row against its fields; raise `Invalid` with the fields at fault.

    A short `CharField`, as of names and titles, is one line: control characters in it would break up mails, lists and
    files. Foreign keys and uniqueness are not looked up: services resolve the first and the database holds the second.
    """
    relations = {field.name for field in instance._meta.fields if isinstance(field, ForeignKey)}
    try:
        instance.clean_fields(exclude=relations | exclude)
    except ValidationError as error:
        raise Invalid(fields=error.message_dict) from error
    fields = [field for field in instance._meta.fields if field.name not in exclude]
    if broken := [field.name for field in fields if _has_control_characters(instance, field)]:
        raise Invalid(fields={name: [NOT_ONE_LINE] for name in broken})


def _has_control_characters(instance: Model, field: "Field[Any, Any]") -> bool:
    is_short = isinstance(field, CharField) and (field.max_length or 0) <= LONGEST_LINE
    value = getattr(instance, field.attname) if is_short else None
    return isinstance(value, str) and any(unicodedata.category(character) == "Cc" for character in value)
