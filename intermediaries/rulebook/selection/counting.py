"""Which enrolments count, whether they are enough, and what follows when they are not."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from intermediaries.rulebook.selection.modes import FUNDS_NAMES, NAMES, PRICED, Funds, Mode
from intermediaries.rulebook.selection.outcome import (
    Cause,
    Failure,
    Figure,
    Outcome,
    Row,
    Standing,
    Then,
    money_figure,
    plain_figure,
)
from intermediaries.rulebook.selection.quotes import FAULT_WORDS, Fault, Quote
from intermediaries.rulebook.selection.sources import (
    AVERAGE_LEAST,
    CITY_LEAST,
    FISCAL_LEAST,
    NO_QUOTE,
    ONE_ONLY,
    REVIEWERS_RULE,
    ROUNDS_LEAST,
    TWO_LEAST,
)
from intermediaries.rulebook.selection.terms import Terms
from market.kernel.law import Article, Dated, in_force


def sift(terms: Terms, quotes: Sequence[Quote]) -> tuple[list[Quote], list[Row]]:
    """The quotes that count, each with the price that holds for it, and the rows of the others.

    Prices at a limit are inside. Bidding in rounds has its own prices (`by_rounds`).
    """
    valid, invalid = list[Quote](), list[Row]()
    for quote in quotes:
        held = _priced(terms, quote)
        fault = held.fault or _named_fault(terms, held) or _price_fault(terms, held)
        if fault is None:
            valid.append(held)
        else:
            invalid.append(invalid_row(terms, quote, fault))
    return valid, invalid


def invalid_row(terms: Terms, quote: Quote, fault: Fault) -> Row:
    """The row of an enrolment that does not count."""
    zh, en = FAULT_WORDS[fault]
    return Row(
        quote.key,
        quote.agency,
        Standing.INVALID,
        None,
        () if quote.price is None else (price_of(terms, quote),),
        f"不计入：{zh}",
        f"Does not count: {en}",
    )


def price_of(terms: Terms, quote: Quote) -> Figure:
    """The figure of a quote's price, which it must have."""
    if quote.price is None:
        raise ValueError("a quote without a price")
    return money_figure("price", quote.price.fen, terms.unit, "报价", "price")


def count_of(valid: Sequence[Quote]) -> Figure:
    """The figure N."""
    return plain_figure("count", len(valid), "有效报名（家）", "valid enrolments")


def needed(terms: Terms) -> tuple[int, Article]:
    """How many enrolments must count, and by which rule."""
    fiscal, on = terms.funds is Funds.FISCAL, terms.published
    match terms.mode:
        case Mode.DIRECT:
            return 1, ONE_ONLY
        case Mode.RANDOM | Mode.LOWEST | Mode.REFPRICE if fiscal:
            return _with_the_citys(terms, in_force(FISCAL_LEAST, on))
        case Mode.RANDOM | Mode.LOWEST | Mode.REFPRICE:
            return 1, NO_QUOTE
        case Mode.AVERAGE:
            held = in_force(AVERAGE_LEAST, on)
            return _with_the_citys(terms, held) if fiscal else (held.value, held.article)
        case Mode.MULTIROUND:
            held = in_force(ROUNDS_LEAST, on)
            return held.value, held.article
        case Mode.CREDIT | Mode.SCHEME:
            held = in_force(TWO_LEAST, on)
            return held.value, held.article


def _with_the_citys(terms: Terms, law: Dated[int]) -> tuple[int, Article]:
    """The law's number, or the city's where that is higher."""
    if terms.min_quotes > law.value:
        return terms.min_quotes, CITY_LEAST
    return law.value, law.article


def shortfall(terms: Terms, valid: Sequence[Quote], *, is_extended: bool) -> Failure | None:
    """The failure when too few enrolments count.

    Only a random draw goes on for one working day, once: there the price is the owner's. Sealed
    prices open at their stated moment whatever happens, so no enrolment can go on behind them.
    """
    number, article = needed(terms)
    if len(valid) >= number:
        return None
    extends = terms.mode is Mode.RANDOM and not is_extended
    funds = FUNDS_NAMES[terms.funds]
    after_zh = "报名延长1个工作日，仅此一次" if extends else "选取失败，重新发布"
    after_en = (
        "enrolment goes on for one working day, this once"
        if extends
        else "the selection failed and is published anew"
    )
    return Failure(
        Cause.TOO_FEW if valid else Cause.NO_QUOTE,
        Then.EXTEND if extends else Then.ANEW,
        article if valid or number > 1 else NO_QUOTE,
        f"有效报名{len(valid)}家，{funds[0]}项目{NAMES[terms.mode][0]}需要{number}家：{after_zh}",
        f"{len(valid)} valid enrolments where {NAMES[terms.mode][1]} with {funds[1]} needs"
        f" {number}: {after_en}",
    )


def no_reviewers(valid: Sequence[Quote]) -> Failure:
    """The failure of a choice by scheme whose reviewers could not be had in time."""
    return Failure(
        Cause.NO_REVIEWERS,
        Then.ANEW,
        REVIEWERS_RULE,
        f"有效报名{len(valid)}家，但在规定期限内未能凑齐评审人员：选取失败，重新发布",
        f"{len(valid)} valid enrolments, but not all reviewers could be had in time: the selection"
        " failed and is published anew",
    )


def failed(terms: Terms, valid: Iterable[Quote], invalid: Iterable[Row], why: Failure) -> Outcome:
    """The outcome of a failure: every enrolment with its row, and nobody chosen."""
    held = list(valid)
    rows = [
        Row(
            quote.key,
            quote.agency,
            Standing.NOT_CHOSEN,
            None,
            () if quote.price is None else (price_of(terms, quote),),
            "有效，但选取失败，无人中选",
            "Counts, but the selection failed and nobody was chosen",
        )
        for quote in held
    ]
    return Outcome(terms.mode, None, (), (), ascending(rows, invalid), (count_of(held),), why)


def ascending(*parts: Iterable[Row]) -> tuple[Row, ...]:
    """All rows ascending by key."""
    return tuple(sorted((row for part in parts for row in part), key=lambda row: row.key))


def _priced(terms: Terms, quote: Quote) -> Quote:
    """The quote with the price that holds: the owner's in a random draw, or where it has none."""
    if terms.mode is Mode.RANDOM or (quote.price is None and terms.mode not in PRICED):
        return replace(quote, price=terms.fixed)
    return quote


def _named_fault(terms: Terms, quote: Quote) -> Fault | None:
    is_other = terms.mode is Mode.DIRECT and quote.agency != terms.named
    return Fault.NOT_NAMED if is_other else None


def _price_fault(terms: Terms, quote: Quote) -> Fault | None:
    if quote.price is None:
        return Fault.NO_PRICE
    return None if terms.is_within(quote.price) else Fault.BEYOND_LIMITS
