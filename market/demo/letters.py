"""The mailbox of the demonstration: what stands in for telephones and mailboxes.

Production has no such way in. Names of addressees and numbers of tenders stand beside the letters
here, not in them: an invitation names no tender.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final
from urllib.parse import urlencode
from uuid import UUID

from flask import render_template, request, url_for
from sqlalchemy.orm import Session

from bidding.complaints.queries import tender_of_challenge
from market.demo.people.everybody import everybody
from market.demo.people.kinds import Person
from market.demo.seed.house import account_of
from market.experts.queries import draw_of
from market.kernel.errors import NotFound
from market.messages.mailbox import ArrivedLetter, Place, arrived
from market.messages.rules import masked
from market.protocol.encoding import moment as read_moment
from market.protocol.encoding import stamp
from market.web.access import public
from market.web.cursor import read_cursor, write_cursor
from market.web.pages import Pages
from market.web.site import site

SHOWN: Final = 100  # letters on one page
TENDER: Final = re.compile(r"ZC-[0-9]{4}-[0-9]{6,7}")
_CALL: Final = re.compile(r"invitation/([0-9a-f-]{36})/")
_CHALLENGE: Final = re.compile(r"challenge:([A-Z]+-[0-9]{4}-[0-9]{6,7}):")
_DIGITS: Final = re.compile(r"\+?[0-9 -]{7,}")

mailbox = Pages("mailbox", __name__, url_prefix="/letters")


@dataclass(frozen=True, slots=True)
class Arrived:
    """A letter, to whom it may have gone, and of which tender it is, if it is of one."""

    item: ArrivedLetter
    to: tuple[Person, ...]
    tender: str | None


@mailbox.get("/mailbox")
@public
def shown() -> str:
    """The newest letters, or those next to a place; `to` asks for those to one addressee."""
    typed = request.args.get("to", "").strip()
    wanted = addresses_meant(typed)
    older, newer = _place("older"), _place("newer")

    def read(session: Session) -> list[Arrived]:
        if typed and not wanted:
            return []
        rows = arrived(session, SHOWN + 1, older_than=older, newer_than=newer, to=wanted)
        return [Arrived(row, _people().get(row.to, ()), tender_of(session, row)) for row in rows]

    found = site().office.read(read)
    held = found[-SHOWN:] if newer else found[:SHOWN]
    more = len(found) > SHOWN
    return render_template(
        "demo/mailbox.html",
        letters=held,
        typed=typed,
        address=_address,
        newer=_address(typed, newer=held[0]) if held and (more if newer else older) else None,
        older=_address(typed, older=held[-1]) if held and (more or newer) else None,
    )


def addresses_meant(typed: str) -> Sequence[str]:
    """The addresses, as they are shown, of whoever is meant: a name, an account, an address."""
    if not typed:
        return ()
    if "***" in typed:
        return (typed,)
    if "@" in typed or _DIGITS.fullmatch(typed):
        return (masked(re.sub(r"[ -]", "", typed) if "@" not in typed else typed),)
    sought = typed.casefold()
    return sorted(
        address
        for address, people in _people().items()
        for one in people
        if sought in (one.name_zh, account_of(one)) or sought in one.name_en.casefold()
    )


def tender_of(session: Session, item: ArrivedLetter) -> str | None:
    """The number of the tender that a letter is of; None for letters about accounts."""
    for text in (item.key, item.text, item.link or ""):
        found = TENDER.search(text)
        if found is not None:
            return found[0]
    call, challenge = _CALL.match(item.key), _CHALLENGE.match(item.key)
    try:
        if call is not None:
            of = TENDER.match(draw_of(session, UUID(call[1])))
            return None if of is None else of[0]
        return None if challenge is None else tender_of_challenge(session, challenge[1])
    except NotFound:
        return None


@cache
def _people() -> dict[str, tuple[Person, ...]]:
    """Everybody by telephone and mailbox as they are shown, where several may look alike."""
    held = dict[str, tuple[Person, ...]]()
    for person in everybody().persons:
        for address in (masked(person.mobile), masked(person.email)):
            held[address] = (*held.get(address, ()), person)
    return held


def _place(name: str) -> Place | None:
    key = read_cursor(request.args.get(name), [str, str])
    return None if key is None else (read_moment(str(key[0])), str(key[1]))


def _address(to: str, *, older: Arrived | None = None, newer: Arrived | None = None) -> str:
    """The page of the letters to somebody, older or newer than one of them."""
    asked = {"to": to}
    for name, one in (("older", older), ("newer", newer)):
        if one is not None:
            at, key = one.item.place
            asked[name] = write_cursor((stamp(at), key))
    query = urlencode({name: value for name, value in asked.items() if value})
    return url_for("mailbox.shown") + (f"?{query}" if query else "")
