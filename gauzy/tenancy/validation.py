from collections.abc import Set

from django.core.exceptions import ValidationError
from django.db.models import ForeignKey, Model

from gauzy.exceptions import Invalid


def clean(instance: Model, *, exclude: Set[str] = frozenset()) -> None:
    """Check the values of a row against its fields; raise `Invalid` with the fields at fault.

    Foreign keys and uniqueness are not looked up: services resolve the first and the database holds the second.
    """
    relations = {field.name for field in instance._meta.fields if isinstance(field, ForeignKey)}
    try:
        instance.clean_fields(exclude=relations | exclude)
    except ValidationError as error:
        raise Invalid(fields=error.message_dict) from error
