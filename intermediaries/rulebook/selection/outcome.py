"""What a selection gives: who was chosen, and for every quote why it came where it did."""

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import Final

from intermediaries.rulebook.selection.modes import FEN_IN, UNIT_NAMES, Mode, Unit
from intermediaries.rulebook.selection.sources import RULES
from market.kernel.law import Article
from market.kernel.rounding import Rounding, to_places

_EXACT_PLACES: Final = 6
_SHORT_PLACES: Final = 4


class Standing(StrEnum):
    """What became of one enrolment."""

    WINNER = "winner"
    ALTERNATE = "alternate"
    SHORTLISTED = "shortlisted"
    NOT_CHOSEN = "not-chosen"
    DROPPED_HIGH = "dropped-high"
    DROPPED_LOW = "dropped-low"
    CUT = "cut"
    INVALID = "invalid"


class Cause(StrEnum):
    """Why a selection failed."""

    NO_QUOTE = "no-quote"
    TOO_FEW = "too-few"
    NO_REVIEWERS = "no-reviewers"


class Then(StrEnum):
    """What the rule says next: the enrolment goes on for one working day, or it is published anew.

    Nobody chooses by hand after a failure.
    """

    EXTEND = "extend-one-working-day"
    ANEW = "publish-anew"


@dataclass(frozen=True, slots=True)
class Figure:
    """One number of the reckoning: exact, as shown, and what it is in both languages."""

    name: str
    exact: Fraction
    shown: str
    zh: str
    en: str

    def words(self, language: str) -> str:
        """The number with its name, in "zh" or "en"."""
        return f"{self.zh} {self.shown}" if language == "zh" else f"{self.en} {self.shown}"


@dataclass(frozen=True, slots=True)
class Row:
    """One enrolment in the outcome; `place` is 1 for the first, None where there is no order."""

    key: bytes
    agency: str
    standing: Standing
    place: int | None
    figures: tuple[Figure, ...]
    zh: str
    en: str

    def words(self, language: str) -> str:
        """Why it came where it did, in "zh" or "en"."""
        return self.zh if language == "zh" else self.en


@dataclass(frozen=True, slots=True)
class Failure:
    """Why nobody was chosen, by which rule, and what follows."""

    cause: Cause
    then: Then
    article: Article
    zh: str
    en: str

    def words(self, language: str) -> str:
        """The failure in "zh" or "en", with its rule."""
        cited = self.article.cite(language)
        return f"{self.zh}（{cited}）" if language == "zh" else f"{self.en} ({cited})"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a selection gives.

    Either a winner, or a failure, or, in a choice by credit, a short list that waits for the
    owner's pick. `alternates` follow the winner if it gives up, where the rule has any; without
    them the demand is published anew. `rows` stand ascending by key.
    """

    mode: Mode
    winner: bytes | None
    alternates: tuple[bytes, ...]
    shortlist: tuple[bytes, ...]
    rows: tuple[Row, ...]
    figures: tuple[Figure, ...]
    failure: Failure | None

    @property
    def article(self) -> Article:
        """The rule of the mode."""
        return RULES[self.mode]

    @property
    def is_waiting(self) -> bool:
        """Whether the owner's pick from the short list is still to come."""
        return self.winner is None and self.failure is None

    def row(self, key: bytes) -> Row:
        """The row of an enrolment; `LookupError` for a key that is none of them."""
        found = next((item for item in self.rows if item.key == key), None)
        if found is None:
            raise LookupError("no such enrolment")
        return found


def money_figure(name: str, fen: Fraction | int, unit: Unit, zh: str, en: str) -> Figure:
    """An amount in the unit of the notice, exact in fen."""
    exact = Fraction(fen)
    shown = decimal(exact / FEN_IN[unit])
    return Figure(
        name, exact, shown, f"{zh}（{UNIT_NAMES[unit][0]}）", f"{en} ({UNIT_NAMES[unit][1]})"
    )


def plain_figure(name: str, exact: Fraction | int, zh: str, en: str) -> Figure:
    """A number without a unit of money: a whole number as such, another in decimals."""
    held = Fraction(exact)
    shown = str(held.numerator) if held.denominator == 1 else decimal(held)
    return Figure(name, held, shown, zh, en)


def decimal(exact: Fraction) -> str:
    """A number in decimals, two at least: exact up to six of them, else rounded to four with ≈."""
    if (exact * 10**_EXACT_PLACES).denominator != 1:
        return f"≈{to_places(exact, _SHORT_PLACES, Rounding.HALF_UP):,}"
    text = f"{to_places(exact, _EXACT_PLACES, Rounding.DOWN):,}"
    whole, _, rest = text.partition(".")
    return f"{whole}.{rest.rstrip('0'):0<2}"
