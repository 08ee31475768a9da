"""JSON bodies, read with suspicion."""

import codecs
import json
import math
from collections.abc import Iterator, Mapping
from typing import IO, Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.http import UnreadablePostError
from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser

DEEPEST = 32  # levels of nesting
_LARGEST_INTEGER = 2**63  # what every database of ours can hold


class JSONParser(BaseParser):
    """Refuses what would fail later and less clearly.

    Bodies over `DATA_UPLOAD_MAX_MEMORY_SIZE`, nesting beyond `DEEPEST`, numbers that no column holds, NaN, repeated
    names, and characters that PostgreSQL does not store (NUL, halves of surrogate pairs).
    """

    media_type = "application/json"

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        text = _decode(_read(stream))
        try:
            value = _decoder.decode(text)
        except RecursionError as error:
            raise ParseError(f"The body is nested deeper than {DEEPEST} levels.") from error
        except ValueError as error:
            raise ParseError(f"The body is not valid JSON: {error}") from error
        _check_depth(text, value)
        _check_characters(text, value)
        return value


def is_storable(text: str) -> bool:
    """Tell whether PostgreSQL can hold the text."""
    return "\0" not in text and not any("\ud800" <= character <= "\udfff" for character in text)


def _read(stream: IO[Any]) -> bytes:
    limit = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    try:
        body: bytes = stream.read(limit + 1)
    except UnreadablePostError as error:
        raise ParseError("The body ended too early.") from error
    if len(body) > limit:
        raise RequestDataTooBig
    return body


def _decode(body: bytes) -> str:
    try:
        return body.removeprefix(codecs.BOM_UTF8).decode()
    except UnicodeDecodeError as error:
        raise ParseError("The body is not UTF-8.") from error


def _integer(digits: str) -> int:
    if len(digits) > 20 or not -_LARGEST_INTEGER <= (number := int(digits)) < _LARGEST_INTEGER:
        raise ValueError("a number is too large")
    return number


def _float(digits: str) -> float:
    if not math.isfinite(number := float(digits)):
        raise ValueError("a number is too large")
    return number


def _refuse_constant(name: str) -> float:
    raise ValueError(f"{name} is not JSON")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len(found := dict(pairs)) < len(pairs):
        raise ValueError("an object has the same name twice")
    return found


_decoder = json.JSONDecoder(
    object_pairs_hook=_object, parse_int=_integer, parse_float=_float, parse_constant=_refuse_constant
)


def _check_depth(text: str, value: Any) -> None:
    if text.count("[") + text.count("{") <= DEEPEST:
        return
    level = [value]
    for _ in range(DEEPEST):
        level = [child for node in level for child in _children(node) if isinstance(child, dict | list)]
        if not level:
            return
    raise ParseError(f"The body is nested deeper than {DEEPEST} levels.")


def _check_characters(text: str, value: Any) -> None:
    # Neither can be in the text itself, only escaped: most bodies are not walked.
    if "\\u0000" not in text and "\\ud" not in text.lower():
        return
    if not all(is_storable(found) for found in _strings(value)):
        raise ParseError("The body has a NUL character or half a surrogate pair.")


def _strings(value: Any) -> Iterator[str]:
    waiting = [value]
    while waiting:
        node = waiting.pop()
        if isinstance(node, str):
            yield node
        elif isinstance(node, dict):
            waiting.extend(node.keys())
        waiting.extend(_children(node))


def _children(node: Any) -> list[Any]:
    if isinstance(node, dict):
        return list(node.values())
    return node if isinstance(node, list) else []
