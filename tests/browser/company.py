"""The made-up company with one member of each role, made in the product's own database.

Run as a program in the product's environment: `python -m tests.browser.company`.
"""

import django

PASSWORD = "correct horse battery staple"
OWNER = "ada@lovelace.example"
ROLES = ("admin", "manager", "employee", "viewer")
LOGINS = {"owner": OWNER} | {role: f"{role}@lovelace.example" for role in ROLES}
PASSWORDS = {"owner": "analytical-engine"} | dict.fromkeys(ROLES, PASSWORD)  # the first is the demo's


def main() -> None:
    django.setup()
    from gauzy.eventops.demo.seeding import seed  # noqa: PLC0415  nothing of Django's loads before `setup`

    seed()
    _add_members()


def _add_members() -> None:
    from gauzy.tenancy.choices import Role  # noqa: PLC0415  as above
    from gauzy.tenancy.membership import acting_as  # noqa: PLC0415
    from gauzy.tenancy.models import Membership  # noqa: PLC0415
    from gauzy.tenancy.services import add_member  # noqa: PLC0415
    from gauzy.users.choices import UserSource  # noqa: PLC0415
    from gauzy.users.services import find_or_create_user  # noqa: PLC0415

    owner = Membership.unscoped.select_related("user", "tenant").get(user__email=OWNER)
    with acting_as(owner):
        for role in ROLES:
            user = find_or_create_user(email=LOGINS[role], source=UserSource.ADMIN)
            user.set_password(PASSWORD)
            user.save()
            add_member(tenant_id=owner.tenant_id, user_id=user.pk, role=Role(role))


if __name__ == "__main__":
    main()
