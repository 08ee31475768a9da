"""Links between projects and repositories."""

import re
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from gauzy import eventbus as bus
from gauzy.exceptions import Invalid
from gauzy.tenancy.changes import apply_changes
from gauzy.tenancy.validation import clean
from integrations.choices import IntegrationState, Provider
from integrations.events import RepositoryLinkCreatedEvent, RepositoryLinkUpdatedEvent
from integrations.exceptions import IntegrationNotActive, LinkNotFound, RepositoryLinked
from integrations.models import RepositoryLink
from integrations.selectors import get_integration
from timetracking.exceptions import OtherOrganization
from timetracking.selectors.projects import get_project

EDITABLE = frozenset({"sync_label", "is_active"})
_FULL_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*/[A-Za-z0-9._-]+")


@transaction.atomic
def link_repository(*, integration_id: UUID, project_id: UUID, repository: str, sync_label: str = "") -> RepositoryLink:
    """Exchange a project's tasks with a repository's issues.

    Raises `IntegrationNotFound`, `IntegrationNotActive`, `ProjectNotFound`, `OtherOrganization`, `RepositoryLinked` and
    `Invalid`.
    """
    integration, project = get_integration(integration_id), get_project(project_id)
    if integration.state != IntegrationState.ACTIVE or integration.provider != Provider.GITHUB:
        raise IntegrationNotActive
    if project.organization_id != integration.organization_id:
        raise OtherOrganization(fields={"project_id": [OtherOrganization.message]})
    link = RepositoryLink(
        integration=integration, project_id=project_id, repository=_name(repository), sync_label=sync_label.strip()
    )
    clean(link)
    _save(link, force_insert=True)
    bus.publish(
        RepositoryLinkCreatedEvent(repository_link_id=link.id, integration_id=integration_id, project_id=project_id)
    )
    return link


@transaction.atomic
def update_link(*, link_id: UUID, values: Mapping[str, Any]) -> RepositoryLink:
    """Set the label, or whether the link is active; only what differs is written and published."""
    if unknown := values.keys() - EDITABLE:
        raise TypeError(f"update_link cannot set {', '.join(sorted(unknown))}.")
    link = lock_link(link_id)
    if changes := apply_changes(link, values):
        clean(link)
        link.save()
        bus.publish(
            RepositoryLinkUpdatedEvent(
                repository_link_id=link.id,
                integration_id=link.integration_id,
                project_id=link.project_id,
                changes=changes,
            )
        )
    return link


@transaction.atomic
def recognise(link: RepositoryLink, *, repository_id: int, repository: str) -> None:
    """Learn a repository's id, and its new name when it was renamed; raise `RepositoryLinked` if another has both."""
    if (link.repository_id, link.repository) != (repository_id, repository):
        link.repository_id, link.repository = repository_id, repository
        _save(link, update_fields=["repository_id", "repository"])


def lock_link(link_id: UUID) -> RepositoryLink:
    """Lock a link of the tenant, so that its issues are taken in one at a time; raise `LinkNotFound`."""
    locked: RepositoryLink | None = (
        RepositoryLink.objects.select_for_update(of=("self",), no_key=True)
        .select_related("integration")
        .filter(pk=link_id)
        .first()
    )
    if locked is None:
        raise LinkNotFound
    return locked


def _name(repository: str) -> str:
    name = repository.strip()
    if not _FULL_NAME.fullmatch(name):
        raise Invalid(fields={"repository": ["Write it as owner/name."]})
    return name


def _save(link: RepositoryLink, **how: Any) -> None:
    try:
        with transaction.atomic():
            link.save(**how)
    except IntegrityError as error:
        raise RepositoryLinked(fields={"repository": [RepositoryLinked.message]}) from error
