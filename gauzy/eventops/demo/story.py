"""The story `make demo` tells. Each step claims something and stops the demo if it did not happen."""

import re
import time
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from typing import Any
from uuid import UUID

import httpx

from gauzy.eventops.demo.client import ApiClient, Unexpected
from gauzy.eventops.demo.company import ORGANIZATION, OWNER, PASSWORD, PEOPLE_CSV
from gauzy.eventops.demo.issues import Issues
from gauzy.eventops.demo.outside import Outside
from gauzy.eventops.demo.product import Product
from gauzy.eventops.demo.subscriber import Subscriber
from gauzy.eventops.demo.working import Working
from gauzy.eventops.mailcatcher import MailCatcher

PATIENCE = 90.0  # seconds for handlers and mails; what a killed worker had claimed is free after 30
OPEN = {"waiting", "running"}
ALAN = {"email": "alan.turing@lovelace.example", "first_name": "Alan", "last_name": "Turing"}
MARGARET = {"email": "margaret.hamilton@lovelace.example", "first_name": "Margaret", "last_name": "Hamilton"}
ALAN_PASSWORD = "bombe-and-tape-1936"  # noqa: S105  of a made-up person
BROKEN_LINE = b"not-an-address,Nobody,Nowhere,2024-01-01,,,\n"


class Story:
    """Tells itself line by line through `say`."""

    def __init__(
        self,
        product: Product,
        api: ApiClient,
        mail: MailCatcher,
        subscriber: Subscriber,
        say: Callable[[str], None],
    ) -> None:
        self._product, self._api, self._mail, self._say = product, api, mail, say
        self._outside = Outside(api, subscriber, say)
        self._organization = self._integration = ""
        self._told: set[str] = set()

    def tell(self) -> None:
        self._chapter("A company signs up", self._sign_up)
        self._chapter("A partner subscribes, and GitHub is connected", self._open_to_the_outside)
        self._chapter("One employee joins", self._create_employee)
        self._chapter("Someone is invited, and accepts", self._invite)
        self._chapter("Twelve more come from a CSV file", self._import_people)
        self._chapter("Someone is promoted, and later leaves", self._change_and_end)
        self._chapter("An issue at GitHub becomes a task, and the partner hears of it", self._take_an_issue_in)
        self._chapter("A timer runs, and its week is submitted and approved", self._work)
        self._chapter("The process is killed right after it accepted work", self._survive_a_kill)
        self._chapter("The activity log", self._show_activity)

    # --- chapters ---------------------------------------------------------------------------------------------------

    def _sign_up(self) -> None:
        self._api.post("/auth/register", **OWNER, **ORGANIZATION, password=PASSWORD)
        registration = self._api.last_request_id
        mail = self._mail_to(OWNER["email"], "Verify")
        self._api.post("/auth/verify-email", token=_link(mail).rsplit("/", 1)[-1])
        if not self._api.sign_in(OWNER["email"], PASSWORD):
            raise Unexpected("The owner cannot sign in.")
        self._show_events(registration)
        [organization] = self._api.all("/organizations")
        self._organization = organization["id"]
        self._say(f"  {OWNER['first_name']} verified the address and signed in; organization {organization['name']}")

    def _open_to_the_outside(self) -> None:
        self._outside.subscribe()
        self._integration = self._outside.connect_github(self._organization)

    def _create_employee(self) -> None:
        employee = self._create(ALAN)
        self._show_events(self._api.last_request_id)
        told = self._outside.expect("gauzy.employees.employee_created", employee["id"])
        self._say(f"  the partner got CloudEvent {told['id']}, signed")
        mail = self._mail_to(ALAN["email"], "Welcome")
        self._show_mail(mail)
        user_id, token = _link(mail).rsplit("/", 2)[-2:]
        self._api.post("/auth/set-password", user_id=user_id, token=token, password=ALAN_PASSWORD)
        self._api.call(  # the link works once
            *("POST", "/auth/set-password"),
            json={"user_id": user_id, "token": token, "password": "someone-else-1936"},
            expect=400,
        )
        self._api.call("POST", "/employees", json=self._new(ALAN), expect=409)
        self._say(
            f"  {employee['first_name']} chose a password; the link's second use and a second record were refused"
        )

    def _invite(self) -> None:
        invite = self._api.post("/invites", **self._new(MARGARET), role="manager")
        self._show_events(self._api.last_request_id)
        mail = self._mail_to(MARGARET["email"], "Ada Lovelace invites you")
        self._show_mail(mail)
        if ORGANIZATION["organization_name"] not in httpx.get(_link(mail)).raise_for_status().text:
            raise Unexpected("The page behind the link does not say who invites.")
        answer = {"token": _link(mail).rsplit("/", 1)[-1], "password": "priority-displays-1969"}
        accepted = self._as_stranger("/invites/accept", answer)
        self._show_events(self._api.last_request_id)
        self._as_stranger("/invites/accept", answer, expect=400)  # the link works once
        self._expect_one_welcome(MARGARET["email"], [invite["id"], accepted["employee_id"]])

    def _import_people(self) -> None:
        file = PEOPLE_CSV.read_bytes() + BROKEN_LINE
        dry = self._import(file, dry_run=True)
        if self._api.all("/events", correlation_id=self._api.last_request_id):
            raise Unexpected("A dry run published events.")
        report = self._import(file)
        if {**dry, "dry_run": False, "applied": True} != report:
            raise Unexpected(f"The dry run said {dry}, the real one {report}.")
        self._say(f"  created {report['created']}, refused {report['refused']} (the dry run had said the same)")
        for line in (line for line in report["lines"] if line["verdict"] == "refused"):
            self._say(f"  line {line['line']}: {line['field']}: {line['message']}")
        self._show_events(self._api.last_request_id, most=2)
        self._expect_mails(report["created"])

    def _change_and_end(self) -> None:
        employee = self._employee("grace.hopper@lovelace.example")
        self._api.call("PATCH", f"/employees/{employee['id']}", json={"job_title": "Rear admiral"})
        self._show_events(self._api.last_request_id)
        self._api.call("PATCH", f"/employees/{employee['id']}", json={"job_title": "Rear admiral"})
        if self._api.all("/events", correlation_id=self._api.last_request_id):
            raise Unexpected("A change to the same value published an event.")
        self._say("  the same change again published nothing")
        self._api.post(f"/employees/{employee['id']}/end", reason="Retired")
        self._show_events(self._api.last_request_id)

    def _take_an_issue_in(self) -> None:
        issues = Issues(self._api, self._outside, self._say, self._show_events)
        issues.tell(self._organization, self._integration)

    def _work(self) -> None:
        alan = self._employee(ALAN["email"])
        with self._api.signed_in(ALAN["email"], ALAN_PASSWORD) as client:
            Working(self._api, client, self._say, self._show_events).tell(self._organization, alan["id"])

    def _survive_a_kill(self) -> None:
        people = [
            self._new({"email": f"trainee{n}@lovelace.example", "first_name": "Trainee", "last_name": str(n)})
            for n in range(1, 21)
        ]
        self._api.post("/employees/bulk", items=people)
        request = self._api.last_request_id
        self._product.kill()
        self._say("  kill -9 right after 20 employees were answered for; starting again …")
        self._product.start()
        self._say("  it answers again; what the dead worker had claimed is free when its lease ends (30 s) …")
        events = self._settled(request)
        created = [event for event in events if event["name"] == "employees.employee_created"]
        if len(created) != len(people):
            raise Unexpected(f"{len(created)} of {len(people)} events survived.")
        self._expect_effects_once(created)
        self._say(f"  {len(events)} events, every handler finished, every effect there once")

    def _show_activity(self) -> None:
        grace = self._employee("grace.hopper@lovelace.example")
        for row in reversed(self._api.all("/activity-log", entity_id=grace["id"])):
            self._say(f"  {row['occurred_at'][11:19]}  {row['description']}")
            for change in row["changes"]:
                self._say(f"{'':12}{change['field']}: {change['old']} -> {change['new']}")
        self._say(f"  … of {len(self._api.all('/activity-log'))} rows in all")
        counts = {row["metric"]: row["count"] for row in self._api.all("/analytics/daily-counts")}
        employees = len(self._api.all("/employees"))
        if counts.get("employees_created") != employees:
            raise Unexpected(f"employees_created counts {counts.get('employees_created')}, there are {employees}.")
        self._say(f"  counted today: {', '.join(f'{name} {count}' for name, count in sorted(counts.items()))}")

    # --- steps ------------------------------------------------------------------------------------------------------

    def _chapter(self, title: str, tell: Callable[[], None]) -> None:
        self._say(f"\n{title}")
        tell()

    def _new(self, person: dict[str, str]) -> dict[str, str]:
        return person | {"organization_id": self._organization}

    def _create(self, person: dict[str, str]) -> Any:
        return self._api.post("/employees", **self._new(person))

    def _as_stranger(self, path: str, body: dict[str, str], *, expect: int | None = None) -> Any:
        """Call the API as somebody who has not signed in."""
        return self._api.call("POST", path, json=body, headers={"Authorization": ""}, expect=expect)

    def _expect_one_welcome(self, address: str, ids: list[str]) -> None:
        invite, employee = (
            self._api.get(f"/{name}/{id}") for name, id in zip(("invites", "employees"), ids, strict=True)
        )
        self._mail_to(address, "You are now with")
        subjects = [str(mail["Subject"]) for mail in self._mail.messages if address in str(mail["To"])]
        told = [row["title"] for row in self._api.all("/notifications") if address in row["title"]]
        if (invite["state"], len(subjects), len(told)) != ("accepted", 2, 1):
            raise Unexpected(f"The invite is {invite['state']}; mails {subjects}; the inviter was told {told}.")
        self._say(
            f"  {employee['first_name']} joined: one mail to invite, one to welcome; the owner was told: {told[0]}"
        )

    def _employee(self, email: str) -> Any:
        [employee] = self._api.all("/employees", email=email)
        return employee

    def _import(self, file: bytes, **query: Any) -> Any:
        return self._api.call(
            *("POST", "/employees/import"),
            params={"organization_id": self._organization} | query,
            content=file,
            headers={"Content-Type": "text/csv"},
        )

    def _settled(self, request: UUID) -> list[Any]:
        """Wait until every handler of everything a request published, and of what that caused, has finished."""
        deadline = time.monotonic() + PATIENCE
        while True:
            found = self._api.all("/events", correlation_id=request)
            events = [self._api.get(f"/events/{event['id']}") for event in reversed(found)]
            open_ones = [d for event in events for d in event["deliveries"] if d["state"] in OPEN and not _is_later(d)]
            if events and not open_ones:
                return events
            if time.monotonic() > deadline:
                raise Unexpected(f"Not finished after {PATIENCE:.0f} s: {open_ones or 'no event'}")
            time.sleep(0.1)

    def _show_events(self, request: UUID, *, most: int = 99) -> None:
        events = self._settled(request)
        for event in events[:most]:
            self._say(f"  {event['name']}")
            for delivery in event["deliveries"]:
                self._say(f"      {delivery['handler']:<44} {_outcome(delivery)}")
                if delivery["state"] == "dead":
                    raise Unexpected(f"{delivery['handler']} died.")
        if len(events) > most:
            outcomes = Counter(d["state"] for event in events for d in event["deliveries"])
            summary = ", ".join(f"{count} {state}" for state, count in outcomes.items())
            self._say(f"  … {len(events)} events in all; their handlers: {summary}")

    def _mail_to(self, address: str, subject: str) -> EmailMessage:
        def matches(mail: EmailMessage) -> bool:
            return address in str(mail["To"]) and str(mail["Subject"]).startswith(subject)

        if (mail := self._mail.wait_for(matches, PATIENCE)) is None:
            raise Unexpected(f"No mail {subject!r} to {address}.")
        return mail

    def _show_mail(self, mail: EmailMessage) -> None:
        self._say(f"  mail as the SMTP server received it: {mail['Subject']!r} to {mail['To']}")
        for line in _text(mail).strip().splitlines():
            self._say(f"      | {line}")

    def _expect_mails(self, people: int) -> None:
        for line in PEOPLE_CSV.read_text(encoding="utf-8").splitlines()[1:]:
            self._mail_to(line.split(",")[0], "Welcome")
        self._say(f"  {people} welcome mails arrived")

    def _expect_effects_once(self, events: list[Any]) -> None:
        logged = Counter(row["event_id"] for row in self._api.all("/activity-log"))
        if doubled := [event["id"] for event in events if logged[event["id"]] != 1]:
            raise Unexpected(f"Not logged once: {doubled}")
        for event in events:
            if dead := [d["handler"] for d in event["deliveries"] if d["state"] == "dead"]:
                raise Unexpected(f"{dead} died.")


def _is_later(delivery: dict[str, Any]) -> bool:
    """Tell whether it is owed in hours only, as the look at a timer that may have been forgotten is."""
    due = delivery["due"] and datetime.fromisoformat(delivery["due"])
    return bool(due and due > datetime.now(UTC) + timedelta(hours=1))


def _outcome(delivery: dict[str, Any]) -> str:
    took = "" if delivery["duration_ms"] is None else f" in {delivery['duration_ms']} ms"
    again = f", attempt {delivery['attempts']}" if delivery["attempts"] > 1 else ""
    reason = f" ({delivery['note']})" if delivery["note"] else ""
    return f"{delivery['state']}{took}{again}{reason}"


def _text(mail: EmailMessage) -> str:
    body = mail.get_body(("plain",))
    return body.get_content() if body else ""


def _link(mail: EmailMessage) -> str:
    found = re.search(r"https?://\S+", _text(mail))
    if found is None:
        raise Unexpected(f"The mail {mail['Subject']!r} has no link.")
    return found.group()
