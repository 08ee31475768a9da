from typing import Any

from gauzy.tenancy.models import Membership
from gauzy.users.exceptions import NoMembership


def membership_in(request: Any) -> Membership:
    """Return the membership that the token or session is bound to; raise `NoMembership`: a superuser may have none."""
    membership: Membership | None = getattr(request, "membership", None)
    if membership is None:
        raise NoMembership
    return membership
