"""What must hold for every route. Each check returns what it found wrong, in words, so that it can be tested too."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode
from uuid import UUID, uuid4

from django.apps import apps
from rest_framework.test import APIClient

from gauzy.tenancy.choices import Role
from gauzy.tenancy.models import Membership
from tests.access.routes import Route
from tests.access.samples import body_for, id_of, path_values, places_of_ids
from tests.factories.people import Company
from tests.factories.platform import new_member, token_client

DENIED = {"forbidden", "not_authenticated"}


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer without what differs from one request to the next."""

    status: int
    text: str
    code: str

    def without(self, *values: object) -> "Answer":
        text = self.text
        for value in values:
            text = text.replace(str(value), "ID")
        return Answer(self.status, text, self.code)


class World:
    """Two companies with a row of everything; who asks has a membership in the first."""

    def __init__(self, company: Company, rival: Company) -> None:
        self.company, self.rival = company, rival
        others = (role for role in Role if role != Role.OWNER)
        self._members = {Role.OWNER: company.owner} | {role: new_member(company.owner, role) for role in others}
        self._foreign = frozenset(str(pk) for pk in _ids_of(rival))

    def ask(self, route: Route, role: Role | None, ids: dict[str, UUID], query: Any = None, body: Any = None) -> Answer:
        return self.send(token_client(self._members[role]) if role else APIClient(), route, ids, query, body)

    def send(self, client: APIClient, route: Route, ids: dict[str, UUID], query: Any, body: Any) -> Answer:
        path = route.path.format(**path_values(route.parameters, ids))
        # Who is let in may still meet a bug: that is for other tests to tell.
        client.raise_request_exception = False
        options: dict[str, Any] = {"QUERY_STRING": urlencode(query or {})}
        if route.method != "get":
            options["data"] = body or {}
        return _answer(getattr(client, route.method)(path, **options))

    def member(self, role: Role) -> Membership:
        return self._members[role]

    def own_ids(self, route: Route) -> dict[str, UUID]:
        return _known(route, self.company)

    def foreign_ids(self, route: Route) -> dict[str, UUID]:
        return _known(route, self.rival)

    def query(self, route: Route) -> dict[str, Any]:
        serializer = route.view.queries.get(route.operation)
        return body_for(serializer(), self.company) if serializer else {}

    def body(self, route: Route, **how: Any) -> dict[str, Any]:
        serializer = route.view.inputs.get(route.operation)
        return body_for(serializer(), self.company, **how) if serializer else {}

    def leaks(self, answer: Answer, *given: object) -> set[str]:
        """Return the ids of the rival's rows that an answer shows, but those that were asked for."""
        return {pk for pk in self._foreign if pk in answer.text} - {str(one) for one in given}

    def state_of_rival(self) -> list[Any]:
        return [list(rows.order_by("pk").values()) for rows in _rows_of(self.rival)]


def check_roles(route: Route, world: World) -> Iterator[str]:
    """Whom the view's `roles` name is let in, and nobody else; a view that names nobody is a mistake."""
    if not route.roles:
        yield f"{route} declares no roles: say in the view's `roles` who may"
        return
    ids = {name: uuid4() for name in world.own_ids(route)}
    for role in (None, *Role):
        answer = world.ask(route, role, ids, world.query(route), world.body(route))
        denied = answer.status in {401, 403} and answer.code in DENIED
        expected = not route.is_public and role not in route.roles
        if denied != expected:
            yield f"{route} {'denies' if denied else 'lets in'} {role or 'anonymous'}: {answer.status} {answer.code}"


def check_paths(route: Route, world: World) -> Iterator[str]:
    """A row of another tenant in the path is as unknown as one that does not exist, and stays as it is."""
    if route.is_public or not (foreign := world.foreign_ids(route)):
        return
    query, body = world.query(route), world.body(route)
    for role in route.roles:
        unknown = {name: uuid4() for name in foreign}
        first = world.ask(route, Role(role), foreign, query, body)
        second = world.ask(route, Role(role), unknown, query, body)
        if first.status != 404:
            yield f"{route} answers {first.status} to {role} for another tenant's id: {first.text[:200]}"
        if first.without(*foreign.values()) != second.without(*unknown.values()):
            yield f"{route} tells another tenant's id from an unknown one: {first.text} {second.text}"


def check_bodies(route: Route, world: World) -> Iterator[str]:
    """A row of another tenant in the body, or in an item of it, is refused as one that does not exist."""
    serializer = route.view.inputs.get(route.operation)
    if route.is_public or serializer is None:
        return
    for place in places_of_ids(serializer()):
        where, foreign, unknown = ".".join(place), id_of(place[-1], world.rival), uuid4()
        if foreign is None:
            yield f"{route}: the rival has no row for {where}; give it one in tests/factories/world.py"
            continue
        ids, query = world.own_ids(route), world.query(route)
        first, second = (
            world.ask(route, Role.OWNER, ids, query, world.body(route, at=place, value=str(value)))
            for value in (foreign, unknown)
        )
        if first.status < 400:
            yield f"{route} takes another tenant's id at {where}: {first.text[:200]}"
        if first.without(foreign) != second.without(unknown):
            yield f"{route} tells another tenant's id at {where} from an unknown one: {first.text} {second.text}"


def check_queries(route: Route, world: World) -> Iterator[str]:
    """A row of another tenant in the query finds what an unknown one finds."""
    serializer = route.view.queries.get(route.operation)
    if route.is_public or serializer is None:
        return
    for place in places_of_ids(serializer()):
        # An id that stands for no model of its own (`entity_id`) may be any row's.
        foreign, unknown = id_of(place[-1], world.rival) or world.rival.organization.id, uuid4()
        query, ids = world.query(route), world.own_ids(route)
        first, second = (
            world.ask(route, Role.OWNER, ids, query | {place[-1]: value}, world.body(route))
            for value in (foreign, unknown)
        )
        if first.without(foreign) != second.without(unknown) or world.leaks(first, foreign):
            yield f"{route} tells another tenant's id in {place[-1]} from an unknown one: {first.text[:300]}"


def check_answers(route: Route, world: World) -> Iterator[str]:
    """Reading shows no row of another tenant to anybody; the owner sees their own, or the check would see nothing."""
    if route.is_public or route.method != "get":
        return
    for role in route.roles:
        answer = world.ask(route, Role(role), world.own_ids(route), world.query(route))
        if leaks := world.leaks(answer):
            yield f"{route} shows {role} rows of another tenant: {', '.join(sorted(leaks)[:3])}"
        if role == Role.OWNER and (answer.status != 200 or '"results": []' in answer.text):
            yield f"{route} shows the owner nothing ({answer.status}); give them a row in tests/factories/world.py"


def _answer(response: Any) -> Answer:
    content = b"".join(response.streaming_content) if response.streaming else response.content
    text = content.decode(errors="replace")
    try:
        data = json.loads(text)
    except ValueError:
        return Answer(response.status_code, text, "")
    code = str(data.get("code", "")) if isinstance(data, dict) else ""
    if isinstance(data, dict):
        data.pop("request_id", None)
    return Answer(response.status_code, json.dumps(data, sort_keys=True), code)


def _known(route: Route, company: Company) -> dict[str, UUID]:
    found = {name: id_of(name, company) for name in route.parameters if name.endswith("_id")}
    missing = [name for name, id in found.items() if id is None]
    assert not missing, f"{route}: {company.organization} has no row for {missing}; add one in tests/factories/world.py"
    return {name: id for name, id in found.items() if id}


def _rows_of(company: Company) -> Iterator[Any]:
    """Yield a queryset for each table that has rows of tenants."""
    for model in apps.get_models():
        if any(field.attname == "tenant_id" for field in model._meta.concrete_fields):
            manager: Any = getattr(model, "unscoped", model._default_manager)
            yield manager.filter(tenant_id=company.tenant_id)


def _ids_of(company: Company) -> Iterator[Any]:
    for rows in _rows_of(company):
        yield from rows.values_list("pk", flat=True)
