"""The ranking: from locked sheets and offers, exact, the same for whoever computes it again."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bidding.evaluation.model import Evaluation
from bidding.evaluation.price_lines import confirmed_lines
from bidding.evaluation.rows import indicators, offer_of, sheets, standing
from bidding.evaluation.rules.explain import (
    Line,
    explain_criterion,
    explain_evaluation_price,
    explain_place,
    explain_price,
    explain_total,
)
from bidding.evaluation.rules.prices import Offer, PriceScore, price_scores
from bidding.evaluation.rules.ranking import (
    NeedsDraw,
    Place,
    Ranking,
    contenders,
    rank,
)
from bidding.evaluation.rules.reasons import Cancelled
from bidding.evaluation.rules.scoring import BidScore, aggregate
from bidding.evaluation.rules.sheets import Facts, Sheet, read_sheet
from bidding.evaluation.rules.states import EVALUATION, EvaluationAction
from bidding.rulebook.limits import Method, fewest_bids
from bidding.rulebook.names import BidNumber
from bidding.tenders import queries as tenders
from bidding.tenders.facts import TenderFacts
from market.command import Work
from market.kernel.workdays import legal_day
from market.protocol.encoding import parse

SHEET_LIMIT = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Computed:
    """Everything that the order of the bids rests on, by table number."""

    offers: tuple[Offer, ...]
    prices: tuple[PriceScore, ...]
    scores: tuple[BidScore, ...]
    facts: Facts
    outcome: Ranking | NeedsDraw | Cancelled


def compute(work: Work, row: Evaluation, facts: TenderFacts) -> Computed:
    """The ranking of the bids that are still in, from what stands locked."""
    left = standing(work.session, row)
    offers = tuple(offer_of(bid) for bid in left)
    scheme = facts.scheme
    prices = price_scores(offers, weight=scheme.price_weight, deductions=scheme.deductions)
    figures = indicators(work.session, row)
    scores: tuple[BidScore, ...] = ()
    if scheme.method is not Method.LOWEST_PRICE:
        scores = aggregate(
            scheme,
            _locked_sheets(work, row),
            bids=[offer.bid for offer in offers],
            facts=figures,
            prices=prices,
        )
    outcome = rank(
        scheme,
        contenders(scheme, offers, scores),
        drawn=[BidNumber(number) for number in row.drawn or []],
        fewest=fewest_bids(legal_day(facts.published_at)).value,
    )
    return Computed(offers, prices, scores, figures, outcome)


def rank_bids(work: Work, row: Evaluation, facts: TenderFacts) -> None:
    """Write the ranking down, or call for the public draw where bids stand side by side."""
    found = compute(work, row, facts)
    house = work.as_house()
    if isinstance(found.outcome, NeedsDraw):
        house.move(row, EVALUATION, EvaluationAction.CALL_DRAW)
        return
    if isinstance(found.outcome, Cancelled):
        # The count is looked at wherever a bid falls out.
        raise AssertionError("fewer than three were ranked")  # noqa: TRY004  not a wrong type
    with work.session.no_autoflush:
        row.ranking = _lines(found, found.outcome, confirmed_lines(work.session, row))
        house.move(row, EVALUATION, EvaluationAction.RANK)


def compute_again(work: Work, row: Evaluation) -> None:
    """Write the ranking down once the order of a draw is there; "draw-does-not-fit"."""
    found = compute(work, row, tenders.facts(work.session, row.tender_no))
    if not isinstance(found.outcome, Ranking):
        raise AssertionError("no order")  # noqa: TRY004  not a wrong type
    row.ranking = _lines(found, found.outcome, confirmed_lines(work.session, row))


def _locked_sheets(work: Work, row: Evaluation) -> Sequence[Sheet]:
    return [
        read_sheet(parse(sheet.raw, limit=SHEET_LIMIT)).sheet
        for _, sheet in sheets(work.session, row)
        if sheet.raw is not None
    ]


def _lines(
    found: Computed, ranking: Ranking, corrections: Mapping[str, Sequence[Line]]
) -> list[dict[str, object]]:
    prices = {score.bid: score for score in found.prices}
    scores = {score.bid: score for score in found.scores}
    return [
        _line(
            place,
            [
                *corrections.get(place.bid, ()),
                *_told(place, prices.get(place.bid), scores.get(place.bid), found.facts),
            ],
        )
        for place in ranking.places
    ]


def _told(
    place: Place, price: PriceScore | None, score: BidScore | None, facts: Facts
) -> list[Line]:
    """How each figure of a bid came about: price, every criterion, the sum, the place."""
    told = [explain_evaluation_price(place.contender.price)]
    if price is not None and score is not None:
        told.append(explain_price(price))
        told += [explain_criterion(one, score, facts) for one in score.criteria]
        told.append(explain_total(score))
    return [*told, explain_place(place)]


def _line(place: Place, told: Sequence[Line]) -> dict[str, object]:
    bid = place.contender
    amount = bid.price.amount
    return {
        "rank": place.rank,
        "number": bid.bid,
        "offer": bid.offer.fen,
        "compared": [amount.numerator, amount.denominator],
        "total": str(bid.total),
        "technical": str(bid.technical),
        "business": str(bid.business),
        "price": str(bid.price_points),
        "decided_by": place.decided_by.value,
        "zh": [line.zh for line in told],
        "en": [line.en for line in told],
    }
