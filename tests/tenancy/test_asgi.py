"""The context of a request under ASGI, where middleware and views hop between threads."""

import asyncio

import pytest
from asgiref.sync import async_to_sync
from django.test import AsyncClient

from gauzy import context
from gauzy.users.services import issue_token
from tests.factories.platform import new_owner, organization_of

pytestmark = pytest.mark.django_db


def test_requests_at_the_same_time_keep_their_own_tenant() -> None:
    owners = [new_owner() for _ in range(4)]
    secrets = {str(organization_of(owner).id): issue_token(membership=owner).secret for owner in owners}

    async def ask(secret: str) -> str:
        answer = await AsyncClient().get("/api/v1/organizations", headers={"Authorization": f"Bearer {secret}"})
        [row] = answer.json()["results"]
        return str(row["id"])

    async def ask_all() -> list[str]:
        return await asyncio.gather(*[ask(secret) for secret in secrets.values()])

    assert async_to_sync(ask_all)() == list(secrets)
    assert context.find() is None
