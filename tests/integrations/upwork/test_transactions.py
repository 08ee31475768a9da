"""The file of transactions: in every form it had, each row judged, and again without effect."""

from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from gauzy.eventbus.testing import assert_published
from integrations.events import UpworkSyncEvent
from integrations.models import Integration, UpworkTransaction
from tests.factories.integrations import connect
from tests.factories.people import Company, found_company
from tests.factories.platform import token_client

pytestmark = pytest.mark.django_db

OLD = """Date,Ref ID,Type,Description,Agency,Freelancer,Team,Account Name,PO,Amount,\
Amount in local currency,Currency,Balance
"Apr 06, 2026",880000101,Hourly,10:00 hrs @ $45.00/hr,,Sam W.,Harbor Web,,,450.00,,,450.00
"Apr 06, 2026",880000102,Service Fee,Service Fee - Ref ID 880000101,,Sam W.,Harbor Web,,,-45.00,,,405.00
"""
NEW = """\ufeffDate,Transaction ID,Transaction type,Transaction summary,Transaction summary details,\
Description 1,Description 2,\
Description 3,Agency team,Freelancer,Client team,Account name,PO,Ref ID,Amount $,Amount in local currency,Currency,\
Current balance $,Payment method
"Oct 2, 2026",T1,Hourly,Invoice,Week 40,,,,,Sam W.,Harbor Web,,,880000201,"$1,450.50",,,,
"Oct 2, 2026",T1,Service fee,Fee,,,,,,Sam W.,Harbor Web,,,,(145.05),,,,
"Oct 2, 2026",T1,Service fee,Fee,,,,,,Sam W.,Harbor Web,,,,(145.05),,,,
,,,,,,,,,,,,,,1305.45,,,,
"""


def upload(company: Company, integration: Integration, content: str | bytes) -> Any:
    data = content.encode() if isinstance(content, str) else content
    return token_client(company.owner).post(
        f"/api/v1/integrations/{integration.id}/upwork/transactions",
        {"file": SimpleUploadedFile("report.csv", data)},
        format="multipart",
    )


def amounts() -> list[Decimal]:
    return list(UpworkTransaction.unscoped.order_by("-amount").values_list("amount", flat=True))


def test_the_old_form_comes_in_once(company: Company, fresh: Integration) -> None:
    first = upload(company, fresh, OLD).json()
    before = list(UpworkTransaction.unscoped.values())
    assert (first["created"], first["known"], first["refused"]) == (2, 0, 0)
    assert [row["line"] for row in first["rows"]] == [2, 3]
    event = assert_published(UpworkSyncEvent, integration_id=fresh.id)
    assert (event.source, event.created) == ("transactions_file", 2)
    second = upload(company, fresh, OLD.replace(",", ";").replace("Apr 06;", "Apr 06,")).json()
    assert (second["created"], second["known"]) == (0, 2)
    assert list(UpworkTransaction.unscoped.values()) == before
    assert amounts() == [Decimal(450), Decimal(-45)]
    shown = token_client(company.owner).get("/api/v1/upwork/transactions").json()["results"]
    assert {(one["kind"], one["client"], one["currency"]) for one in shown} == {
        ("Hourly", "Harbor Web", "USD"),
        ("Service Fee", "Harbor Web", "USD"),
    }


def test_the_new_form_comes_in_once_also_rows_without_a_reference_that_look_alike(
    company: Company, fresh: Integration
) -> None:
    assert upload(company, fresh, NEW).json()["created"] == 3
    assert amounts() == [Decimal("1450.5"), Decimal("-145.05"), Decimal("-145.05")]
    assert upload(company, fresh, NEW).json()["known"] == 3
    assert UpworkTransaction.unscoped.get(reference="880000201").description == "Invoice · Week 40"


def test_rows_that_are_no_good_are_refused_and_the_others_stay(company: Company, fresh: Integration) -> None:
    upload(company, fresh, OLD)
    head, good = "Date,Ref ID,Type,Amount\n", "2026-04-07,5,Bonus,10\n"
    rows = ["soon,1,Hourly,1\n", "2026-04-07,2,Hourly,much\n", "2026-04-07,3,,1\n", "2026-04-07,880000101,Hourly,1\n"]
    done = upload(company, fresh, head + "".join(rows) + good).json()
    assert [(row["verdict"], row["code"]) for row in done["rows"]] == [
        *[("refused", "row_unreadable")] * 3,
        ("refused", "transaction_differs"),
        ("created", ""),
    ]
    assert amounts() == [Decimal(450), Decimal(10), Decimal(-45)]


@pytest.mark.parametrize(
    "content",
    [b"", b"\xff\xfe", b"Date,Type\n", b"PK\x03\x04", b'Date,Ref ID,Type,Amount\n"' + b"x" * 200_000],
    ids=["empty", "not utf-8", "columns", "archive", "endless cell"],
)
def test_what_is_no_such_file_is_refused_as_a_whole(company: Company, fresh: Integration, content: bytes) -> None:
    answered = upload(company, fresh, content)
    assert (answered.status_code, answered.json()["code"]) == (400, "file_refused")
    assert not UpworkTransaction.unscoped.exists()


def test_only_into_an_integration_with_upwork_of_ones_own(company: Company, fresh: Integration) -> None:
    assert upload(company, connect(company), OLD).json()["code"] == "not_this_provider"
    assert upload(found_company("Rival"), fresh, OLD).status_code == 404
