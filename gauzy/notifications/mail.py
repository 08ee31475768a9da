"""Making and handing over one e-mail: templates, SMTP's answers, and what of a text may be kept."""

import hashlib
import re
import smtplib
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parseaddr
from typing import Any, cast

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template import Context
from django.template.loader import get_template

from gauzy.notifications.exceptions import MailDeferred, MailRefused

_LINK = re.compile(r"(https?://[^\s\"'<>/?#]+)([^\s\"'<>?#]*)([?#]?)[^\s\"'<>]*")  # host, path, mark
_SECRET_SEGMENT = re.compile(r"(?<=/)[^/]{16,}")
_ADDRESS = re.compile(r"[^\s<>@:;,]+@[^\s<>@:;,]+")
_LONGEST_ERROR = 300


@dataclass(frozen=True, slots=True)
class RenderedMail:
    subject: str
    text: str
    html: str


def render(template: str, values: Mapping[str, object]) -> RenderedMail:
    """Render `<template>/subject.txt`, `body.txt` and `body.html`; only the last one escapes HTML."""
    context = {"public_url": settings.PUBLIC_URL, **values}
    subject = _render_plain(f"{template}/subject.txt", context)
    return RenderedMail(
        subject=" ".join(subject.split()),  # a line break in a header would begin another header
        text=_render_plain(f"{template}/body.txt", context),
        html=get_template(f"{template}/body.html").render(context),
    )


def _render_plain(name: str, context: dict[str, object]) -> str:
    # Django's own template behind the backend's wrapper, whose render() escapes HTML whatever the file is called.
    template = cast(Any, get_template(name)).template
    return str(template.render(Context(context, autoescape=False)))


def message_id_for(key: str) -> str:
    """Return a Message-ID that is the same for every attempt, so that a mailbox can tell a repetition."""
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2]
    return f"<{hashlib.sha256(key.encode()).hexdigest()[:32]}@{domain or 'localhost'}>"


def hand_over(mail: RenderedMail, *, to: str, message_id: str, key: str) -> None:
    """Give the message to the mail server; raise `MailRefused` or `MailDeferred` if it does not take it."""
    headers = {"Message-ID": message_id, "X-Gauzy-Delivery": key, "Auto-Submitted": "auto-generated"}
    message = EmailMultiAlternatives(mail.subject, mail.text, to=[to], headers=headers)
    message.attach_alternative(mail.html, "text/html")
    try:
        message.send()
    except OSError as error:  # smtplib's errors are OSErrors, and so are those of the connection
        # `from None`: the original's text names the recipient, and tracebacks are kept.
        raise (MailRefused if _is_final(error) else MailDeferred)(_what_was_said(error)) from None


def _is_final(error: OSError) -> bool:
    """5yz to the recipient or to the message is final (RFC 5321 §4.2.1).

    To our login or sender it is a fault of the set-up, which people repair: worth trying again.
    """
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return all(code >= 500 for code, _ in error.recipients.values())
    return isinstance(error, smtplib.SMTPDataError) and error.smtp_code >= 500


def _what_was_said(error: OSError) -> str:
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        said = "; ".join(f"{code} {_decode(answer)}" for code, answer in error.recipients.values())
    elif isinstance(error, smtplib.SMTPResponseException):
        said = f"{error.smtp_code} {_decode(error.smtp_error)}"
    else:
        said = f"{type(error).__name__}: {error}"
    return _ADDRESS.sub("…", said)[:_LONGEST_ERROR]


def _decode(answer: bytes | str) -> str:
    return answer.decode(errors="replace") if isinstance(answer, bytes) else answer


def for_history(text: str) -> str:
    """Return `text` as it may be kept: links lose what makes them open something, unless the setting keeps it."""
    return text if settings.EMAIL_HISTORY_KEEPS_LINKS else _LINK.sub(_without_secrets, text)


def _without_secrets(link: re.Match[str]) -> str:
    """Drop query, fragment, and every path segment long enough to be a token."""
    host, path, mark = link.groups()
    return host + _SECRET_SEGMENT.sub("…", path) + (f"{mark}…" if mark else "")
