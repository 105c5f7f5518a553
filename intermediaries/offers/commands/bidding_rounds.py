"""Naming prices in rounds; each is kept with its moment, and its salted hash is journaled."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from intermediaries.offers.model import RoundPrice, Selection
from intermediaries.offers.reckoning import may_draw
from intermediaries.offers.round_prices import commitment, own_enrolment, own_prices
from intermediaries.offers.rows import known, live, locked, no_selection, terms_of
from intermediaries.offers.rules.rounds import (
    refuse_unless_counting,
    refuse_unless_lower,
    refuse_unless_running,
)
from intermediaries.rulebook.selection.modes import Mode
from intermediaries.rulebook.selection.sources import ROUNDS_RULE
from market.accounts.queries import people
from market.accounts.roles import Role
from market.command import Work
from market.kernel.errors import Refusal
from market.kernel.money import Money
from market.kernel.permissions import Permission
from market.kernel.workdays import SHANGHAI
from market.protocol.encoding import b64u

SALT_LENGTH: Final = 32


@dataclass(frozen=True, slots=True)
class NamePrice:
    """A price for a demand whose rounds run."""

    no: str
    price: Money


def name_price(work: Work, cmd: NamePrice) -> Mapping[str, Any]:
    """Take a price; the same as one's last changes nothing and keeps its moment.

    The moment is that of the command, whatever it waits for. `NotFound` for whoever is not on the
    list and in other modes; then `rounds-not-open`, `rounds-over`, `list-awaited`;
    `does-not-count`; `too-few-enrolled` where the rule has failed the selection already;
    `beyond-limits`, `price-higher`, `too-many-prices`. States the price that stands, in fen.
    """
    work.need(Permission.OFFERS_OFFER_MAKE)
    row = locked(work, known(work.session, cmd.no).id)
    own = work.actor.organisation
    if row.mode is not Mode.MULTIROUND or own is None or work.actor.person is None:
        raise no_selection()
    enrolment = own_enrolment(work.session, row.id, own)
    if enrolment is None:
        raise no_selection()
    terms = terms_of(row)
    number = refuse_unless_running(terms, row.state, work.now)
    refuse_unless_counting(enrolment.fault)
    _refuse_too_few(work, row)
    before = own_prices(work.session, row.id, own)
    last = before[0].price if before else None
    if last == cmd.price:
        return {"price": last.fen}
    refuse_unless_lower(terms, cmd.price, last, len(before))
    salt = secrets.token_bytes(SALT_LENGTH)
    made = commitment(enrolment.act_hash, cmd.price, work.now, salt)
    work.session.add(
        RoundPrice(
            selection=row.id,
            agency=own,
            round=number,
            price=cmd.price,
            at=work.now,
            salt=salt,
            commitment=made,
            person=work.actor.person,
        )
    )
    work.publish(
        "selection",
        row.subject,
        {"demand": row.demand_no, "round": row.round, "price": b64u(made)},
    )
    work.note(row.subject, "selection.price-named")
    return {"price": cmd.price.fen}


def call_to_rounds(work: Work, row: Selection, begins: datetime) -> None:
    """Write to every agency on the list when the rounds begin and where."""
    at = begins.astimezone(SHANGHAI)
    for one in live(work.session, row.id):
        for address in people.addresses_of_role(work.session, one.agency, Role.AGENCY):
            work.letter(
                address,
                "SM19",
                key=f"rounds:{row.id}:{address}",
                zh=f"{row.demand_no}：报名清单已公布，多轮竞价于{at:%Y-%m-%d %H:%M}开始，"
                "共3轮、每轮3分钟",
                en=f"{row.demand_no}: the list stands; bidding begins at {at:%Y-%m-%d %H:%M}, three"
                " rounds of three minutes",
                link=f"/demands/{row.demand_no}/rounds",
            )


def _refuse_too_few(work: Work, row: Selection) -> None:
    if not may_draw(work.session, row):
        raise Refusal(
            "too-few-enrolled",
            zh="有效报名不足，选取按规则失败，不进行竞价",
            en="Too few enrolments count: the selection fails by rule and there is no bidding",
            article=ROUNDS_RULE,
        )
