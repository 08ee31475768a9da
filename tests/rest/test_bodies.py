import json
from typing import Any

import pytest
from pytest_django import Settings
from rest_framework.test import APIClient

pytestmark = pytest.mark.urls("tests.rest.sample")
GOOD = {"items": [{"email": "ada@example.org", "amount": 1}]}


def send(body: Any, content_type: str = "application/json", **headers: str) -> tuple[int, dict[str, Any]]:
    data: Any = body if isinstance(body, bytes | str) else json.dumps(body)
    answer = APIClient().generic("POST", "/api/echo", data, content_type=content_type, headers=headers)
    return answer.status_code, answer.json()


def test_a_good_body_is_read() -> None:
    assert send(GOOD) == (200, GOOD)


def test_a_byte_order_mark_is_forgiven() -> None:
    assert send(b"\xef\xbb\xbf" + json.dumps(GOOD).encode()) == (200, GOOD)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"{", "not valid JSON"),
        (b"\xff\xfe", "not UTF-8"),
        ('{"items": NaN}', "not JSON"),
        ('{"items": [{"amount": Infinity}]}', "not JSON"),
        ('{"items": 1e999}', "too large"),
        (f'{{"items": {10**19}}}', "too large"),
        (f'{{"items": -{2**63 + 1}}}', "too large"),
        ('{"items": ' + "9" * 5000 + "}", "too large"),
        ('{"items": [], "items": []}', "same name twice"),
        ('{"items": "a\\u0000b"}', "NUL"),
        ('{"a\\u0000b": 1}', "NUL"),
        ('{"items": [["\\ud800"]]}', "surrogate"),
        ('{"items": "\\uDFFF"}', "surrogate"),
        ("[" * 33 + "]" * 33, "nested"),
        ('{"a":' * 100_000 + "1" + "}" * 100_000, "nested"),
        ("[" * 200_000, "JSON"),
    ],
)
def test_a_body_that_would_fail_later_is_refused_at_the_door(body: bytes | str, said: str) -> None:
    status, answer = send(body)
    assert (status, answer["code"]) == (400, "parse_error")
    assert said in answer["detail"] or "nested" in answer["detail"]


@pytest.mark.parametrize("text", ["\\u0000 written out", "😀", "ude00", "\x7f"])
def test_text_that_only_looks_bad_is_taken(text: str) -> None:
    status, answer = send({"items": [{"email": text}]})
    assert (status, list(answer["errors"])) == (400, ["items.0.email"])


def test_nesting_up_to_the_limit_is_read() -> None:
    assert send("[" * 32 + "]" * 32)[1]["code"] == "invalid"


def test_a_body_over_the_limit_is_413(settings: Settings) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000
    status, answer = send({"items": ["x" * 1000]})
    assert (status, answer["code"]) == (413, "too_large")
    assert send(GOOD)[0] == 200


@pytest.mark.parametrize(
    "content_type", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "nonsense"]
)
def test_a_body_that_is_not_json_is_415(content_type: str) -> None:
    status, answer = send("items=1", content_type)
    assert (status, answer["code"]) == (415, "unsupported_media_type")


def test_a_body_in_chunks_is_refused_and_not_taken_for_empty() -> None:
    answer = APIClient().post("/api/echo", headers={"Transfer-Encoding": "chunked"})
    assert (answer.status_code, answer.json()["code"]) == (411, "length_required")


@pytest.mark.parametrize("body", ["[]", '"text"', "1", "null"])
def test_a_body_that_is_no_object_is_refused(body: str) -> None:
    status, answer = send(body)
    assert (status, answer["code"]) == (400, "invalid")


def test_a_missing_body_misses_its_fields() -> None:
    assert send("")[1]["errors"] == {"items": ["This field is required."]}


def test_errors_name_the_item_and_the_field() -> None:
    items = [{"email": "ada@example.org"}, {"email": "nonsense"}, {"emial": "ada@example.org", "shown": "x"}]
    assert send({"items": items, "more": 1})[1]["errors"] == {"more": ["Unknown field."]}
    assert send({"items": items})[1]["errors"] == {
        "items.1.email": ["Enter a valid email address."],
        "items.2.emial": ["Unknown field."],
        "items.2.shown": ["Unknown field."],
    }
