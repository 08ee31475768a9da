import json
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from gauzy import context
from gauzy.context import ActorKind
from gauzy.exceptions import Invalid
from gauzy.organizations.models import Organization, OrganizationSettings
from gauzy.organizations.services import create_organization
from gauzy.tenancy.choices import Role
from gauzy.tenancy.commands import TenantCommand
from gauzy.tenancy.membership import current_role
from tests.factories.platform import new_owner

pytestmark = pytest.mark.django_db


class Command(TenantCommand):
    """Creates an organization and tells who acted."""

    def handle_in_tenant(self, **options: Any) -> None:
        actor = context.current().actor
        assert (actor.kind, current_role()) == (ActorKind.COMMAND, Role.OWNER)
        organization = create_organization(name="By command")
        self.report({"id": organization.id, "actor": actor.label}, f"Made by {actor.label}", as_json=options["json"])


class Refusing(TenantCommand):
    def handle_in_tenant(self, **options: Any) -> None:
        raise Invalid("No.", fields={"name": ["Too short.", "Too plain."]})


def run(command: TenantCommand, *args: str) -> tuple[str, str]:
    out, err = StringIO(), StringIO()
    call_command(command, *args, stdout=out, stderr=err)
    return out.getvalue(), err.getvalue()


def test_a_command_works_in_the_tenant_it_was_given() -> None:
    owner = new_owner(organization_name="Acme")
    out, err = run(Command(), "--tenant", str(owner.tenant_id))
    assert out == "Made by manage.py test_commands\n"
    assert "left for a running server or worker" in err
    assert Organization.unscoped.filter(tenant_id=owner.tenant_id, name="By command").exists()
    assert context.find() is None


def test_json_is_all_that_programs_see_on_standard_output() -> None:
    owner = new_owner()
    out, _ = run(Command(), "--tenant", owner.tenant.name, "--json")
    assert json.loads(out)["actor"] == "manage.py test_commands"


def test_deliver_runs_what_is_owed() -> None:
    owner = new_owner()
    out, err = run(Command(), "--tenant", owner.tenant.name, "--json", "--deliver")
    assert OrganizationSettings.unscoped.filter(organization_id=json.loads(out)["id"]).exists()
    assert "deliveries done" in err


def test_a_refusal_is_an_error_with_code_and_fields() -> None:
    owner = new_owner()
    with pytest.raises(CommandError, match=r"(?s)No\. \(invalid\).*name: Too short\. Too plain\."):
        run(Refusing(), "--tenant", str(owner.tenant_id))


def test_an_unknown_tenant_is_an_error() -> None:
    with pytest.raises(CommandError, match=r"--tenant: .*tenant_not_found") as raised:
        run(Command(), "--tenant", "Nowhere")
    assert raised.value.returncode == 2


def test_the_tenant_must_be_named() -> None:
    with pytest.raises(CommandError, match="--tenant"):
        run(Command())
