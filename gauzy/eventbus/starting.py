"""Before a worker starts: it refuses to where the database would break a promise of the bus."""

import logging

from django.core.checks import ERROR, WARNING
from django.db import DatabaseError, InterfaceError, connections

from gauzy.eventbus.checks import check_database
from gauzy.eventbus.records import ALIAS

logger = logging.getLogger(__name__)


def require_sound_database() -> None:
    """Raise SystemExit with a check's words, which Celery lets through where it logs and forgets other exceptions.

    A database that does not answer is no reason: the worker waits for it like for one that goes away later.
    """
    try:
        messages = list(check_database(databases=[ALIAS]))
    except (DatabaseError, InterfaceError):
        logger.warning("The database does not answer; its settings are not checked", exc_info=True)
        return
    finally:
        if not connections[ALIAS].in_atomic_block:
            connections[ALIAS].close()  # nothing to share with the processes that a worker forks
    if errors := [str(message) for message in messages if message.level >= ERROR]:
        raise SystemExit("The worker does not start.\n" + "\n".join(errors))
    for message in messages:
        if message.level >= WARNING:
            logger.warning(message)
