"""Query strings, read strictly."""

from collections.abc import Collection
from typing import Any

from rest_framework import serializers
from rest_framework.request import Request

from gauzy.rest.parsers import is_storable

Fields = dict[str, list[str]]


def read_query(
    request: Request, serializer: type[serializers.Serializer[Any]] | None, *, also: Collection[str] = ()
) -> dict[str, Any]:
    """Return the query's parameters as `serializer` reads them; raise `ValidationError` for any that is unknown.

    `also` names parameters that someone else reads.
    """
    reader = serializer() if serializer else None
    fields: dict[str, Any] = dict(reader.fields) if reader else {}
    given = {name: request.query_params.getlist(name) for name in request.query_params}
    if errors := _errors(given, fields, also):
        raise serializers.ValidationError(errors)
    if serializer is None:
        return {}
    values = {
        name: values if _takes_many(fields[name]) else values[0] for name, values in given.items() if name in fields
    }
    filled = serializer(data=values, context={"request": request})
    filled.is_valid(raise_exception=True)
    return dict(filled.validated_data)


def _errors(given: dict[str, list[str]], fields: dict[str, Any], also: Collection[str]) -> Fields:
    errors: Fields = {}
    for name, values in given.items():
        if name not in fields and name not in also:
            errors[name] = ["Unknown parameter."]
        elif len(values) > 1 and not _takes_many(fields.get(name)):
            errors[name] = ["Given more than once."]
        elif not all(map(is_storable, values)):
            errors[name] = ["Has a character that cannot be stored."]
    return errors


def _takes_many(field: Any) -> bool:
    return isinstance(field, serializers.ListField | serializers.MultipleChoiceField)
