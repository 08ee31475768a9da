import json
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand

from gauzy import context
from gauzy.context import Actor, ActorKind
from gauzy.eventbus import catalogue
from gauzy.users.services import create_tenant_with_owner
from tests.chaos.login import EMAIL, PASSWORD


class Command(BaseCommand):
    help = "Fill an empty database; print, as JSON, the tenant and which handlers each event is owed to."

    def handle(self, *args: Any, **options: Any) -> None:
        call_command("migrate", run_syncdb=True, verbosity=0, interactive=False)
        with context.acting(tenant_id=None, actor=Actor(ActorKind.COMMAND, "prepare_stage")):
            owner = create_tenant_with_owner(
                name="Chaos",
                owner_email=EMAIL,
                owner_first_name="Olga",
                owner_last_name="Owner",
                owner_password=PASSWORD,
                organization_name="Chaos",
                time_zone="UTC",
                currency="EUR",
            )
        handlers = {known.name: [handler.id for handler in catalogue.handlers_of(known)] for known in catalogue.events}
        self.stdout.write(json.dumps({"tenant_id": str(owner.tenant_id), "handlers": handlers}))
