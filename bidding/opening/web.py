"""The opening hall: what is happening, then who bid what, with what is proved of it."""

from typing import Final

from flask import render_template
from sqlalchemy.orm import Session

from bidding.opening import queries
from bidding.opening.rules import BidState, OpeningState
from bidding.tenders import queries as tenders
from market.kernel.errors import NotFound
from market.kernel.money import Money
from market.protocol.encoding import Json, JsonObject
from market.web.access import public
from market.web.pages import Pages
from market.web.site import site
from market.web.words import words_of

STATES: Final = words_of(
    OpeningState,
    {
        OpeningState.COLLECTING: ("收集开启份额", "collecting officers' shares"),
        OpeningState.COMBINING: ("正在开启", "opening"),
        OpeningState.DONE: ("开标完成", "opened"),
        OpeningState.FAILED: ("未能开标", "not opened"),
    },
)
OUTCOMES: Final = words_of(
    BidState,
    {
        BidState.LISTED: ("待开启", "to be opened"),
        BidState.IDENTIFIED: ("身份已确认", "identified"),
        BidState.OPENED: ("已开启", "opened"),
        BidState.REVOKED: ("视为撤销", "deemed revoked"),
        BidState.WITHDRAWN: ("视为撤回", "deemed withdrawn"),
        BidState.REFUSED: ("不予接受", "refused"),
    },
)

pages = Pages("opening", __name__, words=(STATES, OUTCOMES))


@pages.get("/tenders/<no>/opening")
@public
def hall(no: str) -> str:
    """The hall of one tender: before the closing it says when; afterwards what has happened."""

    def read(session: Session) -> tuple[object, object]:
        facts = tenders.facts(session, no)
        try:
            return facts, queries.opening(session, no)
        except NotFound:
            return facts, None

    facts, opening = site().office.read(read)
    record = getattr(opening, "record", None)
    return render_template(
        "opening/hall.html",
        tender=facts,
        opening=opening,
        bids=[] if record is None else [_line(item) for item in _list(record, "bids")],
        out=[] if record is None else _list(record, "out"),
    )


def _list(record: JsonObject, name: str) -> list[JsonObject]:
    items = record[name]
    return [item for item in items if isinstance(item, dict)] if isinstance(items, list) else []


def _line(item: JsonObject) -> dict[str, object]:
    facts: dict[str, Json] = {}
    for fact in _list(item, "facts"):
        facts[str(fact["name"])] = fact["value"]
    price = facts.get("price")
    return {
        "uscc": item["uscc"],
        "name_zh": item["name_zh"],
        "name_en": item["name_en"],
        "price": Money(price) if isinstance(price, int) else None,
        "capitals": facts.get("price-capitals"),
        "delivery": facts.get("delivery"),
        "hash": item["price_hash"],
    }
