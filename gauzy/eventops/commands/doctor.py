from collections.abc import Iterator

from django.core.management.base import CommandError

from gauzy.eventops import doctor
from gauzy.eventops.commands.action import Action, Options, Output
from gauzy.eventops.commands.text import times
from gauzy.eventops.doctor import Finding


class Doctor(Action):
    name = "doctor"
    help = "what is wrong with this installation, and what to do about it"
    status = "Exit status: 0 nothing is wrong, 1 there are problems (notes are none), 2 wrong usage."
    examples = ("doctor", "doctor --json")

    def run(self, options: Options, output: Output) -> None:
        found = doctor.examine()
        problems = sum(finding.is_problem for finding in found)
        output.show([doctor.as_data(finding) for finding in found], _lines(found))
        if problems:
            raise CommandError(f"Found {times(problems, 'problem')}.")


def _lines(found: list[Finding]) -> Iterator[str]:
    for finding in found:
        yield f"{'problem' if finding.is_problem else 'note'}: {finding.text} ({finding.code})"
        if finding.cure:
            yield f"    {finding.cure}"
    if not found:
        yield "Nothing is wrong."
