"""Beginning: bids get their table numbers with the opening record, the panel its seats."""

import secrets
from collections.abc import Sequence
from fractions import Fraction
from typing import Final
from uuid import UUID, uuid4

from sqlalchemy import select

from bidding.evaluation.model import EvaluatedBid, Evaluation, EvaluationSeat, Indicator
from bidding.evaluation.rules.prices import preferences_for
from bidding.evaluation.rules.states import EVALUATION, EvaluationAction, EvaluationState
from bidding.evaluation.signs import signs
from bidding.opening import queries as openings
from bidding.opening.numbers import numbers_awaited
from bidding.panels import queries as panels
from bidding.rulebook.criteria import Kind, Scheme
from bidding.rulebook.figures import read_figure, write_figure
from bidding.tenders import commands as tender_course
from bidding.tenders import queries as tenders
from bidding.tenders.facts import TenderFacts
from market.command import Work
from market.kernel.errors import BadInput
from market.kernel.workdays import legal_day
from market.protocol.encoding import Json, JsonObject, b64u, structure
from market.protocol.entries import SALT_LENGTH, commitment
from market.protocol.offers import read_offer

SIZE_CLASS: Final = "size-class"
SMALL_SHARE: Final = "small-share"
NATIONAL: Final = "national-product"
SMALL_CLASSES: Final = frozenset({"small", "micro"})
"""Facts of the price envelope by which preferences are claimed; the percent is a whole number."""


def open_evaluation(work: Work, tender: UUID) -> None:
    """Give every opened bid a table number and journal the salted commitment to all of them.

    Numbers follow the order that was drawn on the closing record; while it is being drawn, and
    where there is no panel yet, nothing happens. The panel, if it has come already, takes its
    seats at once. A second call changes nothing.
    """
    facts = tenders.facts_by_id(work.session, tender)
    if not panels.has_panel(work.session, facts.no) or numbers_awaited(work.session, facts.no):
        return
    if work.session.scalar(select(Evaluation.id).where(Evaluation.tender == tender)) is not None:
        return
    row = Evaluation(
        id=uuid4(),
        tender=tender,
        tender_no=facts.no,
        state=EvaluationState.SIGNING_IN,
        numbers_salt=secrets.token_bytes(SALT_LENGTH),
        numbers_commitment=b"",
        opened_at=work.now,
    )
    bids = _numbered(work, row, facts)
    row.numbers_commitment = commitment(row.numbers_salt, numbers_json(facts.no, bids))
    work.session.add(row)
    work.session.flush()
    work.session.add_all(bids)
    work.session.flush()
    _stated_indicators(work, facts, bids)
    for sign in signs(work.session, row):
        work.note(facts.no, "collusion.sign", rule=sign.rule, score=str(sign.score))
    work.publish(
        "score-lock",
        facts.no,
        structure("table-numbers", tender=facts.no, commitment=b64u(row.numbers_commitment)),
    )
    _begin_if_seated(work, row)


def seat_panel(work: Work, panel: UUID) -> None:
    """Let a panel that has come take its seats, if the bids are open already."""
    no = panels.subject_of(work.session, panel)
    row = work.session.scalar(
        select(Evaluation).where(Evaluation.tender_no == no).with_for_update()
    )
    if row is not None:
        _begin_if_seated(work, row)


def numbers_json(no: str, bids: Sequence[EvaluatedBid]) -> JsonObject:
    """Table number and bidder of every opened bid: what the commitment stands for."""
    numbers: dict[str, Json] = {bid.number: bid.uscc for bid in bids}
    return structure("table-numbers", tender=no, numbers=numbers)


def _begin_if_seated(work: Work, row: Evaluation) -> None:
    if row.state is not EvaluationState.SIGNING_IN:
        return
    seated = panels.seated(work.session, row.tender_no)
    if not seated.is_seated:
        return
    members = sorted(seated.members, key=lambda _: secrets.token_bytes(SALT_LENGTH))
    work.session.add_all(
        EvaluationSeat(
            evaluation=row.id,
            person=member.person,
            number=f"M{place:02d}",
            is_representative=member.is_representative,
        )
        for place, member in enumerate(members, start=1)
    )
    house = work.as_house()
    row.started_at = work.now
    house.move(row, EVALUATION, EvaluationAction.CLOSE_ROLL)
    house.move(row, EVALUATION, EvaluationAction.START_CHECKS)
    tender_course.begin_evaluation(work, row.tender_no)


def _numbered(work: Work, row: Evaluation, facts: TenderFacts) -> list[EvaluatedBid]:
    opened = openings.in_dark_order(work.session, facts.no)
    return [
        EvaluatedBid(
            id=uuid4(),
            evaluation=row.id,
            bid=bid.id,
            number=f"{place:02d}",
            uscc=bid.uscc,
            price=bid.price,
            preferences=_claimed(bid.offer, facts),
        )
        for place, bid in enumerate(opened, start=1)
    ]


def _claimed(offer: JsonObject, facts: TenderFacts) -> list[str]:
    stated = {fact.name: fact.value for fact in read_offer(offer)}
    share = stated.get(SMALL_SHARE, 0)
    claimed = preferences_for(
        small=stated.get(SIZE_CLASS) in SMALL_CLASSES,
        small_share=Fraction(share) if isinstance(share, int) else Fraction(0),
        national=stated.get(NATIONAL) is True,
        on=legal_day(facts.published_at),
    )
    return sorted(one.value for one in claimed)


def _stated_indicators(work: Work, facts: TenderFacts, bids: Sequence[EvaluatedBid]) -> None:
    """Take over the figures that a technical offer states under a criterion's subject."""
    by_id = {bid.bid: bid for bid in bids}
    for dark in openings.dark_bids(work.session, facts.no):
        stated = {fact.name: fact.value for fact in read_offer(dark.offer)}
        for code, figure in _figures(facts.scheme, stated):
            work.session.add(Indicator(bid=by_id[dark.id].id, criterion=code, value=figure))


def _figures(scheme: Scheme, stated: dict[str, Json]) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for row in scheme.criteria:
        value = stated.get(row.subject)
        if row.kind is not Kind.OBJECTIVE or isinstance(value, bool):
            continue
        if isinstance(value, int | str):
            try:
                figure = write_figure(read_figure(str(value)))
            except BadInput:
                continue  # not a figure: the panel finds it out and enters it
            found.append((row.code, figure))
    return found
