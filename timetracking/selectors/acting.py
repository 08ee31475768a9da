from uuid import UUID

from gauzy import context

NOBODY = UUID(int=0)


def actor_id() -> UUID:
    """Return the id of the user who acts; for who is no user, one that no user has."""
    return context.current().actor.id or NOBODY
