import pytest
from rest_framework.test import APIClient

pytestmark = pytest.mark.urls("tests.rest.sample")


def ask(query: str) -> tuple[int, object]:
    answer = APIClient().get(f"/api/query{query}")
    body = answer.json()
    return answer.status_code, body.get("errors", body)


@pytest.mark.parametrize(
    ("query", "read"),
    [
        ("", {}),
        ("?name=Ada", {"name": "Ada"}),
        ("?size=3&tag=a&tag=b", {"size": 3, "tag": ["a", "b"]}),
        ("?archived=true", {"archived": True}),
        ("?archived=false", {"archived": False}),
    ],
)
def test_known_parameters_are_read(query: str, read: dict[str, object]) -> None:
    assert ask(query) == (200, read)


@pytest.mark.parametrize(
    ("query", "field", "message"),
    [
        ("?nmae=Ada", "nmae", "Unknown parameter."),
        ("?limit=3", "limit", "Unknown parameter."),
        ("?name=Ada&name=Bob", "name", "Given more than once."),
        ("?name=a%00b", "name", "Has a character that cannot be stored."),
        ("?tag=a&tag=%ED%A0%80%00", "tag", "Has a character that cannot be stored."),
        ("?size=many", "size", "A valid integer is required."),
        ("?archived=perhaps", "archived", "Must be a valid boolean."),
    ],
)
def test_anything_else_is_refused_by_name(query: str, field: str, message: str) -> None:
    assert ask(query) == (400, {field: [message]})
