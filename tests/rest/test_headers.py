"""What every answer tells browsers they may do with it."""

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("address", ["/admin/login/", "/api/v1/employees", "/api/v1/docs", "/health/live"])
def test_scripts_come_from_our_files_only(client: Client, address: str) -> None:
    policy = client.get(address).headers["Content-Security-Policy"]
    directives = dict(directive.strip().split(" ", 1) for directive in policy.split(";"))
    assert directives["default-src"] == "'self'"
    assert directives["script-src"] == "'self' 'unsafe-eval'"
    assert directives["frame-ancestors"] == directives["object-src"] == "'none'"


def test_what_a_file_is_says_its_type_alone(client: Client) -> None:
    headers = client.get("/admin/login/").headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
