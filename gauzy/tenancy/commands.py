"""Bases of management commands that change things."""

import json
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from gauzy import context
from gauzy.context import Actor, ActorKind
from gauzy.eventbus import inspect, worker
from gauzy.exceptions import DomainError, Invalid
from gauzy.tenancy.choices import Role
from gauzy.tenancy.membership import with_role
from gauzy.tenancy.selectors import find_tenant


class ActingCommand(BaseCommand):
    """Acts as "manage.py NAME", turns refusals into errors, and says what it left for a worker.

    Subclasses write `act(**options)` and report with `report`.
    """

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="print JSON for programs")
        parser.add_argument("--deliver", action="store_true", help="run what the bus owes before returning")

    def handle(self, *args: Any, **options: Any) -> None:
        name = self.__module__.rpartition(".")[2]
        actor = Actor(ActorKind.COMMAND, f"manage.py {name}")
        with context.acting(tenant_id=None, actor=actor) as acting, with_role(Role.OWNER):
            try:
                self.act(**options)
            except DomainError as error:
                raise refused(error) from error
            finally:
                self._settle_deliveries(acting, deliver=options["deliver"])

    def act(self, **options: Any) -> None:
        raise NotImplementedError

    def report(self, data: Any, text: str, *, as_json: bool) -> None:
        """Print `data` for programs or `text` for people."""
        self.stdout.write(json.dumps(data, default=str, indent=2) if as_json else text)

    def _settle_deliveries(self, acting: context.Context, *, deliver: bool) -> None:
        if deliver:
            self.stderr.write(f"{worker.deliver_due()} deliveries done.")
        elif left := inspect.count_owed(correlation_id=acting.correlation_id):
            self.stderr.write(f"{left} deliveries left for a running server or worker (or use --deliver).")


class TenantCommand(ActingCommand):
    """Works inside the tenant that `--tenant` names. Subclasses write `handle_in_tenant(**options)`."""

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--tenant", required=True, help="id or exact name")

    def act(self, **options: Any) -> None:
        try:
            tenant = find_tenant(options["tenant"])
        except DomainError as error:
            raise CommandError(f"--tenant: {describe(error)}", returncode=2) from error
        with context.within_tenant(tenant.id):
            self.handle_in_tenant(**options)

    def handle_in_tenant(self, **options: Any) -> None:
        raise NotImplementedError


def refused(error: DomainError) -> CommandError:
    """Return what ends a command: with status 2 if what was given cannot be, else 1."""
    return CommandError(describe(error), returncode=2 if isinstance(error, Invalid) else 1)


def describe(error: DomainError) -> str:
    """Return a refusal as one text for a terminal: message, code, and the fields at fault."""
    fields = "".join(f"\n  {name}: {' '.join(messages)}" for name, messages in error.fields.items())
    return f"{error.message} ({error.code}){fields}"


def read_file(file: Path) -> bytes:
    """Return what a file or, for `-`, standard input holds; raise `CommandError` with status 2 if it cannot be read."""
    try:
        return sys.stdin.buffer.read() if str(file) == "-" else file.read_bytes()
    except OSError as error:
        raise CommandError(f"{file} cannot be read: {error.strerror}.", returncode=2) from error
