"""Prices named in rounds: an agency's own while they run, the whole list when the result is out.

While rounds run the platform knows every price as soon as it is named. Agencies see their own
alone; the public record has a salted hash of each, so that no price can be put in, left out or
dated anew afterwards.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from intermediaries.offers.model import EnrolmentRow, RoundPrice, Selection
from intermediaries.offers.rows import known, live
from intermediaries.rulebook.selection.modes import Mode
from market.kernel.errors import NotFound
from market.kernel.money import Money
from market.protocol.encoding import Json, JsonObject, b64u, canonical, digest, structure
from market.protocol.round_prices import NamedPrice, price_commitment, price_json

LISTED_MOST: Final = 48
"""Prices that stand in the journal's entry itself; of a longer list only the hash of it."""


@dataclass(frozen=True, slots=True)
class OwnPrice:
    """One price of one's own: when it was complete, in which round, its hash in the journal."""

    price: Money
    at: datetime
    round: int
    commitment: bytes

    @property
    def hash(self) -> str:
        """Its hash as the journal writes it."""
        return b64u(self.commitment)


def own_prices(session: Session, selection: UUID, agency: UUID) -> list[OwnPrice]:
    """What an agency has named, the newest and lowest first."""
    rows = session.scalars(
        select(RoundPrice)
        .where(RoundPrice.selection == selection, RoundPrice.agency == agency)
        .order_by(RoundPrice.price)
    )
    return [OwnPrice(one.price, one.at, one.round, one.commitment) for one in rows]


def offers_of(session: Session, row: Selection) -> dict[bytes, tuple[NamedPrice, ...]]:
    """By the hash of each enrolment the prices named, in the order of time; none without rounds.

    Of two at one moment the higher stands first: the lower one is the change.
    """
    if row.mode is not Mode.MULTIROUND:
        return {}
    found = dict[bytes, list[NamedPrice]]()
    keys = {one.agency: one.act_hash for one in live(session, row.id)}
    for one in _all(session, row.id):
        named = NamedPrice(one.at, one.price.fen, one.salt, one.commitment)
        found.setdefault(keys[one.agency], []).append(named)
    return {key: tuple(offers) for key, offers in found.items()}


def commitment(quote: bytes, price: Money, at: datetime, salt: bytes) -> bytes:
    """The hash of one price, as the journal holds it while rounds run."""
    return price_commitment(quote, price.fen, at, salt)


def opened_prices(session: Session, row: Selection) -> JsonObject:
    """Every price that was named, opened, in the order of time: "yg/round-prices/v1"."""
    keys = {one.agency: one.act_hash for one in live(session, row.id)}
    listed: list[Json] = [
        price_json(keys[one.agency], one.price.fen, one.at, one.salt)
        for one in _all(session, row.id)
    ]
    return structure("round-prices", demand=row.demand_no, round=row.round, prices=listed)


def published_prices(session: Session, no: str) -> JsonObject:
    """The opened prices of a published result; `NotFound` before, and in other modes."""
    row = known(session, no)
    if row.mode is not Mode.MULTIROUND or row.published_at is None:
        raise NotFound("not-yet", zh="选取结果尚未公布", en="The result is not published yet")
    return opened_prices(session, row)


def rounds_act(session: Session, row: Selection) -> JsonObject:
    """What the journal says of the rounds with the choice; nothing in other modes."""
    if row.mode is not Mode.MULTIROUND:
        return {}
    opened = opened_prices(session, row)
    listed = opened["prices"]
    few = isinstance(listed, list) and len(listed) <= LISTED_MOST
    return {"prices": listed if few else None, "prices_hash": b64u(digest(canonical(opened)))}


def own_enrolment(session: Session, selection: UUID, agency: UUID) -> EnrolmentRow | None:
    """An agency's live enrolment on the list; None without one."""
    return next((one for one in live(session, selection) if one.agency == agency), None)


def _all(session: Session, selection: UUID) -> Sequence[RoundPrice]:
    return session.scalars(
        select(RoundPrice)
        .where(RoundPrice.selection == selection)
        .order_by(RoundPrice.at, RoundPrice.price.desc(), RoundPrice.id)
    ).all()
