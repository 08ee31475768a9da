from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypedDict, Unpack
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils import timezone

from employees.choices import EmployeeStatus, InviteStatus
from employees.exceptions import EmployeeNotFound, InvalidInvite, InviteNotFound, TeamNotFound
from employees.models import Employee, Invite, Team, TeamMember
from employees.tokens import digest_of
from gauzy import context
from gauzy.organizations.selectors import organizations
from gauzy.tenancy.choices import Role
from gauzy.tenancy.membership import current_role
from gauzy.tenancy.roles import ADMINS, MANAGERS
from gauzy.tenancy.selectors import members_among
from gauzy.users.emails import normalize_email


class EmployeeFilters(TypedDict, total=False):
    organization_id: UUID
    status: EmployeeStatus
    email: str


def employees(**filters: Unpack[EmployeeFilters]) -> QuerySet[Employee]:
    """Return the tenant's employees with their users."""
    found: QuerySet[Employee] = Employee.objects.select_related("user")
    if "organization_id" in filters:
        found = found.filter(organization_id=filters["organization_id"])
    if "status" in filters:
        found = found.filter(ended_at__isnull=filters["status"] == EmployeeStatus.ACTIVE)
    if "email" in filters:
        found = found.filter(user__email=normalize_email(filters["email"]))
    return found


def employed_everywhere() -> QuerySet[Employee]:
    """Return those of all tenants whose employment goes on: for what workers look for now and then."""
    found: QuerySet[Employee] = Employee.unscoped.filter(ended_at=None)
    return found


def visible_employees(**filters: Unpack[EmployeeFilters]) -> QuerySet[Employee]:
    """Return those whom the actor may see.

    Owners, administrators and viewers see all, managers themselves and those they manage, everybody else themselves.
    Viewers see no personal data (`sees_personal_data_of`), nor find anybody by it.
    """
    found = employees(**filters)
    role = current_role()
    if role in ADMINS or (role == Role.VIEWER and "email" not in filters):
        return found
    scope = _own() | Q(pk__in=_managed_ids()) if role == Role.MANAGER else _own()
    return found.filter(scope)


def managed_employees(**filters: Unpack[EmployeeFilters]) -> QuerySet[Employee]:
    """Return those for whom the actor may act: owners and administrators for all, managers for those in their teams.

    A manager's own employment is not among them: what people may do for themselves is another question.
    """
    found = employees(**filters)
    role = current_role()
    if role in ADMINS:
        return found
    return found.filter(~_own(), pk__in=_managed_ids()) if role == Role.MANAGER else found.none()


def manages(employee_id: UUID) -> bool:
    """Tell whether the actor may act for this employee as their manager, administrator or owner."""
    return managed_employees().filter(pk=employee_id).exists()


def own_employee(organization_id: UUID) -> Employee:
    """Return the actor's own employment in the organization; raise `EmployeeNotFound` if they have none."""
    if employee := employees(organization_id=organization_id).filter(_own()).first():
        return employee
    raise EmployeeNotFound


def managers_of(employee_id: UUID) -> set[UUID]:
    """Return the user ids of those who decide about an employee: the managers of their teams, without themselves.

    Where no team gives them a manager whose role still is one, the tenant's owners and administrators decide.
    """
    user_id = get_employee(employee_id).user_id
    teams = TeamMember.objects.filter(employee_id=employee_id).values("team")
    managers = TeamMember.objects.filter(team__in=teams, is_manager=True, employee__ended_at=None)
    user_ids = set(managers.values_list("employee__user_id", flat=True)) - {user_id}
    deciding = members_among(user_ids, roles=MANAGERS)
    return deciding or members_among(None, roles=ADMINS) - {user_id}


def sees_personal_data_of(employee: Employee) -> bool:
    """Tell whether the actor may read an employee's e-mail, dates and the like: viewers may not, but their own."""
    return current_role() != Role.VIEWER or employee.user_id == _actor_id()


def visible_teams() -> QuerySet[Team]:
    """Return the teams that the actor may see: owners, administrators and viewers all, the others theirs."""
    if current_role() in {*ADMINS, Role.VIEWER}:
        return Team.objects.all()
    return Team.objects.filter(pk__in=_places_of_actor().values("team"))


def get_visible_team(team_id: UUID) -> Team:
    """Return a team that the actor may see; raise `TeamNotFound` for any other id."""
    if team := visible_teams().filter(pk=team_id).first():
        return team
    raise TeamNotFound


def get_employee(employee_id: UUID) -> Employee:
    """Return an employee of the tenant; raise `EmployeeNotFound` for an unknown and for a foreign id."""
    return _one(employees(), employee_id)


def get_visible_employee(employee_id: UUID) -> Employee:
    """Return an employee whom the actor may see; raise `EmployeeNotFound` for any other id."""
    return _one(visible_employees(), employee_id)


class InviteFilters(TypedDict, total=False):
    organization_id: UUID
    state: InviteStatus


def invites(**filters: Unpack[InviteFilters]) -> QuerySet[Invite]:
    """Return the tenant's invites. An open one whose time is over counts as expired."""
    found: QuerySet[Invite] = Invite.objects.all()
    if "organization_id" in filters:
        found = found.filter(organization_id=filters["organization_id"])
    overdue = Q(status=InviteStatus.OPEN, expires_at__lte=timezone.now())
    match filters.get("state"):
        case None:
            return found
        case InviteStatus.EXPIRED:
            return found.filter(overdue | Q(status=InviteStatus.EXPIRED))
        case state:
            return found.filter(~overdue, status=state)


def get_invite(invite_id: UUID) -> Invite:
    """Return an invite of the tenant; raise `InviteNotFound` for an unknown and for a foreign id."""
    if invite := Invite.objects.select_related("organization").filter(pk=invite_id).first():
        return invite
    raise InviteNotFound


def find_invite_by_token(token: str) -> Invite:
    """Return the invite, of whatever tenant, that a token answers; raise `InvalidInvite` for every other token."""
    found = Invite.unscoped.select_related("organization").filter(token_digest=digest_of(token)).first()
    if found and is_answerable(found, token):
        return found
    raise InvalidInvite


def is_answerable(invite: Invite, token: str) -> bool:
    return invite.state == InviteStatus.OPEN and invite.token_digest == digest_of(token)


@dataclass(frozen=True, slots=True)
class Taken:
    """What stands in the way of new employees. People are (organization, e-mail), external ids (organization, id)."""

    organizations: frozenset[UUID]  # those that exist
    people: set[tuple[UUID, str]]
    external_ids: set[tuple[UUID, str]]

    def add(self, employee: Employee) -> None:
        """Count in an employee who is about to be inserted."""
        self.people.add((employee.organization_id, employee.user.email))
        if employee.external_id:
            self.external_ids.add((employee.organization_id, employee.external_id))


def taken_among(drafts: Sequence[Employee]) -> Taken:
    """Return what of the drafts' people and external ids the tenant's employees have; ended ones count."""
    wanted = {draft.organization_id for draft in drafts}
    existing = frozenset(organizations().filter(pk__in=wanted).values_list("pk", flat=True))
    others = Employee.objects.filter(organization_id__in=existing)
    people = others.filter(user__email__in={draft.user.email for draft in drafts})
    named = others.filter(external_id__in={draft.external_id for draft in drafts} - {""})
    # People last: who is committed in between is known as a person, not only as somebody else with this external id.
    external_ids = set(named.values_list("organization_id", "external_id"))
    return Taken(existing, set(people.values_list("organization_id", "user__email")), external_ids)


def is_employed(user_id: UUID) -> bool:
    """Tell whether the user has an employment in the tenant that has not ended."""
    return Employee.objects.filter(user_id=user_id, ended_at=None).exists()


def _one(among: QuerySet[Employee], employee_id: UUID) -> Employee:
    if employee := among.filter(pk=employee_id).first():
        return employee
    raise EmployeeNotFound


def _actor_id() -> UUID | None:
    return context.current().actor.user_id


def _own() -> Q:
    """Return the condition for the actor's own employments; nobody's if the actor is no user."""
    user_id = _actor_id()
    return Q(user_id=user_id) if user_id else Q(pk__in=())


def _places_of_actor() -> QuerySet[TeamMember]:
    """Return the places in teams that the actor has by employments which go on."""
    own: QuerySet[Employee] = Employee.objects.filter(_own(), ended_at=None)
    return TeamMember.objects.filter(employee__in=own)


def _managed_ids() -> QuerySet[TeamMember, UUID]:
    """Return the ids of everybody in the teams that the actor manages, as a subquery."""
    teams = _places_of_actor().filter(is_manager=True).values("team")
    return TeamMember.objects.filter(team__in=teams).values_list("employee", flat=True)
