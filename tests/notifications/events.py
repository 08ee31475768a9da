"""An event of the mail tests, and the handler that answers it with a mail."""

from uuid import UUID

from gauzy.eventbus import Action, Event, Metadata, event, handles
from gauzy.notifications.services import send_email

ADDRESS = "grace@example.org"
LINK = "https://gauzy.example/set-password/018f-not-long/c1abcd-0123456789abcdef0123456789abcdef?next=/home"


@event("mailtests.letter_wanted", subject="letter_id", action=Action.RECEIVED)
class LetterWantedEvent(Event):
    """Somebody wants a letter."""

    letter_id: UUID


@handles(LetterWantedEvent, queue="mail", external=True, id="mailtests.send_letter")
def send_letter(event: LetterWantedEvent, meta: Metadata) -> None:
    send_email(meta=meta, template="users/set_password", to=ADDRESS, values={"name": "Grace", "link": LINK})


@handles(LetterWantedEvent, queue="mail", external=True, id="mailtests.send_letter_once", retries=())
def send_letter_once(event: LetterWantedEvent, meta: Metadata) -> None:
    send_letter(event, meta)
