"""The opening hall: live while it happens, and the record of it afterwards, for everybody."""

from collections.abc import Sequence
from typing import Final

from flask import Response, render_template, request, url_for
from sqlalchemy.orm import Session

from bidding.officers.parts import part
from bidding.opening import queries
from bidding.opening.hall import Hall, HallEvent, Happening, Stage, hall, pulse
from bidding.opening.queries import OpeningFacts
from bidding.opening.rules import BidState, OpeningState
from bidding.opening.sealed_looks import record_sealed_look
from market.journal.queries import entries_of
from market.kernel.errors import NotFound
from market.kernel.money import Money
from market.notices.proofs import badge
from market.protocol.encoding import Json, JsonObject, canonical
from market.web.access import public
from market.web.language import gettext, language
from market.web.pages import Pages
from market.web.patterns import Proof, Step, StepState
from market.web.site import moment, site
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
STAGES: Final = words_of(
    Stage,
    {
        Stage.WAITING: ("投标中", "bids are taken"),
        Stage.CLOSING: ("正在截标", "closing"),
        Stage.ENDED: ("未开标", "not opened"),
        Stage.COLLECTING: ("收集开启份额", "collecting officers' shares"),
        Stage.COMBINING: ("正在开启", "opening"),
        Stage.DONE: ("开标完成", "opened"),
        Stage.FAILED: ("未能开标", "not opened"),
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
PROJECTOR: Final = "screen"

pages = Pages("opening", __name__, words=(STATES, STAGES, OUTCOMES))
pages.after_app_request(record_sealed_look)


@pages.get("/tenders/<no>/opening", endpoint="hall")
@public
def hall_page(no: str) -> str:
    """The hall of one tender: before the closing it says when; afterwards what has happened."""
    now = moment()

    def read(session: Session) -> tuple[Hall, str, OpeningFacts | None, Proof | None]:
        seen, version = hall(session, no, now), pulse(session, no, now)
        try:
            opening = queries.opening(session, no)
        except NotFound:
            return seen, version, None, None
        return seen, version, opening, _proof(session, opening)

    seen, version, opening, proof = site().office.read(read)
    record = None if opening is None else opening.record
    return render_template(
        "opening/hall.html",
        hall=seen,
        version=version,
        steps=_steps(seen),
        record=record,
        closing_hash=None if opening is None else opening.closing_hash.hex(),
        bids=[] if record is None else [_line(item) for item in _list(record, "bids")],
        say=lambda event: _say(seen, event),
        part=lambda role: part(role, language()),
        projector=request.args.get("view") == PROJECTOR,
        proof=proof,
    )


def _proof(session: Session, opening: OpeningFacts) -> Proof:
    """The badge of the opening record, or of the closing while there is none."""
    kind = "closing" if opening.record is None else "opening-record"
    entries = entries_of(session, opening.no, kind)
    entry = entries[-1] if entries else None
    return badge(session, entry, url_for("opening.hall", no=opening.no))


@pages.get("/tenders/<no>/opening.json")
@public
def live(no: str) -> Response:
    """What the hall's script asks every two seconds: whether anything has happened, and what."""
    now = moment()
    version = site().office.read(lambda session: pulse(session, no, now))
    answer = Response(content_type="application/json")
    answer.set_etag(f"{version}-{language()}")
    answer.headers["Cache-Control"] = "private, no-cache"
    answer.vary.update(["Accept-Language", "Cookie"])
    if request.if_none_match.contains(f"{version}-{language()}"):
        answer.status_code = 304
        return answer
    seen = site().office.read(lambda session: hall(session, no, now))
    told: list[Json] = [_say(seen, event) for event in seen.events]
    answer.set_data(
        canonical(
            {
                "version": version,
                "stage": seen.stage.value,
                "round": seen.round,
                "here": seen.here,
                "needed": seen.k,
                "events": told,
            }
        )
    )
    return answer


def _say(seen: Hall, event: HallEvent) -> str:
    """An event in the reader's language, as the page lists it and the screen reader says it."""
    if event.what is Happening.CAME:
        return gettext(
            "Round %(round)s: the officer of %(who)s has handed in shares",
            round=event.round,
            who=next((one.name(language()) for one in seen.seats if one.i == event.seat), ""),
        )
    if event.what is Happening.COMPLETE:
        return gettext("Round %(round)s: enough officers have come; opening", round=event.round)
    if event.what is Happening.CLOSED:
        return gettext("Bids are closed: %(count)s stand in the closing record", count=event.count)
    if event.what is Happening.NAMED:
        return gettext("The bidders are named: %(count)s bids stand", count=event.count)
    if event.what is Happening.RECORDED:
        return gettext("The opening record is published: %(count)s bids", count=event.count)
    return gettext("The opening has ended by rule without a record")


def _steps(seen: Hall) -> Sequence[Step]:
    """Closing, one step a round, the record."""
    labels = [gettext("Closing"), gettext("Names"), gettext("Technical"), gettext("Prices")]
    labels = [*labels[: 1 + seen.rounds], gettext("Record")]
    over = seen.stage is Stage.DONE
    now = len(labels) if over else seen.round
    return [
        Step(
            label,
            "",
            StepState.DONE if at < now else StepState.NOW if at == now else StepState.NEXT,
        )
        for at, label in enumerate(labels)
    ]


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
