import smtplib

import pytest
from pytest_django import Settings

from gauzy.notifications import mail

OPENS_SOMETHING = "c1abcd-0123456789abcdef0123456789abcdef"


@pytest.mark.parametrize(
    ("link", "kept"),
    [
        (f"https://gauzy.example/set-password/42/{OPENS_SOMETHING}", "https://gauzy.example/set-password/42/…"),
        (f"https://gauzy.example/verify?token={OPENS_SOMETHING}&x=1", "https://gauzy.example/verify?…"),
        ("https://gauzy.example/verify#code=12", "https://gauzy.example/verify#…"),
        (f"http://127.0.0.1:8000/a/{OPENS_SOMETHING}/b?c", "http://127.0.0.1:8000/a/…/b?…"),
        ("https://a-very-long-name.gauzy.example/help", "https://a-very-long-name.gauzy.example/help"),
    ],
)
def test_a_kept_link_opens_nothing(settings: Settings, link: str, kept: str) -> None:
    settings.EMAIL_HISTORY_KEEPS_LINKS = False
    assert mail.for_history(f"Go to {link}\nor not") == f"Go to {kept}\nor not"
    assert mail.for_history(f'<a href="{link}">Go</a>') == f'<a href="{kept}">Go</a>'


def test_only_the_html_escapes() -> None:
    rendered = mail.render("users/set_password", {"name": "O'Brien <x>", "link": "https://gauzy.example/a?b=1&c=2"})
    assert "O'Brien <x>" in rendered.text
    assert "b=1&c=2" in rendered.text
    assert "O&#x27;Brien &lt;x&gt;" in rendered.html


def test_a_subject_is_one_line_whatever_a_name_holds() -> None:
    rendered = mail.render("employees/joined", {"organization": "Eve\r\nBcc: all@example.org"})
    assert rendered.subject == "You are now with Eve Bcc: all@example.org"


def test_the_message_id_is_the_same_for_a_key_and_differs_between_keys(settings: Settings) -> None:
    settings.DEFAULT_FROM_EMAIL = "Gauzy <hello@gauzy.example>"
    first, again, other = (mail.message_id_for(key) for key in ("a:b", "a:b", "a:c"))
    assert first == again != other
    assert first.endswith("@gauzy.example>")


@pytest.mark.parametrize(
    ("error", "final"),
    [
        (smtplib.SMTPRecipientsRefused({"a@b.c": (550, b"no")}), True),
        (smtplib.SMTPRecipientsRefused({"a@b.c": (450, b"later")}), False),
        (smtplib.SMTPDataError(554, b"no"), True),
        (smtplib.SMTPDataError(451, b"later"), False),
        (smtplib.SMTPAuthenticationError(535, b"who?"), False),
        (smtplib.SMTPSenderRefused(550, b"not you", "a@b.c"), False),
        (smtplib.SMTPServerDisconnected("gone"), False),
        (TimeoutError("slow"), False),
    ],
)
def test_only_what_is_said_of_recipient_or_message_is_final(error: OSError, final: bool) -> None:
    assert mail._is_final(error) is final
