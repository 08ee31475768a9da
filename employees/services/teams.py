"""Teams: who works together, and who manages them."""

from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from employees.events import (
    TeamCreatedEvent,
    TeamDeletedEvent,
    TeamMemberAddedEvent,
    TeamMemberChangedEvent,
    TeamMemberRemovedEvent,
    TeamUpdatedEvent,
)
from employees.exceptions import NotOfThisOrganization, TeamNameTaken, TeamNotFound
from employees.models import Employee, Team, TeamMember
from gauzy import eventbus as bus
from gauzy.eventbus import AnyEvent
from gauzy.organizations.selectors import get_organization
from gauzy.tenancy.changes import apply_changes
from gauzy.tenancy.validation import clean

_PEOPLE = ("member_ids", "manager_ids")


@transaction.atomic
def create_team(
    *, organization_id: UUID, name: str, member_ids: Collection[UUID] = (), manager_ids: Collection[UUID] = ()
) -> Team:
    """Create a team. A manager is in it too, whether `member_ids` names them or not.

    Raises `OrganizationNotFound`, `Invalid`, `TeamNameTaken` and `NotOfThisOrganization`.
    """
    team = Team(organization_id=get_organization(organization_id).pk, name=name.strip())
    clean(team)
    _save(team, force_insert=True)
    bus.publish(TeamCreatedEvent(team_id=team.id, organization_id=team.organization_id))
    _set_people(team, member_ids=member_ids, manager_ids=manager_ids)
    return team


@transaction.atomic
def update_team(*, team_id: UUID, values: Mapping[str, Any]) -> Team:
    """Set `name`, `member_ids` (who is in it without managing it) and `manager_ids`; publish what really changes."""
    team = _lock(team_id)
    if changes := apply_changes(team, {name: value for name, value in values.items() if name not in _PEOPLE}):
        clean(team)
        _save(team, update_fields=[change.field for change in changes])
        bus.publish(TeamUpdatedEvent(team_id=team.id, organization_id=team.organization_id, changes=changes))
    if values.keys() & set(_PEOPLE):
        _set_people(team, **{name: values.get(name) for name in _PEOPLE})
    return team


@transaction.atomic
def delete_team(*, team_id: UUID) -> None:
    """Dissolve a team: its managers' scope ends with it."""
    team = _lock(team_id)
    member_ids = tuple(TeamMember.objects.filter(team=team).order_by("id").values_list("employee_id", flat=True))
    team.delete()
    bus.publish(TeamDeletedEvent(team_id=team_id, organization_id=team.organization_id, member_ids=member_ids))


def _set_people(team: Team, *, member_ids: Collection[UUID] | None, manager_ids: Collection[UUID] | None) -> None:
    """Bring the team's places to what is wanted; None leaves the members, or the managers, as they are."""
    places = {place.employee_id: place for place in TeamMember.objects.filter(team=team)}
    members = {id for id, place in places.items() if not place.is_manager} if member_ids is None else set(member_ids)
    managers = {id for id, place in places.items() if place.is_manager} if manager_ids is None else set(manager_ids)
    wanted = {id: id in managers for id in sorted(members | managers)}
    _check_people(team, {"member_ids": members - places.keys(), "manager_ids": managers - places.keys()})
    bus.publish_many([*_add(team, places, wanted), *_change(team, places, wanted), *_remove(team, places, wanted)])


def _add(team: Team, places: Mapping[UUID, TeamMember], wanted: Mapping[UUID, bool]) -> list[AnyEvent]:
    new = {id: is_manager for id, is_manager in wanted.items() if id not in places}
    TeamMember.objects.bulk_create(
        TeamMember(team=team, employee_id=id, is_manager=is_manager) for id, is_manager in new.items()
    )
    return [
        TeamMemberAddedEvent(
            team_id=team.id, organization_id=team.organization_id, employee_id=id, is_manager=is_manager
        )
        for id, is_manager in new.items()
    ]


def _change(team: Team, places: Mapping[UUID, TeamMember], wanted: Mapping[UUID, bool]) -> list[AnyEvent]:
    changed = [id for id, place in places.items() if id in wanted and wanted[id] != place.is_manager]
    for is_manager in (True, False):
        ids = [id for id in changed if wanted[id] is is_manager]
        TeamMember.objects.filter(team=team, employee_id__in=ids).update(is_manager=is_manager)
    return [
        TeamMemberChangedEvent(
            team_id=team.id, organization_id=team.organization_id, employee_id=id, is_manager=wanted[id]
        )
        for id in changed
    ]


def _remove(team: Team, places: Mapping[UUID, TeamMember], wanted: Mapping[UUID, bool]) -> list[AnyEvent]:
    gone = [id for id in places if id not in wanted]
    TeamMember.objects.filter(team=team, employee_id__in=gone).delete()
    return [
        TeamMemberRemovedEvent(team_id=team.id, organization_id=team.organization_id, employee_id=id) for id in gone
    ]


def _check_people(team: Team, new: Mapping[str, set[UUID]]) -> None:
    known = set(
        Employee.objects.filter(organization_id=team.organization_id, pk__in=set().union(*new.values())).values_list(
            "pk", flat=True
        )
    )
    if unknown := [field for field, ids in new.items() if ids - known]:
        raise NotOfThisOrganization(fields={field: [NotOfThisOrganization.message] for field in unknown})


def _lock(team_id: UUID) -> Team:
    if team := Team.objects.select_for_update().filter(pk=team_id).first():
        return team
    raise TeamNotFound


def _save(team: Team, **how: Any) -> None:
    try:
        with transaction.atomic():
            team.save(**how)
    except IntegrityError as error:
        raise TeamNameTaken(fields={"name": [TeamNameTaken.message]}) from error
