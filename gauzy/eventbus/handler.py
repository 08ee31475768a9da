"""Declaring handlers. The decorators only mark the function; `connect` (called in `AppConfig.ready`) registers it."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from typing import Any, Literal, NamedTuple, Protocol, TypeVar, get_type_hints, overload
from uuid import UUID

from gauzy.eventbus.conditions import asked
from gauzy.eventbus.event import AnyEvent
from gauzy.eventbus.exceptions import DeclarationError
from gauzy.eventbus.metadata import Delivered, Metadata, Window
from gauzy.eventbus.naming import app_label
from gauzy.eventbus.signatures import problem_of_body, problem_of_signature, wants_meta

MARK = "__eventbus_handler__"
DEFAULT_QUEUE = "default"

# Every handler that a decorator has seen in this process, connected or not.
declared: list["Handler"] = []


class OnDead(StrEnum):
    """What a dead delivery of an ordered handler does to the later ones of its key."""

    BLOCK = "block"
    SKIP = "skip"


class Run(StrEnum):
    """When a handler runs: in a Celery worker, or in the publishing process right after its commit."""

    BACKGROUND = "background"
    AFTER_COMMIT = "after_commit"


class Owed(NamedTuple):
    """A delivery to insert: due `delay` seconds from now; dead from birth if `dead_reason` is given.

    ordering_key: the handler has this key's deliveries one at a time, in commit order.
    """

    handler: str
    delay: float = 0.0
    dead_reason: str = ""
    ordering_key: str | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Handler:
    """A declared handler. `events` is empty for one that takes every event."""

    id: str  # stored for ever; its Celery task's name too
    function: Callable[..., None]
    events: tuple[type[AnyEvent], ...]
    run: Run = Run.BACKGROUND
    queue: str = DEFAULT_QUEUE
    external: bool = False
    history: bool = True
    when: Callable[[Any], bool] | None = None
    batch: int = 0
    retries: tuple[float, ...] | None = None  # seconds; None: the setting RETRY_LADDER
    wants_meta: bool = False
    ordered_by: str = ""  # the events' field whose value is the key
    on_dead: OnDead = OnDead.BLOCK
    after: float = 0.0  # seconds
    targets: "Targets | None" = None
    before_replay: Callable[[Window], None] | None = None

    # What most events owe it, made once: None if that differs from event to event.
    usually: Owed | None = field(init=False)

    def __post_init__(self) -> None:
        usual = self.run is Run.BACKGROUND and not self.ordered_by
        object.__setattr__(self, "usually", Owed(self.id, self.after) if usual else None)

    @property
    def takes_every_event(self) -> bool:
        return not self.events

    def wants(self, event: AnyEvent) -> bool:
        """Ask its condition, which may touch no database; what it raises is the caller's to judge."""
        return self.when is None or asked(self.when, event)


Targets = Callable[[Any, Metadata], Iterable[str]]
E = TypeVar("E", bound=AnyEvent)
F = TypeVar("F", bound=Callable[..., None])


class _Takes(Protocol[E]):
    """Decorator for functions of (event) or (event, meta)."""

    @overload
    def __call__(self, function: Callable[[E], None], /) -> Callable[[E], None]: ...
    @overload
    def __call__(self, function: Callable[[E, Metadata], None], /) -> Callable[[E, Metadata], None]: ...


BatchFunction = Callable[[Sequence[Delivered]], None]


@overload
def handles(
    *events: type[E],
    run: Run = ...,
    queue: str = ...,
    external: bool = ...,
    history: bool | None = ...,
    when: Callable[[E], bool] | None = ...,
    retries: Sequence[float | timedelta] | None = ...,
    ordered_by: str = ...,
    on_dead: Literal["block", "skip"] = ...,
    after: timedelta | None = ...,
    targets: Callable[[E, Metadata], Iterable[str]] | None = ...,
    id: str = ...,
) -> _Takes[E]: ...
@overload
def handles(
    *events: type[AnyEvent],
    batch: int,
    queue: str = ...,
    history: bool = ...,
    when: Callable[[Any], bool] | None = ...,
    retries: Sequence[float | timedelta] | None = ...,
    id: str = ...,
) -> Callable[[BatchFunction], BatchFunction]: ...
def handles(
    *events: Any,
    run: Run = Run.BACKGROUND,
    queue: str = DEFAULT_QUEUE,
    external: bool = False,
    history: bool | None = None,
    when: Callable[[Any], bool] | None = None,
    batch: int = 0,
    retries: Sequence[float | timedelta] | None = None,
    ordered_by: str = "",
    on_dead: Literal["block", "skip"] = "block",
    after: timedelta | None = None,
    targets: Targets | None = None,
    id: str = "",
) -> Any:
    """Declare a handler of one or several events.

    run: `BACKGROUND` (default) or `AFTER_COMMIT`. queue: the Celery queue of a background handler.
    external: it acts outside the database; no transaction is open while it runs, and it runs at least once.
    history: whether it wants events that are published as history (default: only if not external).
    when: a pure predicate of the event, evaluated by the publisher; a false answer owes nothing.
    batch: it receives up to that many deliveries at once, of several tenants, in one transaction.
    retries: waits before further attempts, in seconds, instead of the setting `RETRY_LADDER`.
    ordered_by: a field of the events; those with the same value come one at a time, in commit order, retries included.
    on_dead: whether a dead delivery blocks the later ones of its key (`"block"`) or is passed (`"skip"`).
    after: due that much later; `gauzy.eventbus.withdraw` takes it back until then.
    targets: called by a worker with (event, meta), it names targets; each gets a delivery of its own (`meta.target`).
    id: the old id of a handler that was renamed. Raises `DeclarationError` for combinations that make no sense.
    """
    if not events:
        raise DeclarationError("@handles needs an event class; for all of them there is @handles_every_event.")

    def declare(function: F) -> F:
        handler = Handler(
            id=id or _id_of(function),
            function=function,
            events=events,
            run=run,
            queue=queue,
            external=external,
            history=(not external) if history is None else history,
            when=when,
            batch=batch,
            retries=_seconds(retries),
            wants_meta=wants_meta(function),
            ordered_by=ordered_by,
            on_dead=OnDead(on_dead),
            after=0.0 if after is None else after.total_seconds(),
            targets=targets,
        )
        return _mark(function, handler)

    return declare


@overload
def handles_every_event(
    *, batch: int = ..., queue: str = ..., before_replay: Callable[[Window], None] | None = ..., id: str = ...
) -> Callable[[BatchFunction], BatchFunction]: ...
@overload
def handles_every_event(
    *,
    targets: Callable[[AnyEvent, Metadata], Iterable[str]],
    queue: str = ...,
    external: bool = ...,
    history: bool | None = ...,
    retries: Sequence[float | timedelta] | None = ...,
    id: str = ...,
) -> _Takes[AnyEvent]: ...
def handles_every_event(
    *,
    batch: int = 0,
    queue: str = DEFAULT_QUEUE,
    targets: Targets | None = None,
    external: bool = False,
    history: bool | None = None,
    retries: Sequence[float | timedelta] | None = None,
    before_replay: Callable[[Window], None] | None = None,
    id: str = "",
) -> Any:
    """Declare a background handler of every event of the catalogue, present and future.

    It receives batches; or, with `targets`, one delivery for each target that this function names. See `handles`.
    before_replay: undoes what the handler made of whole days that are over, when they are about to be replayed.
    """

    def declare(function: F) -> F:
        handler = Handler(
            id=id or _id_of(function),
            function=function,
            events=(),
            queue=queue,
            external=external,
            history=(not external) if history is None else history,
            batch=0 if targets else batch or 1,
            retries=_seconds(retries),
            wants_meta=wants_meta(function),
            targets=targets,
            before_replay=before_replay,
        )
        return _mark(function, handler)

    return declare


def marked(function: object) -> Handler | None:
    """Return what a decorator declared on `function`, if one did."""
    handler = getattr(function, MARK, None)
    return handler if isinstance(handler, Handler) else None


def _mark(function: F, handler: Handler) -> F:
    _refuse_nonsense(handler)
    setattr(function, MARK, handler)
    declared.append(handler)
    return function


def _id_of(function: Callable[..., None]) -> str:
    """`employees.handlers.send_welcome_email` -> `employees.send_welcome_email`."""
    return f"{app_label(function.__module__)}.{function.__name__}"


def _seconds(retries: Sequence[float | timedelta] | None) -> tuple[float, ...] | None:
    if retries is None:
        return None
    return tuple(wait.total_seconds() if isinstance(wait, timedelta) else float(wait) for wait in retries)


def _refuse_nonsense(handler: Handler) -> None:
    problem = _problem_of_function(handler) or _problem_of_options(handler) or _problem_of_key(handler)
    if problem:
        raise DeclarationError(f"The handler {handler.id} {problem}.")


def _problem_of_function(handler: Handler) -> str:
    if handler.when and problem_of_body(handler.when):
        return "has a condition that is no plain function: what it returns is always true"
    return problem_of_signature(handler.function, handler.events, batch=bool(handler.batch))


def _problem_of_options(handler: Handler) -> str:
    later = {"external": handler.external, "batch": handler.batch, "ordered_by": handler.ordered_by}
    later |= {"after": handler.after, "targets": handler.targets}
    if handler.run is Run.AFTER_COMMIT and any(later.values()):
        given = ", ".join(name for name, value in later.items() if value)
        return f"runs AFTER_COMMIT, which excludes {given}: leave one of them out"
    if handler.external and handler.batch:
        return "is external, which excludes batch: each call to the outside needs its own receipt"
    if handler.ordered_by and (handler.batch or handler.targets):
        return "is ordered, which excludes batch and targets: its deliveries run one at a time"
    if handler.targets and handler.batch:
        return "has targets, which excludes batch: each target has its own outcome"
    return ""


def _problem_of_key(handler: Handler) -> str:
    """The key is a field rather than a function, so that it cannot fail in the publisher."""
    for cls in handler.events if handler.ordered_by else ():
        kind = get_type_hints(cls).get(handler.ordered_by)
        if not (kind in (UUID, str, int) or (isinstance(kind, type) and issubclass(kind, StrEnum))):
            return f"is ordered by {handler.ordered_by!r}, which must be an id, text, number or enum in {cls.__name__}"
    return ""
