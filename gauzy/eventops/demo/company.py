"""The made-up company."""

from pathlib import Path

OWNER = {"email": "ada@lovelace.example", "first_name": "Ada", "last_name": "Lovelace"}
PASSWORD = "analytical-engine"  # noqa: S105  printed for whoever tries the product on their machine
ORGANIZATION = {"organization_name": "Analytical Engines", "time_zone": "Europe/London", "currency": "GBP"}
PEOPLE_CSV = Path(__file__).with_name("people.csv")
