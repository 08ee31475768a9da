"""Demo data, through the API of this process: whatever signing up and importing do for people, they do here."""

import httpx
from django.conf import settings
from django.core.wsgi import get_wsgi_application

from gauzy.eventops.demo.client import ApiClient
from gauzy.eventops.demo.company import ORGANIZATION, OWNER, PASSWORD, PEOPLE_CSV


def seed() -> bool:
    """Set the made-up company up unless it is there; tell whether anything was done."""
    transport = httpx.WSGITransport(app=get_wsgi_application())
    with httpx.Client(transport=transport, base_url=settings.PUBLIC_URL) as http:
        api = ApiClient(http)
        if api.sign_in(OWNER["email"], PASSWORD):
            return False
        api.post("/auth/register", **OWNER, **ORGANIZATION, password=PASSWORD)
        api.sign_in(OWNER["email"], PASSWORD)
        [organization] = api.all("/organizations")
        api.call(
            *("POST", "/employees/import"),
            params={"organization_id": organization["id"]},
            content=PEOPLE_CSV.read_bytes(),
            headers={"Content-Type": "text/csv"},
        )
        return True
