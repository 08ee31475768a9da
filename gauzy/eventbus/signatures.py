"""What a handler's function must look like: the bus calls it by position, and its body must run then."""

import inspect
import types
from collections.abc import Callable, Sequence
from typing import Any, Union, get_args, get_origin, get_type_hints

from gauzy.eventbus.event import Event, PlatformEvent
from gauzy.eventbus.metadata import Delivered, Metadata

_BY_POSITION = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
_NO_EVENT = {"self", "cls", "meta", "metadata"}


def wants_meta(function: Callable[..., None]) -> bool:
    return len(inspect.signature(function).parameters) == 2


def problem_of_signature(function: Callable[..., None], events: Sequence[type], *, batch: bool) -> str:
    """Say why `function` cannot handle `events` (none: every event), or return an empty text."""
    form = "(deliveries)" if batch else "(event) or (event, meta)"
    parameters = list(inspect.signature(function).parameters.values())
    if problem := problem_of_body(function):
        return problem
    if not 1 <= len(parameters) <= (1 if batch else 2):
        return f"must take {form}"
    if any(each.kind not in _BY_POSITION or each.default is not each.empty for each in parameters):
        return f"must take {form}: by position, without defaults and stars"
    if parameters[0].name in _NO_EVENT:
        return f"must take {form}: {parameters[0].name!r} comes first"
    return _problem_of_types(function, parameters, [Sequence[Delivered]] if batch else events)


def problem_of_body(function: Callable[..., object]) -> str:
    """Say why a call of `function` would not run its body, or return an empty text."""
    bodies = (function, inspect.unwrap(function))
    if any(inspect.iscoroutinefunction(body) for body in bodies):
        return "is `async def`; handlers are plain functions (use asyncio.run inside if you must)"
    if any(inspect.isgeneratorfunction(body) or inspect.isasyncgenfunction(body) for body in bodies):
        return "has `yield` in it, so a call would only make a generator: its body would never run"
    return ""


def _problem_of_types(function: Callable[..., None], parameters: list[inspect.Parameter], given: Sequence[Any]) -> str:
    hints = _hints(function)
    for parameter, kinds in zip(parameters, (given or (Event, PlatformEvent), [Metadata]), strict=False):
        declared = hints.get(parameter.name, Any)
        if wrong := [kind for kind in kinds if not _fits(kind, declared)]:
            return f"declares {parameter.name} as {_name(declared)}, but would be given {_name(wrong[0])}"
    return ""


def _hints(function: Callable[..., None]) -> dict[str, Any]:
    """Annotations that cannot be resolved here are left to the type checker."""
    try:
        return get_type_hints(function)
    except (NameError, TypeError, AttributeError):
        return {}


def _fits(kind: Any, declared: Any) -> bool:
    """Tell whether a parameter declared so may be given a `kind`; what is no plain class gets the benefit of doubt."""
    members = get_args(declared) if get_origin(declared) in (Union, types.UnionType) else (declared,)
    return any(_fits_one(kind, member) for member in members)


def _fits_one(kind: Any, member: Any) -> bool:
    plain, given = get_origin(member) or member, get_origin(kind) or kind
    if member is Any or not isinstance(plain, type) or getattr(plain, "_is_protocol", False):
        return True
    return issubclass(given, plain) and (not get_args(member) or get_args(member) == get_args(kind))


def _name(kind: Any) -> str:
    return kind.__qualname__ if isinstance(kind, type) else str(kind)
