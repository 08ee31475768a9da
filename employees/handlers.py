from zoneinfo import ZoneInfo

from django.conf import settings
from django.shortcuts import resolve_url

from employees.choices import INVITE_ANSWERED, WELCOME, InviteStatus
from employees.events import EmployeeCreatedEvent, InviteAcceptedEvent, InviteRejectedEvent, InviteSentEvent
from employees.selectors import get_employee, get_invite
from employees.tokens import invite_url
from gauzy import eventbus as bus
from gauzy.analytics.services import count
from gauzy.eventbus import Metadata, handles
from gauzy.notifications.services import notify, send_email
from gauzy.users.links import set_password_url


@handles(EmployeeCreatedEvent, queue="mail", external=True)
def send_welcome_email(event: EmployeeCreatedEvent, meta: Metadata) -> None:
    """Send the one mail a newcomer gets: how to choose a password, or how to sign in for who has one."""
    employee = get_employee(event.employee_id)
    if employee.ended_at:
        raise bus.Skip("the employment has ended meanwhile")
    user = employee.user
    if user.has_usable_password():
        template, link = "employees/joined", settings.PUBLIC_URL + resolve_url(settings.LOGIN_URL)
    else:
        template, link = "employees/welcome", set_password_url(user)
    values = {"name": employee.first_name, "organization": employee.organization.name, "link": link}
    send_email(meta=meta, template=template, to=user.email, values=values, user_id=user.pk)


@handles(EmployeeCreatedEvent, history=False)
def send_welcome_notification(event: EmployeeCreatedEvent, meta: Metadata) -> None:
    employee = get_employee(event.employee_id)
    notify(
        event_id=meta.event_id,
        user_ids=[event.user_id],
        kind=WELCOME,
        title=f"Welcome to {employee.organization.name}",
        body="You are an employee here now.",
    )


@handles(EmployeeCreatedEvent)
def track_employee_creation(event: EmployeeCreatedEvent, meta: Metadata) -> None:
    count(metric="employees_created", occurred_at=meta.occurred_at, tenant_id=event.tenant_id)


@handles(InviteSentEvent, queue="mail", external=True)
def send_invite_email(event: InviteSentEvent, meta: Metadata) -> None:
    """Send the link that was made last: a repetition sends the same one again."""
    invite = get_invite(event.invite_id)
    if invite.state != InviteStatus.OPEN:
        raise bus.Skip(f"the invite is {invite.state} meanwhile")
    values = {
        "name": invite.first_name or invite.email,
        "inviter": invite.inviter,
        "organization": invite.organization.name,
        "link": invite_url(invite.token_seed),
        "until": f"{invite.expires_at.astimezone(ZoneInfo(invite.organization.time_zone)):%d %B %Y, %H:%M %Z}",
    }
    send_email(meta=meta, template="employees/invite", to=invite.email, values=values)


@handles(InviteAcceptedEvent, history=False)
def notify_inviter(event: InviteAcceptedEvent, meta: Metadata) -> None:
    _tell_inviter(event, meta, "accepted")


@handles(InviteRejectedEvent, history=False)
def notify_inviter_of_rejection(event: InviteRejectedEvent, meta: Metadata) -> None:
    _tell_inviter(event, meta, "declined")


def _tell_inviter(event: InviteAcceptedEvent | InviteRejectedEvent, meta: Metadata, answer: str) -> None:
    if event.invited_by_id is None:
        raise bus.Skip("nobody who can be told sent the invite")
    invite = get_invite(event.invite_id)
    title = f"{invite.email} {answer} the invite to {invite.organization.name}"
    notify(event_id=meta.event_id, user_ids=[event.invited_by_id], kind=INVITE_ANSWERED, title=title)
