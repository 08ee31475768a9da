"""How we get in at GitHub: personal tokens, tokens of the app's installations, and proof of who installed it."""

import json
import time
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode
from uuid import UUID

from django.conf import settings
from django.core import signing
from django.db import transaction
from django.utils import timezone

from gauzy import context
from integrations import crypto
from integrations.choices import Provider
from integrations.exceptions import AppNotConfigured, InstallationNotYours, StateRefused
from integrations.models import Integration
from integrations.providers.github.client import GitHubClient
from integrations.providers.github.tokens import app_token
from integrations.services.connecting import create_integration, keep_secret, lock_integration, secret_of

_SALT = "integrations.github.installation"
_STATE_LIFETIME = 600  # seconds between leaving for GitHub and coming back
_MARGIN = timedelta(minutes=5)  # before its end a token is not used for new work any more
_CACHED = "installation_token"
_PAGES = 20


def client_of(integration: Integration) -> GitHubClient:
    """Return a client that acts for an integration; raise `SecretMissing` or `ProviderError`.

    Outside a transaction: it may ask GitHub for a token.
    """
    token = _installation_token(integration) if integration.account else secret_of(integration, "token")
    return GitHubClient(settings.GITHUB_API_URL, token)


def start_installation() -> str:
    """Return where the user goes to install the app. The state in it is theirs, in this tenant, for ten minutes."""
    if not settings.GITHUB_APP_SLUG:
        raise AppNotConfigured
    state = signing.dumps(_who(), salt=_SALT)
    return f"{settings.GITHUB_URL}/apps/{settings.GITHUB_APP_SLUG}/installations/new?{urlencode({'state': state})}"


def finish_installation(
    *, organization_id: UUID, installation_id: str, code: str, state: str, name: str
) -> Integration:
    """Connect the installation that GitHub sent the user back with.

    An installation's id is no secret, so GitHub is asked whether the user may see it. Raises `StateRefused`,
    `InstallationNotYours`, `IntegrationExists`, `ProviderError`.
    """
    try:
        known = signing.loads(state, salt=_SALT, max_age=_STATE_LIFETIME)
    except signing.BadSignature as error:
        raise StateRefused from error
    if known != _who():
        raise StateRefused
    if installation_id not in _installations_of_user(code):
        raise InstallationNotYours
    return create_integration(
        organization_id=organization_id, provider=Provider.GITHUB, name=name, account=installation_id
    )


def _who() -> list[str]:
    return [str(context.tenant_id()), str(context.current().actor.user_id)]


def _installations_of_user(code: str) -> set[str]:
    keys = {"client_id": settings.GITHUB_APP_CLIENT_ID, "client_secret": settings.GITHUB_APP_CLIENT_SECRET}
    with GitHubClient(settings.GITHUB_URL) as site:
        answer = site.post("/login/oauth/access_token", code=code, **keys)
    token = answer.get("access_token") if isinstance(answer, dict) else None
    if not token:
        raise InstallationNotYours
    found: set[str] = set()
    with GitHubClient(settings.GITHUB_API_URL, token) as client:
        path = "/user/installations?per_page=100"
        for _ in range(_PAGES):
            reply = client.get(path)
            found |= {str(one["id"]) for one in reply.data["installations"]}
            if not (path := reply.next):
                break
    return found


def _installation_token(integration: Integration) -> str:
    """Return the token that is kept, or a new one if its end is near; two at once may both ask, which harms nobody."""
    kept = json.loads(crypto.unseal(integration.sealed).get(_CACHED, "{}"))
    if kept and datetime.fromisoformat(kept["expires_at"]) - _MARGIN > timezone.now():
        return str(kept["token"])
    if not (settings.GITHUB_APP_ID and settings.GITHUB_APP_PRIVATE_KEY):
        raise AppNotConfigured
    proof = app_token(app_id=settings.GITHUB_APP_ID, private_key=settings.GITHUB_APP_PRIVATE_KEY, now=int(time.time()))
    with GitHubClient(settings.GITHUB_API_URL, proof) as client:
        issued = client.post(f"/app/installations/{integration.account}/access_tokens")
    expires_at = datetime.fromisoformat(issued["expires_at"]).astimezone(UTC)
    _keep(integration, json.dumps({"token": issued["token"], "expires_at": expires_at.isoformat()}))
    return str(issued["token"])


@transaction.atomic(durable=True)
def _keep(integration: Integration, token: str) -> None:
    locked = lock_integration(integration.id)
    keep_secret(locked, _CACHED, token)
    integration.sealed = locked.sealed
