"""What is true of time and money whichever door a change comes through, and the tests that hold it.

A test names the rules it holds by `@pytest.mark.rule("…")`; docs/rules.md is made of both.
"""

import ast
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from tests.architecture.source import ROOT

# Chapter -> rule -> what it says.
RULES: Final[Mapping[str, Mapping[str, str]]] = {
    "Time as data": {
        "time.instants": "Instants are UTC in whole seconds: finer input and input without an offset is refused, "
        "a zero fraction is not.",
        "time.half-open": "Intervals are half-open: touching is not overlapping.",
        "time.durations": "Durations come from instants: changes of clocks cost and gain nothing.",
        "time.local-times": "Local times that do not exist or occur twice are refused, unless an offset or a "
        "duration tells which is meant.",
        "time.zones": "Days and weeks belong to a person: their own zone, else the organization's; the week "
        "starts on the organization's day.",
        "time.moves": "A change of zone moves no period that is submitted, approved or invoiced.",
        "time.servers": "The zones of the server and of the database's session have no influence.",
        "time.never-empty": "An interval is never empty: a timer stopped within its second is discarded, and the "
        "answer says so.",
        "time.split": "A log over a boundary is stored whole, and split by local day in one way; the parts "
        "sum to the whole.",
        "time.two-periods": "A log in two periods is locked by either, billable when both are approved, and each "
        "counts its part.",
        "time.labels": "Weeks are labelled by ISO 8601 where they start on Monday.",
    },
    "Timer and time logs": {
        "timer.one": "At most one timer of an employee runs.",
        "timer.second": "Starting another stops the running one at that very instant, or is refused, as the "
        "organization says.",
        "timer.repeat": "Stopping is safe to repeat.",
        "timer.future": "A timer starts at most a minute ahead, and no log has a negative length.",
        "timer.forgotten": "A timer that runs for too long is stopped at the moment when it had, in every tenant.",
        "timer.ended": "The timer of who leaves stops at that moment.",
        "logs.overlap": "Logs of an employee never overlap, which PostgreSQL guards by itself too; a running "
        "timer occupies all that is later.",
        "logs.overlap-allowed": "An organization may allow overlaps: they are marked, and stay valid.",
        "logs.nothing-lost": "Nothing is trimmed or deleted silently.",
        "logs.place": "A task brings its project; one of another project is refused.",
        "logs.policies": "What employees may do with their own time is the organization's policy, for every role "
        "below manager.",
        "logs.edit": "Editing checks everything again except the log against itself; who touches no time may "
        "edit an old overlap.",
        "logs.cut": "Split and partial deletion leave the old interval without the removed one; each "
        "touched log has its event, with one correlation.",
        "logs.delete": "Deletion is soft, and restoring checks again.",
        "logs.same": "Identical values publish nothing.",
        "logs.bulk": "A bulk is all or nothing, with errors by index, or judged item by item on request.",
        "imports.formats": "The product is told from the header; summaries, spreadsheets and other files are "
        "refused with the way out.",
        "imports.rows": "Each row has its verdict, by API, desk and command.",
        "imports.dry-run": "A dry run reports exactly what the real run does.",
        "imports.twice": "The same file twice adds nothing.",
        "imports.dates": "An ambiguous order of dates is refused with the way out.",
        "imports.no-guess": "A row never guesses a person, a zone or an amount.",
        "imports.undo": "An import is undone as a whole, while nothing of it is locked.",
    },
    "Timesheets": {
        "timesheets.one": "There is one of an employee and period, made on demand, also under concurrency.",
        "timesheets.totals": "Totals are the sum of the logs' parts.",
        "timesheets.same-row": "Writing a log and deciding on its period do not slip past each other.",
        "timesheets.moves": "Each move leads from the states it may come from; every other is a conflict, and the "
        "last one repeated changes nothing.",
        "timesheets.status": "The status is no field to write.",
        "timesheets.submit": "No period is submitted that has not begun, or in which a timer runs.",
        "timesheets.approvers": "Approvers of the employee decide, nobody on their own unless the organization allows "
        "it; only the owner withdraws.",
        "timesheets.reasons": "Rejecting and reopening need a reason.",
        "timesheets.version": "An approval may be of the version that was seen.",
        "timesheets.history": "The history keeps each move with its totals; each has one event.",
        "timesheets.lock": "Submitted and approved periods, and days up to the lock date, are locked on every door.",
        "timesheets.work-kept": "Work done is never lost by a lock: a timer that ends in locked time is kept and "
        "marked.",
        "timesheets.lock-date": "The lock date counts in the employee's zone; passing over it takes the right, and is "
        "said.",
        "timesheets.invoiced": "Invoiced time stays locked: its period is not reopened while the invoice lives.",
        "timesheets.missing": "Who has not handed in their week is reminded once, on the first day of their own next "
        "one, in every tenant.",
    },
    "Projects, tasks, rates, money": {
        "projects.numbers": "The numbers of a project's tasks are unique and without gaps, under concurrency.",
        "projects.archive": "What was used is put away, never deleted; what has it keeps it, and nothing new goes "
        "there.",
        "projects.private": "A private project is invisible to those outside, on every channel.",
        "money.exact": "Money is decimal, half-up, to the currency's own exponent; never a float.",
        "money.currencies": "Currencies are never added together.",
        "rates.order": "The rate of a log is its own, else that of the member, task, project, employee, "
        "organization; zero is a rate, none is not.",
        "rates.validity": "Rates are valid by days of the organization's zone.",
        "rates.history": "A change of rate rewrites nothing but by an explicit recompute, on record, that leaves "
        "alone what is locked.",
        "rounding.reports": "Rounding is for reports and invoices only, on the local clock; stored logs never change.",
        "rounding.adds-up": "What is shown adds up to the total shown.",
        "rates.visibility": "Rates and amounts are for those with the right, on every channel.",
    },
    "Invoices": {
        "invoices.source": "An invoice is made of approved, billable logs of one currency that are on no other.",
        "invoices.sums": "The server computes lines, discount, tax by rate and total; the total is the sum of "
        "the lines shown.",
        "invoices.preview": "A preview is what the invoice will be, and writes nothing.",
        "invoices.states": "Draft, issued, partially paid, paid; void frees the logs and keeps the number; every "
        "other move is refused.",
        "invoices.once": "A log is on at most one live invoice, under concurrency.",
        "invoices.numbers": "Numbers are gapless per organization and year of its zone; a failed issue consumes "
        "none; parallel ones are consecutive.",
        "invoices.snapshot": "An issued invoice is a snapshot.",
    },
}


def named_tests() -> Iterator[tuple[str, Path, str]]:
    """Yield (rule, file, test) for each rule that a test names, by file and line."""
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        if "mark.rule(" in (text := path.read_text(encoding="utf-8")):
            for node in ast.walk(ast.parse(text)):
                if isinstance(node, ast.FunctionDef):
                    yield from ((rule, path, node.name) for rule in _rules_of(node))


def rules_page() -> Iterator[str]:
    """Yield the lines of docs/rules.md: for each rule the tests that name it."""
    held: dict[str, list[str]] = {}
    for rule, path, test in named_tests():
        place = path.relative_to(ROOT).as_posix()
        held.setdefault(rule, []).append(f"[{_in_words(test)}](../{place})")
    for chapter, rules in RULES.items():
        yield f"## {chapter}\n"
        for rule, said in rules.items():
            yield f"- **{said}** `{rule}`"
            yield from (f"  - {link}" for link in sorted(set(held.get(rule, ()))))
        yield ""


def _rules_of(test: ast.FunctionDef) -> Iterator[str]:
    for decorator in test.decorator_list:
        if isinstance(decorator, ast.Call) and ast.unparse(decorator.func) == "pytest.mark.rule":
            yield from (ast.literal_eval(argument) for argument in decorator.args)


def _in_words(test: str) -> str:
    return test.removeprefix("test_").replace("_", " ")
