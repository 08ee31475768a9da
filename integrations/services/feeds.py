"""What there is to sync from each provider."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from uuid import UUID

from gauzy import context
from gauzy.context import Actor, ActorKind
from integrations.choices import Provider
from integrations.models import Integration, SyncRun
from integrations.selectors import get_integration
from integrations.services.issue_feed import issue_feeds
from integrations.services.syncing import Feed, run_sync
from integrations.services.upwork_contract_feed import ContractFeed
from integrations.services.upwork_diary_feed import DiaryFeed


def _upwork_feeds(integration: Integration) -> Sequence[Feed]:
    """Contracts come first: their diaries need to know them. Without an account nobody has signed in yet."""
    if not integration.account:
        return []
    feeds: list[Feed] = [ContractFeed(integration), DiaryFeed(integration)]
    return [feed for feed in feeds if integration.direction_of(feed.kind).takes_in]


_FEEDS: Mapping[Provider, Callable[[Integration], Sequence[Feed]]] = {
    Provider.GITHUB: issue_feeds,
    Provider.UPWORK: _upwork_feeds,
}


def can_sync(integration: Integration) -> bool:
    """Tell whether there is something to take in, and a way to get in."""
    feeds_of = _FEEDS.get(Provider(integration.provider))
    has_way_in = bool(integration.account) or "token" in integration.secret_names
    return has_way_in and feeds_of is not None and bool(feeds_of(integration))


def sync(*, integration_id: UUID, holder: UUID | None = None) -> SyncRun:
    """Take in everything that an integration is set to; outside a transaction, see `run_sync`.

    Whoever asked for it, what comes in is the integration's doing, and so is not sent back to where it came from.
    """
    integration = get_integration(integration_id)
    feeds_of = _FEEDS.get(Provider(integration.provider))
    actor = Actor(ActorKind.INTEGRATION, integration.name, integration.id)
    with context.use(replace(context.current(), actor=actor)):
        feeds = feeds_of(integration) if feeds_of else []
        return run_sync(integration_id=integration_id, feeds=feeds, holder=holder)
