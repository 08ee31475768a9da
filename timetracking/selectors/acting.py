from uuid import UUID

from gauzy import context

NOBODY = UUID(int=0)


def actor_id() -> UUID:
    """Return the id of the user who acts, or in whose name a key does; else one that no user has."""
    return context.current().actor.user_id or NOBODY
