from gauzy.exceptions import Invalid, NotFound


class NotificationNotFound(NotFound):
    code = "notification_not_found"
    message = "There is no such notification."


class EmailNotFound(NotFound):
    code = "email_not_found"
    message = "There is no such e-mail."


class UnknownKind(Invalid):
    code = "unknown_notification_kind"
    message = "There is no such kind of notification."


class MailDeferred(Exception):
    """The mail server cannot take the message now; the bus tries again later. The text holds no address."""


class MailRefused(Exception):
    """The mail server refuses this recipient or message for good. The text holds no address."""
