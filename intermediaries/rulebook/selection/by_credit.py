"""Choosing by credit: a list by credit, a short list drawn by lots, the owner's pick of one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import NoReturn

from intermediaries.rulebook.penalties import Level, credit_rules, level_of
from intermediaries.rulebook.selection.by_price import places_of
from intermediaries.rulebook.selection.counting import ascending, count_of, failed, price_of
from intermediaries.rulebook.selection.lots import Drawn, lots_of
from intermediaries.rulebook.selection.outcome import (
    Cause,
    Failure,
    Figure,
    Outcome,
    Row,
    Standing,
    Then,
    plain_figure,
)
from intermediaries.rulebook.selection.quotes import Pick, Quote
from intermediaries.rulebook.selection.sources import LOTS_RULE, OWNER_SILENT
from intermediaries.rulebook.selection.terms import Terms
from market.kernel.errors import BadInput, Refusal


@dataclass(frozen=True, slots=True)
class Listed:
    """The list: who stands on it in the order of credit, who was cut, the lots of each."""

    listed: tuple[Quote, ...]
    cut: tuple[Quote, ...]
    lots: Mapping[bytes, int]


def make_list(terms: Terms, valid: Sequence[Quote], drawn: Drawn | None) -> Listed:
    """The L of highest credit, equal ones in drawn order, and their lots.

    `BadInput` "credit-missing" where an enrolment has no credit, or not in whole hundredths.
    """
    places, size = places_of(drawn), terms.list_size or 0
    order = sorted(valid, key=lambda quote: (-_credit(quote), places[quote.key]))
    lots = {
        quote.key: lots_of(_credit(quote), times=_times(terms, quote)) for quote in order[:size]
    }
    return Listed(tuple(order[:size]), tuple(order[size:]), lots)


def by_credit(
    terms: Terms,
    valid: Sequence[Quote],
    invalid: Sequence[Row],
    drawn: Drawn | None,
    pick: Pick | None,
    as_of: datetime | None,
) -> Outcome:
    """The short list, and whom the owner picked from it.

    Without a pick it waits until `choose_by`; when `as_of` lies behind that, the first in drawn
    order is chosen: silence is no way to a better result. `not-on-short-list`, `reason-missing`
    and `pick-late` refuse a pick.
    """
    made = make_list(terms, valid, drawn)
    lots = [(quote.key, made.lots[quote.key]) for quote in made.listed]
    short = () if drawn is None else drawn.by_lots(lots, terms.short_size or 0)
    if not short:
        return failed(terms, valid, invalid, _no_lots())
    winner = _picked(terms, short, pick, as_of)
    rows = [_row(terms, made, short, place, winner, pick) for place in range(len(valid))]
    figures = (
        count_of(valid),
        plain_figure("list", len(made.listed), "名单（家）", "agencies on the list"),
        plain_figure("lots", sum(made.lots.values()), "号数合计", "lots in all"),
        plain_figure("short-list", len(short), "入围（家）", "agencies on the short list"),
    )
    return Outcome(terms.mode, winner, (), short, ascending(rows, invalid), figures, None)


def _picked(
    terms: Terms, short: Sequence[bytes], pick: Pick | None, as_of: datetime | None
) -> bytes | None:
    if pick is None:
        over = as_of is not None and terms.choose_by is not None and as_of > terms.choose_by
        return short[0] if over else None
    if pick.key not in short:
        _refuse("not-on-short-list", "只能从入围名单中选", "Pick one from the short list")
    if not pick.reason.strip():
        raise BadInput("reason-missing", zh="写明选定的理由", en="Write why this one is picked")
    if terms.choose_by is None or pick.at > terms.choose_by:
        _refuse(
            "pick-late",
            "已过公告规定的选定时间，按抽取次序取第一名",
            "The time for picking is over: the first in drawn order is chosen",
        )
    return pick.key


def _row(
    terms: Terms,
    made: Listed,
    short: Sequence[bytes],
    place: int,
    winner: bytes | None,
    pick: Pick | None,
) -> Row:
    """The row of the enrolment at this place by credit, from 0."""
    quote = (*made.listed, *made.cut)[place]
    credit = plain_figure("credit", _credit(quote), "信用分", "credit")
    if place >= len(made.listed):
        said = (
            f"信用分第{place + 1}位，不在{len(made.listed)}家名单内",
            f"Place {place + 1} by credit, beyond the list of {len(made.listed)}",
        )
        return _as(quote, Standing.CUT, None, (price_of(terms, quote), credit), said)
    number = made.lots[quote.key]
    figures = (price_of(terms, quote), credit, plain_figure("lots", number, "号数", "lots"))
    level, times = _level(terms, quote), _times(terms, quote)
    zh = f"信用分第{place + 1}位，{level}级，持{number}个号" + ("（加倍）" if times > 1 else "")
    en = f"Place {place + 1} by credit, level {level}, with {number} lots" + (
        " (doubled)" if times > 1 else ""
    )
    if quote.key not in short:
        said = f"{zh}，未抽中入围", f"{en}, not drawn for the short list"
        return _as(quote, Standing.NOT_CHOSEN, None, figures, said)
    drawn = short.index(quote.key) + 1
    zh, en = f"{zh}，第{drawn}个抽中入围", f"{en}, drawn as number {drawn} of the short list"
    if quote.key != winner:
        return _as(quote, Standing.SHORTLISTED, drawn, figures, (zh, en))
    why_zh = "业主逾期未选，按次序中选" if pick is None else f"业主选定，理由：{pick.reason}"
    why_en = (
        "the owner did not pick in time, so the first is chosen"
        if pick is None
        else f"picked by the owner, who says: {pick.reason}"
    )
    return _as(quote, Standing.WINNER, drawn, figures, (f"{zh}；{why_zh}", f"{en}; {why_en}"))


def _as(
    quote: Quote,
    standing: Standing,
    place: int | None,
    figures: tuple[Figure, ...],
    said: tuple[str, str],
) -> Row:
    return Row(quote.key, quote.agency, standing, place, figures, *said)


def _level(terms: Terms, quote: Quote) -> Level:
    return level_of(_credit(quote), credit_rules(terms.published))


def _times(terms: Terms, quote: Quote) -> int:
    """How many times a level's lots count, by the rules of credit on the day of the notice."""
    return credit_rules(terms.published).rights[_level(terms, quote)].lots


def _credit(quote: Quote) -> Fraction:
    held = quote.credit
    if held is None or (held * 100).denominator != 1:
        raise BadInput(
            "credit-missing",
            zh=f"{quote.agency} 没有以百分之一分计的信用分",
            en=f"{quote.agency} has no credit in whole hundredths of a point",
        )
    return held


def _no_lots() -> Failure:
    return Failure(
        Cause.TOO_FEW,
        Then.ANEW,
        LOTS_RULE,
        "名单上没有一家持有号，选取失败，重新发布",
        "Nobody on the list holds a lot: the selection failed and is published anew",
    )


def _refuse(code: str, zh: str, en: str) -> NoReturn:
    raise Refusal(code, zh=zh, en=en, article=OWNER_SILENT if code == "pick-late" else None)
