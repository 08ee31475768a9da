"""What must hold for every route when an API key asks. As in `checks`, a check returns what it found wrong."""

from collections.abc import Iterator
from datetime import timedelta
from functools import cached_property
from typing import Any
from uuid import uuid4

from django.utils import timezone
from rest_framework.test import APIClient

from gauzy.rest.scopes import FOR_PEOPLE, known_scopes
from gauzy.tenancy.choices import Role
from gauzy.tenancy.membership import acting_as
from gauzy.users.models import ApiKey
from gauzy.users.services import create_api_key, revoke_api_key
from tests.access.checks import DENIED, Answer, World
from tests.access.routes import Route

ELSEWHERE = "203.0.113.0/24"  # no test comes from there
CLOSED = DENIED | {"missing_scope", "not_for_keys", "invalid_token"}


def segment_of(route: Route) -> str:
    return route.path.split("/")[3]


def scope_for(route: Route) -> str:
    """Return the scope that a route needs, put together apart from the product's own code."""
    return f"{segment_of(route)}:{'read' if route.method == 'get' else 'write'}"


class Keyring:
    """Keys in the name of the world's owner, made once; each is its secret."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._of_scopes: dict[tuple[str, ...], str] = {}

    def key(self, *scopes: str) -> str:
        if scopes not in self._of_scopes:
            self._of_scopes[scopes] = self._make(scopes=scopes)[0]
        return self._of_scopes[scopes]

    def without(self, scope: str) -> str:
        return self.key(*(known for known in known_scopes() if known != scope))

    @cached_property
    def of_role(self) -> dict[Role, str]:
        """Keys for everything, each as weak as its role."""
        return {role: self._make(role=role)[0] for role in Role}

    @cached_property
    def useless(self) -> dict[str, str]:
        """Keys that open nothing, by what is the matter with them."""
        (expired, expired_key), (revoked, revoked_key) = self._make(), self._make()
        ApiKey.unscoped.filter(pk=expired_key.pk).update(expires_at=timezone.now() - timedelta(seconds=1))
        with acting_as(self._world.company.owner):
            revoke_api_key(api_key_id=revoked_key.pk)
        elsewhere, _ = self._make(networks=[ELSEWHERE])
        return {"unknown": f"gzk_{'x' * 43}", "expired": expired, "revoked": revoked, "other network": elsewhere}

    def _make(self, **how: Any) -> tuple[str, ApiKey]:
        with acting_as(self._world.company.owner):
            issued = create_api_key(**({"name": "a program", "scopes": known_scopes()} | how))
        return issued.secret, issued.key


def check_scopes(route: Route, world: World, keys: Keyring) -> Iterator[str]:
    """The scope of the route lets in, all others together do not; some segments take no key."""
    scope = scope_for(route)
    if segment_of(route) in FOR_PEOPLE:
        answer = _ask(route, world, keys.of_role[Role.OWNER])
        if (answer.status, answer.code) != (403, "not_for_keys"):
            yield f"{route} is for people, but answers a key {answer.status} {answer.code}"
        return
    if scope not in known_scopes():
        yield f"{route} has no scope {scope}"
        return
    answer = _ask(route, world, keys.key(scope))
    if answer.code in CLOSED:
        yield f"{route} shuts out a key for {scope}: {answer.status} {answer.code}"
    answer = _ask(route, world, keys.without(scope))
    if (answer.status, answer.code) != (403, "missing_scope"):
        yield f"{route} answers a key without {scope} {answer.status} {answer.code}"


def check_useless(route: Route, world: World, keys: Keyring) -> Iterator[str]:
    """A key that is expired, revoked, unknown or comes from elsewhere is all the same: no key."""
    for what, secret in keys.useless.items():
        answer = _ask(route, world, secret)
        if (answer.status, answer.code) != (401, "invalid_token"):
            yield f"{route} answers a key ({what}) {answer.status} {answer.code}"


def check_roles_of_keys(route: Route, world: World, keys: Keyring) -> Iterator[str]:
    """An owner's key that was made weaker opens what its role opens."""
    if segment_of(route) in FOR_PEOPLE:
        return
    by_strength = [*Role]
    inside, outside = ([role for role in by_strength if (role in route.roles) is wanted] for wanted in (True, False))
    for role in (*inside[-1:], *outside[:1]):  # the weakest whom the route names, the strongest whom it does not
        denied = _ask(route, world, keys.of_role[role]).code in CLOSED
        if denied == (role in route.roles):
            yield f"{route} {'shuts out' if denied else 'lets in'} a key of the role {role}"


def check_tenants_of_keys(route: Route, world: World, keys: Keyring) -> Iterator[str]:
    """To a key, another tenant's row is as unknown as one that does not exist."""
    if segment_of(route) in FOR_PEOPLE or not (foreign := world.foreign_ids(route)):
        return
    unknown = {name: uuid4() for name in foreign}
    first, second = (_ask(route, world, keys.of_role[Role.OWNER], ids) for ids in (foreign, unknown))
    if first.status != 404 or first.without(*foreign.values()) != second.without(*unknown.values()):
        yield f"{route} answers a key {first.status} for another tenant's id: {first.text[:200]}"


def _ask(route: Route, world: World, secret: str, ids: Any = None) -> Answer:
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {secret}")
    chosen = ids or {name: uuid4() for name in world.own_ids(route)}
    return world.send(client, route, chosen, world.query(route), world.body(route))
