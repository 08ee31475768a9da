from django.conf import settings
from django.shortcuts import resolve_url

from employees.choices import WELCOME
from employees.events import EmployeeCreatedEvent
from employees.selectors import get_employee
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
