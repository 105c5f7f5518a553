"""One door to the eight modes: published terms, opened quotes and the draw give the outcome."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Final

from intermediaries.rulebook.selection.by_chance import at_random, direct
from intermediaries.rulebook.selection.by_credit import by_credit
from intermediaries.rulebook.selection.by_price import average, lowest, reference
from intermediaries.rulebook.selection.by_rounds import in_rounds, sift_rounds
from intermediaries.rulebook.selection.by_scheme import by_scheme
from intermediaries.rulebook.selection.counting import (
    failed,
    no_reviewers,
    shortfall,
    sift,
)
from intermediaries.rulebook.selection.lots import Drawn
from intermediaries.rulebook.selection.modes import NAMES, Mode
from intermediaries.rulebook.selection.outcome import Outcome, Row
from intermediaries.rulebook.selection.quotes import Pick, Quote, Sheet, check_quotes
from intermediaries.rulebook.selection.terms import Terms
from market.kernel.errors import Refusal


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """All that a choice is a function of, besides its terms.

    `quotes`: everybody who enrolled and had not withdrawn at closing. `drawn`: None only where no
    draw is needed, in a direct choice and when too few enrolled. `is_extended`: whether enrolment
    went on for its one working day already. `sheets`: of a choice by scheme. `pick`, `as_of`: of
    a choice by credit, the owner's pick and the moment the outcome is asked for; `as_of` without
    sheets in a choice by scheme: its time for having reviewers is over.
    """

    quotes: tuple[Quote, ...]
    drawn: Drawn | None = None
    is_extended: bool = False
    sheets: tuple[Sheet, ...] = ()
    pick: Pick | None = None
    as_of: datetime | None = None


_RULES: Final = MappingProxyType(
    {
        Mode.RANDOM: at_random,
        Mode.LOWEST: lowest,
        Mode.AVERAGE: average,
        Mode.REFPRICE: reference,
        Mode.MULTIROUND: in_rounds,
    }
)


def choose(terms: Terms, given: Given) -> Outcome:
    """The outcome of a selection; the same for everybody who has the same bytes.

    Refusals: `quote-twice`; `no-hand` for an owner's pick, `no-panel` for points, where the mode
    has none; `foreign-draw`, `no-draw`; those of the mode (`panel-misfit`, `not-on-short-list`,
    `reason-missing`, `pick-late`, `credit-missing`, `offers-unordered`).
    """
    check_quotes(given.quotes)
    _check_hands(terms, given)
    sifting = sift_rounds if terms.mode is Mode.MULTIROUND else sift
    valid, invalid = sifting(terms, given.quotes)
    if given.drawn is not None:
        given.drawn.check_of([quote.key for quote in given.quotes])
    failure = shortfall(terms, valid, is_extended=given.is_extended)
    if failure is not None:
        return failed(terms, valid, invalid, failure)
    if terms.mode is Mode.DIRECT:
        return direct(terms, valid, invalid)
    if given.drawn is None:
        raise Refusal("no-draw", zh="还没有抽取结果", en="The draw has not been held")
    return _by_mode(terms, given, valid, invalid)


def _by_mode(terms: Terms, given: Given, valid: Sequence[Quote], invalid: Sequence[Row]) -> Outcome:
    if terms.mode is Mode.CREDIT:
        return by_credit(terms, valid, invalid, given.drawn, given.pick, given.as_of)
    if terms.mode is Mode.SCHEME and given.as_of is not None and not given.sheets:
        return failed(terms, valid, invalid, no_reviewers(valid))
    if terms.mode is Mode.SCHEME:
        return by_scheme(terms, valid, invalid, given.drawn, given.sheets)
    return _RULES[terms.mode](terms, valid, invalid, given.drawn)


def _check_hands(terms: Terms, given: Given) -> None:
    """No hand reaches into a mode that has none: a failed automatic choice is nobody's to make."""
    name = NAMES[terms.mode]
    if given.pick is not None and terms.mode is not Mode.CREDIT:
        raise Refusal(
            "no-hand",
            zh=f"{name[0]}按规则得出结果，业主不能选定",
            en=f"In {name[1]} the rule decides; the owner picks nobody",
        )
    if given.sheets and terms.mode is not Mode.SCHEME:
        raise Refusal(
            "no-panel", zh=f"{name[0]}没有评审打分", en=f"{name[1].capitalize()} has no points"
        )
