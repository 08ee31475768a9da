import logging

from gauzy import context


class ContextFilter(logging.Filter):
    """Give every record the correlation id of the work in hand: a request's id, in whatever process it goes on."""

    def filter(self, record: logging.LogRecord) -> bool:
        acting = context.find()
        record.correlation_id = acting.correlation_id if acting else "-"
        return True
