"""Bidding in rounds: when a price is taken, and which; the moments are the rulebook's.

The first round begins with its first moment included; a round ends with its last moment included,
where the next one begins. Ten o'clock to the microsecond is in the first round of ten o'clock,
three minutes past to the microsecond is in it still, nine minutes past is in the third, and one
microsecond later is late.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Protocol

from intermediaries.offers.rules.enrolling import GRACE
from intermediaries.offers.rules.states import SelectionState
from intermediaries.rulebook.selection.by_rounds import round_of
from intermediaries.rulebook.selection.modes import Mode
from intermediaries.rulebook.selection.quotes import FAULT_WORDS, Fault
from intermediaries.rulebook.selection.sources import ROUNDS_RULE
from intermediaries.rulebook.selection.terms import ROUND_MINUTES, ROUNDS, Terms
from market.kernel.errors import BadInput, Refusal
from market.kernel.money import Money
from market.protocol.encoding import stamp
from market.protocol.selection_files import OFFER_LIMIT

LENGTH: Final = timedelta(minutes=ROUND_MINUTES)
LISTED: Final = frozenset({SelectionState.CLOSED, SelectionState.DRAWING})
"""States in which the list stands and the rounds may run."""


class Round(Protocol):
    """A selection as far as its rounds need it."""

    @property
    def mode(self) -> Mode:
        """How one agency is chosen."""

    @property
    def state(self) -> SelectionState:
        """How far it is."""

    @property
    def decides_at(self) -> datetime | None:
        """The last moment of the last round, included."""


@dataclass(frozen=True, slots=True)
class Running:
    """Where the rounds are: the number of the one that runs, None outside; when that changes.

    `until`: the last moment, included, of the round that runs; before all of them the first moment
    of the first; None when all are over.
    """

    number: int | None
    until: datetime | None

    @property
    def is_over(self) -> bool:
        """Whether all rounds have ended."""
        return self.until is None


def running_at(terms: Terms, now: datetime) -> Running:
    """Where the rounds are at a moment; for terms that have rounds."""
    begins = terms.rounds_from
    if begins is None:
        raise ValueError("terms without rounds")
    number = round_of(terms, now)
    if number is not None:
        return Running(number, begins + number * LENGTH)
    return Running(None, begins if now < begins else None)


def waits_for_rounds(row: Round, now: datetime) -> bool:
    """Whether prices may still come in, or be on their way in: the rule is not asked yet."""
    if row.mode is not Mode.MULTIROUND or row.decides_at is None:
        return False
    return now <= row.decides_at + GRACE


def refuse_unless_running(terms: Terms, state: SelectionState, now: datetime) -> int:
    """Go on only while a round runs and the list stands; the round's number.

    `rounds-not-open`, `rounds-over`; `list-awaited` while the list does not stand yet.
    """
    found = running_at(terms, now)
    if found.number is None and found.until is not None:
        raise Refusal(
            "rounds-not-open",
            zh=f"第一轮自 {stamp(found.until)} 开始，此前不接受报价",
            en=f"The first round begins at {stamp(found.until)}; no price is taken before",
            article=ROUNDS_RULE,
        )
    if found.number is None or state not in (*LISTED, SelectionState.OPEN):
        raise Refusal(
            "rounds-over",
            zh=f"{ROUNDS}轮竞价已结束，不再接受报价",
            en=f"All {ROUNDS} rounds are over; no price is taken any more",
            article=ROUNDS_RULE,
        )
    if state not in LISTED:
        raise Refusal(
            "list-awaited",
            zh="报名清单尚未公布，稍候再报",
            en="The list of enrolments does not stand yet; try again in a moment",
        )
    return found.number


def refuse_unless_counting(fault: Fault | None) -> None:
    """Go on only with an enrolment that counts; `does-not-count` says why it does not."""
    if fault is not None:
        zh, en = FAULT_WORDS[fault]
        raise Refusal(
            "does-not-count",
            zh=f"本单位的报名不计入：{zh}",
            en=f"Your enrolment does not count: {en}",
            status=403,
        )


def refuse_unless_lower(terms: Terms, price: Money, before: Money | None, named: int) -> None:
    """Go on only with a price within the limits and not above one's own before.

    Both limits are inside. `beyond-limits`, `price-higher`; `too-many-prices` after a thousand.
    """
    if not terms.is_within(price):
        words = (
            f"报价须大于零且不高于最高限价{terms.ceiling}元",
            f"Above zero and at most the ceiling of {terms.ceiling} yuan",
        )
        raise BadInput("beyond-limits", zh=words[0], en=words[1], fields={"price": words})
    if before is not None and price > before:
        words = (
            f"不得高于本单位上次报价{before}元",
            f"Not above your own price before, {before} yuan",
        )
        raise Refusal(
            "price-higher",
            zh=words[0],
            en=words[1],
            article=ROUNDS_RULE,
            fields={"price": words},
        )
    if named >= OFFER_LIMIT:
        raise Refusal(
            "too-many-prices",
            zh=f"报价次数已达{OFFER_LIMIT}次",
            en=f"{OFFER_LIMIT} prices are named already",
        )
