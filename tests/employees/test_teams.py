"""Teams: how they change, and whom their managers see and act for."""

from uuid import uuid4

import pytest

from employees import selectors
from employees.events import (
    TeamCreatedEvent,
    TeamDeletedEvent,
    TeamMemberAddedEvent,
    TeamMemberChangedEvent,
    TeamMemberRemovedEvent,
    TeamUpdatedEvent,
)
from employees.exceptions import NotOfThisOrganization, TeamNameTaken, TeamNotFound
from employees.models import Employee
from employees.services import create_team, delete_team, end_employee, update_team
from gauzy.eventbus import Change
from gauzy.eventbus.testing import recorded_events
from gauzy.tenancy.choices import Role
from gauzy.tenancy.membership import acting_as
from gauzy.tenancy.models import Membership
from tests.factories.people import Company, acting_for, found_company, hire, hire_as, team_of
from tests.factories.platform import new_member, new_organization, token_client

pytestmark = pytest.mark.django_db
URL = "/api/v1/teams"


def seen_by(member: Membership) -> set[Employee]:
    with acting_as(member):
        return set(selectors.visible_employees())


def managed_by(member: Membership) -> set[Employee]:
    with acting_as(member):
        return set(selectors.managed_employees())


# --- how they change --------------------------------------------------------------------------------------------------


def test_a_team_is_announced_and_so_is_each_of_its_people(company: Company) -> None:
    lead, hand = hire(company), hire(company)
    with recorded_events() as events:
        team = team_of(company, managers=[lead], members=[hand, lead], name=" Engines ")
    assert team.name == "Engines"
    ids = {"tenant_id": company.tenant_id, "team_id": team.id, "organization_id": company.organization.id}
    assert events[0] == TeamCreatedEvent(**ids)
    assert set(events[1:]) == {
        TeamMemberAddedEvent(**ids, employee_id=lead.id, is_manager=True),
        TeamMemberAddedEvent(**ids, employee_id=hand.id, is_manager=False),
    }


def test_a_change_announces_only_what_differs(company: Company) -> None:
    lead, hand, newcomer = hire(company), hire(company), hire(company)
    team = team_of(company, managers=[lead], members=[hand], name="Engines")
    wanted = {"name": "Mills", "manager_ids": [lead.id, hand.id], "member_ids": [newcomer.id]}
    with acting_for(company):
        with recorded_events() as events:
            update_team(team_id=team.id, values=wanted)
        with recorded_events() as repeated:
            update_team(team_id=team.id, values=wanted)
    ids = {"tenant_id": company.tenant_id, "team_id": team.id, "organization_id": company.organization.id}
    assert events == [
        TeamUpdatedEvent(**ids, changes=(Change(field="name", old="Engines", new="Mills"),)),
        TeamMemberAddedEvent(**ids, employee_id=newcomer.id, is_manager=False),
        TeamMemberChangedEvent(**ids, employee_id=hand.id, is_manager=True),
    ]
    assert not repeated


def test_a_list_that_is_not_given_stays(company: Company) -> None:
    lead, hand = hire(company), hire(company)
    team = team_of(company, managers=[lead], members=[hand])
    with acting_for(company), recorded_events() as events:
        update_team(team_id=team.id, values={"member_ids": []})
    [event] = events
    assert isinstance(event, TeamMemberRemovedEvent)
    assert event.employee_id == hand.id


def test_a_team_that_is_dissolved_says_who_was_in_it(company: Company) -> None:
    lead, hand = hire(company), hire(company)
    team = team_of(company, managers=[lead], members=[hand])
    with acting_for(company), recorded_events() as events:
        delete_team(team_id=team.id)
        with pytest.raises(TeamNotFound):
            delete_team(team_id=team.id)
    [event] = events
    assert isinstance(event, TeamDeletedEvent)
    assert set(event.member_ids) == {lead.id, hand.id}


def test_a_name_is_used_once_in_an_organization(company: Company) -> None:
    team_of(company, name="Engines")
    other = new_organization(company.owner)
    team_of(company, name="Engines", organization_id=other.id)
    with pytest.raises(TeamNameTaken), recorded_events() as events:
        team_of(company, name="Engines")
    assert not events


def test_who_is_not_of_the_organization_cannot_be_in_its_team(company: Company) -> None:
    other = new_organization(company.owner)
    elsewhere = hire(company, organization_id=other.id)
    foreign = hire(found_company("Rival"))
    with acting_for(company), recorded_events() as events:
        for id in (elsewhere.id, foreign.id, uuid4()):
            with pytest.raises(NotOfThisOrganization) as refusal:
                create_team(organization_id=company.organization.id, name="Engines", manager_ids=[id])
            assert refusal.value.fields == {"manager_ids": [NotOfThisOrganization.message]}
    assert not events


# --- whom managers see ------------------------------------------------------------------------------------------------


def test_a_manager_sees_their_teams_and_themselves_and_acts_for_the_others(company: Company) -> None:
    lead, manager = hire_as(company, Role.MANAGER)
    hand, mate, stranger = hire(company), hire(company), hire(company)
    team_of(company, managers=[lead], members=[hand])
    team_of(company, managers=[lead], members=[hand, mate])
    team_of(company, managers=[stranger], members=[lead])
    assert seen_by(manager) == {lead, hand, mate}
    assert managed_by(manager) == {hand, mate}
    with acting_as(manager):
        assert selectors.manages(hand.id)
        assert not selectors.manages(lead.id)
        assert not selectors.manages(stranger.id)


def test_leading_a_team_without_the_role_gives_nothing(company: Company) -> None:
    lead, member = hire_as(company, Role.EMPLOYEE)
    team_of(company, managers=[lead], members=[hire(company)])
    assert seen_by(member) == {lead}
    assert managed_by(member) == set()


def test_a_managers_scope_ends_with_the_team_and_with_the_employment(company: Company) -> None:
    lead, manager = hire_as(company, Role.MANAGER)
    hand = hire(company)
    team_of(company, managers=[lead], members=[hand])
    second = team_of(company, managers=[lead], members=[hire(company)])
    with acting_for(company):
        delete_team(team_id=second.id)
    assert managed_by(manager) == {hand}
    with acting_for(company):
        end_employee(employee_id=lead.id)
    assert managed_by(manager) == set()


def test_owners_and_administrators_act_for_everybody_viewers_for_nobody(company: Company) -> None:
    everybody = {hire(company), hire(company)}
    for member in (company.owner, new_member(company.owner, Role.ADMIN)):
        assert seen_by(member) == managed_by(member) == everybody
    viewer = new_member(company.owner, Role.VIEWER)
    assert seen_by(viewer) == everybody
    assert managed_by(viewer) == set()


def test_viewers_see_people_without_personal_data_nor_find_them_by_it(company: Company) -> None:
    hire(company, email="ada@example.org", external_id="A-1", job_title="Analyst")
    client = token_client(new_member(company.owner, Role.VIEWER))
    [shown] = client.get("/api/v1/employees").json()["results"]
    assert shown["job_title"] == "Analyst"
    assert (shown["email"], shown["external_id"], shown["start_date"]) == (None, None, None)
    assert client.get("/api/v1/employees?email=ada@example.org").json()["results"] == []


def test_the_managers_of_an_employee_decide_else_the_administrators(company: Company) -> None:
    lead, manager = hire_as(company, Role.MANAGER)
    hand, demoted = hire(company), hire(company)
    administrator = new_member(company.owner, Role.ADMIN)
    team_of(company, managers=[lead, demoted], members=[hand])
    with acting_for(company):
        assert selectors.managers_of(hand.id) == {manager.user_id}
        assert selectors.managers_of(lead.id) == {company.owner.user_id, administrator.user_id}


# --- API --------------------------------------------------------------------------------------------------------------


def test_the_api_keeps_teams(company: Company) -> None:
    lead, hand = hire(company), hire(company)
    client = token_client(company.owner)
    made = client.post(URL, {"organization_id": company.organization.id, "name": "Engines", "manager_ids": [lead.id]})
    assert made.status_code == 201
    team = f"{URL}/{made.json()['id']}"
    changed = client.patch(team, {"member_ids": [hand.id]}).json()
    assert (changed["manager_ids"], changed["member_ids"]) == ([str(lead.id)], [str(hand.id)])
    assert client.get(team).json() == changed
    assert client.get(f"{URL}?organization_id={company.organization.id}").json()["results"] == [changed]
    assert client.delete(team).status_code == 204
    assert client.get(team).json()["code"] == "team_not_found"


def test_others_see_the_teams_they_are_in_and_change_none(company: Company) -> None:
    lead, manager = hire_as(company, Role.MANAGER)
    mine, other = team_of(company, managers=[lead]), team_of(company)
    client = token_client(manager)
    assert [row["id"] for row in client.get(URL).json()["results"]] == [str(mine.id)]
    assert client.get(f"{URL}/{other.id}").status_code == 404
    assert client.patch(f"{URL}/{mine.id}", {"name": "x"}).status_code == 403
    assert client.delete(f"{URL}/{mine.id}").status_code == 403
