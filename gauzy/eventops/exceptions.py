from gauzy.exceptions import Conflict, Invalid, NotFound


class EventNotFound(NotFound):
    code = "event_not_found"
    message = "There is no such event."


class UnknownEventName(NotFound):
    code = "unknown_event_name"
    message = "There is no event of this name."


class DeliveryNotFound(NotFound):
    code = "delivery_not_found"
    message = "This handler was never owed this event."


class UnknownHandler(NotFound):
    code = "unknown_handler"
    message = "There is no handler of this name."


class UnknownReplay(NotFound):
    code = "unknown_replay"
    message = "There is no replay of this id."


class NotReplayable(Conflict):
    code = "not_replayable"
    message = "This handler cannot be replayed."


class NotPaused(Conflict):
    code = "not_paused"
    message = "It is not paused."


class DeliveryOver(Conflict):
    code = "delivery_over"
    message = "The handler is done with this event, or skipped it: nothing is owed."


class DeliveryRunning(Conflict):
    code = "delivery_running"
    message = "The handler is running on this event now."


class DeliveryNotDead(Conflict):
    code = "delivery_not_dead"
    message = "The delivery is not dead: it is tried again by itself."


class EmptySelection(Invalid):
    code = "empty_selection"
    message = "Nothing narrows the selection. Name what is meant, or say that all are."


class ReasonRefused(Invalid):
    code = "reason_refused"
    message = "Say why, in at most 300 characters."


class PayloadRefused(Invalid):
    code = "payload_refused"
    message = "The handler could not read the event so."


class InvalidFeedCursor(Invalid):
    code = "invalid_cursor"
    message = "This is no cursor of the feed: use `beginning`, `now`, or one that the feed handed out."
