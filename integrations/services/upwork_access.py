"""How we get in at Upwork: the user agrees there, and we keep the tokens that it gives, renewed under a lock."""

import hashlib
import hmac
import json
import secrets
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from gauzy import context
from integrations import crypto
from integrations.choices import IntegrationState, Provider
from integrations.exceptions import (
    AccessRefused,
    AccountDiffers,
    CodeRefused,
    ConnectionLost,
    ConsentRefused,
    IntegrationRemoved,
    NotThisProvider,
    ProviderError,
    StateRefused,
    TokenRefused,
)
from integrations.models import Integration
from integrations.providers.upwork import oauth, queries
from integrations.providers.upwork.client import Reply, UpworkClient
from integrations.providers.upwork.oauth import Keys, Tokens
from integrations.providers.upwork.reading import at, text
from integrations.services.connecting import keep_secret, lock_integration, secret_of, set_account, set_state

_STATE, _TOKENS = "upwork_state", "upwork_tokens"  # kept with the secrets, and named by no surface
_STATE_LIFETIME = timedelta(minutes=10)  # between leaving for Upwork and coming back
_MARGIN = timedelta(minutes=5)  # before its end a token is not used for new work any more


@transaction.atomic
def start_connecting(*, integration_id: UUID, session: str) -> str:
    """Return where the user agrees that we see their account.

    The state in the address is good once, for ten minutes, for this user in this `session` and tenant; asking again
    makes it worthless. Raises `IntegrationNotFound`, `NotThisProvider`, `IntegrationRemoved`, `SecretMissing`.
    """
    integration = _lock(integration_id)
    keys, nonce = _keys_of(integration), secrets.token_urlsafe(32)
    expires_at = timezone.now() + _STATE_LIFETIME
    pending = {"nonce": _digest(nonce), "who": _who(session), "expires_at": expires_at.isoformat()}
    keep_secret(integration, _STATE, json.dumps(pending))
    return oauth.authorize_url(
        settings.UPWORK_URL,
        client_id=keys.client_id,
        redirect_uri=settings.UPWORK_REDIRECT_URL,
        state=f"{integration.id}.{nonce}",
    )


def integration_of(state: str) -> UUID:
    """Return which integration a state, of whatever origin, says it is for; raise `StateRefused`."""
    try:
        return UUID(state.partition(".")[0])
    except ValueError as error:
        raise StateRefused from error


def finish_connecting(
    *, integration_id: UUID, session: str, state: str, code: str = "", error: str = ""
) -> Integration:
    """Connect the account with which the user agreed, as Upwork sent them back: with a code, or an error.

    Outside a transaction: it asks Upwork for tokens and whose they are. Raises `StateRefused`, `ConsentRefused`,
    `CodeRefused`, `AccountDiffers`, `IntegrationExists`, `ProviderError`.
    """
    integration = _consume_state(integration_id, session, state)
    if error or not code:
        raise ConsentRefused
    try:
        tokens = oauth.exchange(
            settings.UPWORK_URL,
            _keys_of(integration),
            code=code,
            redirect_uri=settings.UPWORK_REDIRECT_URL,
            now=timezone.now(),
        )
    except ConnectionLost as refusal:
        raise CodeRefused from refusal
    account = _account_of(tokens, integration.account)
    return set_account(integration_id=integration_id, account=account, kept={_TOKENS: _written(tokens)})


def ask(integration: Integration, query: str, **variables: Any) -> Reply:
    """Ask Upwork for an integration; a token that died early is renewed once.

    Outside a transaction. Raises `ProviderError` and its kinds; after `ConnectionLost` the integration is suspended.
    """
    token = _token_of(integration)
    try:
        return _ask(integration, token, query, variables)
    except TokenRefused:
        token = _renew(integration, dead=token)
    try:
        return _ask(integration, token, query, variables)
    except TokenRefused as error:
        _suspend(integration.id, "Upwork refuses new tokens, too: its key may have been disabled.")
        raise ConnectionLost from error


def _ask(integration: Integration, token: str, query: str, variables: dict[str, Any]) -> Reply:
    with UpworkClient(
        settings.UPWORK_API_URL, token, organization=integration.account, backoff=settings.UPWORK_BACKOFF
    ) as client:
        return client.ask(query, **variables)


def _account_of(tokens: Tokens, organization: str) -> str:
    with UpworkClient(settings.UPWORK_API_URL, tokens.access, organization=organization) as client:
        try:
            found = client.ask(queries.ME).data
        except AccessRefused as refusal:
            raise (AccountDiffers if organization else refusal) from refusal
    if account := text(at(found, "organization", "id"), 200):
        return account
    raise ProviderError("Upwork does not say whose account this is.")


@transaction.atomic(durable=True)
def _consume_state(integration_id: UUID, session: str, state: str) -> Integration:
    """Compare the state with the one that was given out, and forget that: whatever comes of it, it is good once."""
    integration = _lock(integration_id)
    pending = json.loads(crypto.unseal(integration.sealed).get(_STATE, "{}"))
    if not (pending and _is_good(pending, integration, session, state)):
        raise StateRefused
    keep_secret(integration, _STATE, "")
    return integration


def _is_good(pending: dict[str, str], integration: Integration, session: str, state: str) -> bool:
    named, _, nonce = state.partition(".")
    is_theirs = hmac.compare_digest(pending["nonce"], _digest(nonce)) and pending["who"] == _who(session)
    return is_theirs and named == str(integration.id) and datetime.fromisoformat(pending["expires_at"]) > timezone.now()


def _who(session: str) -> str:
    return _digest(f"{context.tenant_id()} {context.current().actor.id} {session}")


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode(errors="replace")).hexdigest()


def _lock(integration_id: UUID) -> Integration:
    integration = lock_integration(integration_id)
    if integration.provider != Provider.UPWORK:
        raise NotThisProvider
    if integration.state == IntegrationState.REMOVED:
        raise IntegrationRemoved
    return integration


def _keys_of(integration: Integration) -> Keys:
    return Keys(secret_of(integration, "client_id"), secret_of(integration, "client_secret"))


def _token_of(integration: Integration) -> str:
    """Return the token that is kept, or a new one if its end is near."""
    kept = _read(integration)
    return kept.access if kept and _is_fresh(kept) else _renew(integration, dead="")


def _renew(integration: Integration, *, dead: str) -> str:
    """Return a token other than `dead`: of several who want one at once, the first renews it, and the others get it."""
    tokens = _renewed(integration.id, dead)
    if tokens is None:
        raise ConnectionLost
    integration.refresh_from_db(fields=["sealed"])
    return tokens.access


@transaction.atomic(durable=True)
def _renewed(integration_id: UUID, dead: str) -> Tokens | None:
    """Renew under the integration's lock, alone in a transaction: a rollback would lose the only token that is good."""
    integration = _lock(integration_id)
    kept = _read(integration)
    if kept and kept.access != dead and _is_fresh(kept):
        return kept
    try:
        if kept is None:
            raise ConnectionLost
        keys = _keys_of(integration)
        tokens = oauth.refresh(settings.UPWORK_URL, keys, token=kept.refresh, now=timezone.now())
    except ConnectionLost as lost:
        keep_secret(integration, _TOKENS, "")
        set_state(integration_id=integration_id, state=IntegrationState.SUSPENDED, reason=lost.message)
        return None
    keep_secret(integration, _TOKENS, _written(tokens))
    return tokens


@transaction.atomic(durable=True)
def _suspend(integration_id: UUID, reason: str) -> None:
    set_state(integration_id=integration_id, state=IntegrationState.SUSPENDED, reason=reason)


def _is_fresh(tokens: Tokens) -> bool:
    return tokens.expires_at - _MARGIN > timezone.now()


def _read(integration: Integration) -> Tokens | None:
    kept = crypto.unseal(integration.sealed).get(_TOKENS)
    if not kept:
        return None
    found = json.loads(kept)
    return Tokens(found["access"], found["refresh"], datetime.fromisoformat(found["expires_at"]))


def _written(tokens: Tokens) -> str:
    expires_at = tokens.expires_at.astimezone(UTC).isoformat()
    return json.dumps({"access": tokens.access, "refresh": tokens.refresh, "expires_at": expires_at})
