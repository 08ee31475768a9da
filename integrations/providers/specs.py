"""What each provider can exchange, and which secrets it takes."""

from collections.abc import Mapping
from dataclasses import dataclass

from integrations.choices import Direction, EntityKind, Provider

_IN = frozenset({Direction.OFF, Direction.IN})
_ANY = frozenset(Direction)


@dataclass(frozen=True, slots=True)
class Spec:
    """`entities`: the directions each kind may travel. `defaults`: what a new integration does."""

    entities: Mapping[EntityKind, frozenset[Direction]]
    defaults: Mapping[EntityKind, Direction]
    secrets: frozenset[str]


SPECS: Mapping[Provider, Spec] = {
    Provider.GITHUB: Spec(
        entities={EntityKind.TASK: _ANY, EntityKind.LABEL: _ANY},
        defaults={EntityKind.TASK: Direction.IN, EntityKind.LABEL: Direction.IN},
        secrets=frozenset({"webhook_secret", "token"}),
    ),
    Provider.UPWORK: Spec(
        entities={EntityKind.PROJECT: _IN, EntityKind.TIME_LOG: _IN},
        defaults={EntityKind.PROJECT: Direction.IN, EntityKind.TIME_LOG: Direction.IN},
        secrets=frozenset({"client_id", "client_secret"}),
    ),
}
