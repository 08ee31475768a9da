"""DOMAIN §6 under concurrency: one invoice per log, consecutive numbers."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
from django.db import connection

from gauzy.exceptions import Conflict
from tests.factories.billing import NINE, approve_week, client_of, log_of, project_of
from tests.factories.people import Company, acting_for, found_company, hire
from timetracking.models import Client, Invoice, InvoicedLog
from timetracking.selectors.invoices import Wanted
from timetracking.services.drafting import Terms
from timetracking.services.invoices import create_invoice, issue_invoice, void_invoice

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
THREADS = 6


def at_once(*works: Callable[[], Any]) -> list[Any]:
    start = Barrier(len(works))

    def run(work: Callable[[], Any]) -> Any:
        try:
            start.wait()
            return work()
        except Exception as error:  # noqa: BLE001  the caller judges it
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(run, works))


def bill(company: Company, client: Client) -> Invoice:
    with acting_for(company):
        return create_invoice(wanted=Wanted(client_id=client.pk), terms=Terms())


def issue(company: Company, invoice: Invoice) -> Invoice:
    with acting_for(company):
        return issue_invoice(invoice_id=invoice.pk)


@pytest.mark.rule("invoices.once")
@pytest.mark.parametrize("attempt", range(3))
def test_of_parallel_invoices_of_the_same_logs_one_wins(attempt: int) -> None:
    company = found_company()
    client = client_of(company)
    project = project_of(client)
    for _ in range(3):
        employee = hire(company)
        approve_week(employee)
        log_of(employee, project)
    results = at_once(*[lambda: bill(company, client)] * THREADS)
    assert sum(isinstance(result, Invoice) for result in results) == 1
    assert sum(isinstance(result, Conflict) for result in results) == THREADS - 1
    assert InvoicedLog.unscoped.filter(is_live=True).count() == 3


@pytest.mark.rule("invoices.numbers")
@pytest.mark.parametrize("attempt", range(3))
def test_parallel_issues_get_consecutive_numbers(attempt: int) -> None:
    company = found_company()
    client = client_of(company)
    project, employee = project_of(client), hire(company)
    approve_week(employee)
    drafts = []
    for number in range(THREADS):
        log_of(employee, project, start=NINE + timedelta(hours=2 * number))
        drafts.append(bill(company, client))
    results = at_once(*[lambda draft=draft: issue(company, draft) for draft in drafts])
    assert sorted(result.sequence for result in results) == list(range(1, THREADS + 1))


def test_of_issue_and_void_at_once_both_leave_a_sound_invoice() -> None:
    company = found_company()
    client = client_of(company)
    project, employee = project_of(client), hire(company)
    approve_week(employee)
    log_of(employee, project)
    draft = bill(company, client)

    def void() -> Invoice:
        with acting_for(company):
            return void_invoice(invoice_id=draft.pk, reason="changed our mind")

    results = at_once(lambda: issue(company, draft), void)
    assert all(isinstance(result, Invoice | Conflict) for result in results)
    assert Invoice.unscoped.get(pk=draft.pk).status == "void"
