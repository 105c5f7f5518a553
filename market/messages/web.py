"""Letters: the list of the undelivered for the trading centre."""

from typing import Final

from flask import render_template
from sqlalchemy.orm import Session

from market.kernel.permissions import Permission
from market.messages.queries import LetterFacts, latest_sent, undelivered
from market.web import access
from market.web.pages import Pages
from market.web.site import moment, site

SHOWN: Final = 100

pages = Pages("messages", __name__, url_prefix="/letters")


@pages.get("")
@access.needs(Permission.MESSAGES_LETTER_READ)
def listed() -> str:
    """Letters that nobody has taken yet, and the latest that were; no text, no address."""
    now = moment()

    def ask(session: Session) -> tuple[list[LetterFacts], list[LetterFacts]]:
        return undelivered(session, now, SHOWN), latest_sent(session, SHOWN)

    waiting, sent = site().office.read(ask)
    return render_template("messages/letters.html", waiting=waiting, sent=sent)
