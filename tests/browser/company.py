"""The made-up company with one member of each role, made in the product's own database.

Run as a program in the product's environment: `python -m tests.browser.company`.
"""

import django

PASSWORD = "correct horse battery staple"
OWNER = "ada@lovelace.example"
ROLES = ("admin", "manager", "employee", "viewer")
LOGINS = {"owner": OWNER} | {role: f"{role}@lovelace.example" for role in ROLES}
SUPERUSER = "root@lovelace.example"
LOGINS["superuser"] = SUPERUSER
PASSWORDS = {"owner": "analytical-engine"} | dict.fromkeys((*ROLES, "superuser"), PASSWORD)  # the first is the demo's


def main() -> None:
    django.setup()
    from gauzy.eventops.demo.seeding import seed  # noqa: PLC0415  nothing of Django's loads before `setup`

    seed()
    _add_members()
    _add_time()
    _add_a_row_of_the_rest()


def _add_a_row_of_the_rest() -> None:
    from gauzy.organizations.selectors import organizations  # noqa: PLC0415  as below
    from gauzy.tenancy.membership import acting_as  # noqa: PLC0415
    from gauzy.tenancy.models import Membership  # noqa: PLC0415
    from integrations.services.endpoints import create_endpoint  # noqa: PLC0415
    from integrations.services.repositories import link_repository  # noqa: PLC0415
    from integrations.services.syncing import run_sync  # noqa: PLC0415
    from tests.factories.billing import approve_week, bill, client_of, log_of, project_of  # noqa: PLC0415
    from tests.factories.integrations import ListFeed, connect  # noqa: PLC0415
    from tests.factories.invites import invite  # noqa: PLC0415
    from tests.factories.people import Company, hire, team_of  # noqa: PLC0415
    from timetracking.selectors.projects import visible_projects  # noqa: PLC0415

    owner = Membership.unscoped.select_related("user", "tenant").get(user__email=OWNER)
    with acting_as(owner):
        company = Company(owner, organizations()[0])
        project = visible_projects().filter(name="Difference Engine").get()
    invite(company)
    team_of(company)
    bill(company)
    for width in ("desktop", "phone"):  # an hour and a half to invoice
        employee = hire(company)
        approve_week(employee)
        log_of(employee, project_of(client_of(company, name=f"Client on a {width}")), hours=1.5)
    integration = connect(company)
    with acting_as(owner):
        run_sync(integration_id=integration.id, feeds=[ListFeed(integration, [["one", "bad one"]])])
        link_repository(integration_id=integration.id, project_id=project.id, repository="octo/widgets")
        create_endpoint(url="https://hooks.invalid/", events=["employees.employee_ended"])


def _add_time() -> None:
    from datetime import UTC, datetime, timedelta  # noqa: PLC0415

    from employees.selectors import employees  # noqa: PLC0415  as below
    from gauzy.organizations.selectors import organizations  # noqa: PLC0415
    from gauzy.tenancy.membership import acting_as  # noqa: PLC0415
    from gauzy.tenancy.models import Membership  # noqa: PLC0415
    from timetracking.services.clients import create_client, create_tag  # noqa: PLC0415
    from timetracking.services.logs import create_time_log  # noqa: PLC0415
    from timetracking.services.projects import create_project  # noqa: PLC0415
    from timetracking.services.rates import create_rate  # noqa: PLC0415
    from timetracking.services.tasks import create_task  # noqa: PLC0415
    from timetracking.services.timer import start_timer  # noqa: PLC0415
    from timetracking.services.timesheets import ensure_timesheet, submit_timesheet  # noqa: PLC0415

    monday = datetime(2026, 1, 5, 9, tzinfo=UTC)
    with acting_as(Membership.unscoped.select_related("user", "tenant").get(user__email=OWNER)):
        home = organizations()[0].pk
        client = create_client(organization_id=home, name="Royal Astronomical Society")
        create_tag(organization_id=home, name="research")
        project = create_project(organization_id=home, name="Difference Engine", client_id=client.pk)
        task = create_task(project_id=project.pk, title="Compute the Bernoulli numbers")
        create_rate(organization_id=home, amount=80, valid_from=monday.date())  # type: ignore[arg-type]  # whole
        for employee in employees().order_by("last_name")[:3]:
            for day in range(5):
                start = monday + timedelta(days=day)
                create_time_log(
                    employee_id=employee.pk,
                    started_at=start,
                    stopped_at=start + timedelta(hours=7),
                    task_id=task.pk if day % 2 else None,
                )
            submit_timesheet(timesheet_id=ensure_timesheet(employee_id=employee.pk, day=monday.date()).pk)
            start_timer(employee_id=employee.pk, description="Checking the tables")


def _add_members() -> None:
    from gauzy.tenancy.choices import Role  # noqa: PLC0415  as above
    from gauzy.tenancy.membership import acting_as  # noqa: PLC0415
    from gauzy.tenancy.models import Membership  # noqa: PLC0415
    from gauzy.tenancy.services import add_member  # noqa: PLC0415
    from gauzy.users.choices import UserSource  # noqa: PLC0415
    from gauzy.users.services import create_superuser, find_or_create_user  # noqa: PLC0415

    owner = Membership.unscoped.select_related("user", "tenant").get(user__email=OWNER)
    with acting_as(owner):
        create_superuser(email=SUPERUSER, password=PASSWORD)
        for role in ROLES:
            user = find_or_create_user(email=LOGINS[role], source=UserSource.ADMIN)
            user.set_password(PASSWORD)
            user.save()
            add_member(tenant_id=owner.tenant_id, user_id=user.pk, role=Role(role))


if __name__ == "__main__":
    main()
