"""Scores of bundled assessment: what agency and department get for one case, and for a period.

Both rise and fall with the same share of the bundle's limit. Everything is exact (`Fraction`) and
rounded only when it is shown. The formula is a rule of this platform; no published one exists.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Final, Generic, TypeVar

from intermediaries.rulebook.clock.parties import Party
from intermediaries.rulebook.clock.reading import Reading
from intermediaries.rulebook.periods import SINCE
from market.kernel.errors import Refusal
from market.kernel.law import Dated, in_force, platform_rule
from market.kernel.rounding import Rounding, to_places
from market.kernel.workhours import hours_of

K = TypeVar("K")

_PLACES: Final = 2
_INSTANT: Final = timedelta(microseconds=1)


class Part(StrEnum):
    """One row of the explanation of a score."""

    OWN = "own"
    BUNDLE = "bundle"
    STARS = "stars"
    ROUNDS = "rounds"
    RETURNED = "returned"


@dataclass(frozen=True, slots=True)
class Formula:
    """Weights and penalties; the weights of each side add up to one."""

    department_bundle: Fraction
    department_own: Fraction
    agency_own: Fraction
    agency_bundle: Fraction
    agency_stars: Fraction
    points_per_star: Fraction
    per_round: Fraction
    per_return: Fraction
    fewest_cases: int


FORMULA: Final = (
    Dated(
        Formula(
            department_bundle=Fraction(6, 10),
            department_own=Fraction(4, 10),
            agency_own=Fraction(5, 10),
            agency_bundle=Fraction(3, 10),
            agency_stars=Fraction(2, 10),
            points_per_star=Fraction(20),
            per_round=Fraction(5),
            per_return=Fraction(10),
            fewest_cases=3,
        ),
        platform_rule(
            "捆绑考核计分：时限过半起扣分，时限处80分",
            "bundled assessment: 100 points up to half the limit, 80 at the limit",
        ),
        SINCE,
    ),
)


def points(share: Fraction) -> Fraction:
    """S(r): 100 up to half the limit, 80 at the limit, a point less per hundredth beyond it."""
    if share <= Fraction(1, 2):
        return Fraction(100)
    if share <= 1:
        return 100 - 40 * (share - Fraction(1, 2))
    return max(Fraction(0), 80 - 100 * (share - 1))


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseFigures:
    """What a decided case is scored by: charged working time, limits, and what is deducted for.

    `rounds` are the rounds beyond the first charged to a party, `returned` the decisions sent back
    for its reason. Limits are above zero.
    """

    agency: timedelta
    department: timedelta
    experts: timedelta
    agency_limit: timedelta
    department_limit: timedelta
    experts_limit: timedelta
    agency_rounds: int = 0
    department_rounds: int = 0
    agency_returned: int = 0
    department_returned: int = 0

    @property
    def limit(self) -> timedelta:
        """L, by which a case weighs in a period."""
        return self.agency_limit + self.department_limit + self.experts_limit

    @property
    def agency_share(self) -> Fraction:
        """r_A."""
        return ratio(self.agency, self.agency_limit)

    @property
    def department_share(self) -> Fraction:
        """r_D."""
        return ratio(self.department, self.department_limit)

    @property
    def bundle_share(self) -> Fraction:
        """r_B."""
        return ratio(self.agency + self.department + self.experts, self.limit)


@dataclass(frozen=True, slots=True)
class Row:
    """One row of an explanation: what it adds to the score (negative: takes), and why."""

    part: Part
    adds: Fraction
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Score:
    """A score of one case: the sum of its rows, exactly."""

    rows: tuple[Row, ...]

    @property
    def value(self) -> Fraction:
        """The score, not rounded; below zero where more is deducted than was earned."""
        return sum((row.adds for row in self.rows), Fraction(0))

    @property
    def shown(self) -> Decimal:
        """With two decimals, half up."""
        return shown(self.value)


def figures(reading: Reading) -> CaseFigures:
    """What a read case is scored by; `Refusal` "not-decided" where no decision ended it."""
    if reading.limits is None or reading.outcome is None:
        raise Refusal(
            "not-decided",
            zh="本案尚无审批决定，不计分",
            en="There is no decision in this case, so it has no score",
        )
    beyond = [each.liable for each in reading.rounds if each.number > 1]
    return CaseFigures(
        agency=reading.charged[Party.AGENCY],
        department=reading.charged[Party.DEPARTMENT],
        experts=reading.charged[Party.EXPERT],
        agency_limit=reading.limits.agency,
        department_limit=reading.limits.department,
        experts_limit=reading.limits.experts,
        agency_rounds=beyond.count(Party.AGENCY),
        department_rounds=beyond.count(Party.DEPARTMENT),
        agency_returned=reading.returned[Party.AGENCY],
        department_returned=reading.returned[Party.DEPARTMENT],
    )


def department_score(case: CaseFigures, *, on: date) -> Score:
    """0.6 S(r_B) + 0.4 S(r_D) and the deductions, by the formula in force on a day."""
    by = in_force(FORMULA, on).value
    return Score(
        (
            _bundle_row(case, by.department_bundle),
            _own_row(Party.DEPARTMENT, case.department, case.department_limit, by.department_own),
            *_deductions(by, case.department_rounds, case.department_returned),
        )
    )


def agency_score(case: CaseFigures, stars: Fraction, *, on: date) -> Score:
    """0.5 S(r_A) + 0.3 S(r_B) + 0.2 (stars x 20) and the deductions; `stars` from 1 to 5."""
    by = in_force(FORMULA, on).value
    if not 1 <= stars <= 5:  # noqa: PLR2004  # the scale of stars itself
        raise ValueError(f"{stars} stars")
    worth = stars * by.points_per_star
    return Score(
        (
            _own_row(Party.AGENCY, case.agency, case.agency_limit, by.agency_own),
            _bundle_row(case, by.agency_bundle),
            Row(
                Part.STARS,
                by.agency_stars * worth,
                f"评价{shown(stars)}星，折{shown(worth)}分，权重{_percent(by.agency_stars)}",
                f"rated {shown(stars)} stars, worth {shown(worth)} points,"
                f" weight {_percent(by.agency_stars)}",
            ),
            *_deductions(by, case.agency_rounds, case.agency_returned),
        )
    )


@dataclass(frozen=True, slots=True)
class Weighed(Generic[K]):
    """One case of somebody's period: whose, its score, and its limit as the weight."""

    key: K
    score: Fraction
    limit: timedelta


@dataclass(frozen=True, slots=True)
class Standing(Generic[K]):
    """Somebody's period: the mean weighted by L, and the rank; None with too few cases to rank."""

    key: K
    cases: int
    limit: timedelta
    mean: Fraction
    rank: int | None

    def words(self, language: str) -> str:
        """The rank, or why there is none."""
        if self.rank is None:
            return "业务量不足，不排名" if language == "zh" else "too few cases, not ranked"
        return f"第{self.rank}名" if language == "zh" else f"rank {self.rank}"


def ranking(
    cases: Iterable[Weighed[K]], *, on: date, taken: Iterable[Weighed[K]] = ()
) -> tuple[Standing[K], ...]:
    """Everybody's period, best first, those with too few cases last; equal means share a rank.

    The mean of scores weighted by the limits of their cases, which is not the mean of means. Who
    shares a rank, or has none, stands in the order in which they were first seen. `taken`: points
    lost in this period for cases of earlier ones, weighed by the limits of those; they lower the
    mean of whoever has a case here (`KeyError` for anybody else) and add nothing to its weight.
    """
    fewest = in_force(FORMULA, on).value.fewest_cases
    sums: dict[K, _Sum] = {}
    for case in cases:
        sums.setdefault(case.key, _Sum()).add(case)
    for lost in taken:
        sums[lost.key].take(lost)
    means = {key: each.mean() for key, each in sums.items()}
    enough = [key for key, each in sums.items() if each.cases >= fewest]
    places: dict[Fraction, int] = {}
    for place, value in enumerate(sorted((means[key] for key in enough), reverse=True), 1):
        places.setdefault(value, place)
    standings = [
        Standing(
            key,
            each.cases,
            each.limit,
            means[key],
            places[means[key]] if each.cases >= fewest else None,
        )
        for key, each in sums.items()
    ]
    return tuple(sorted(standings, key=lambda each: (each.rank is None, each.rank or 0)))


class _Sum:
    """The cases of one key: weighted scores kept apart by denominator, so that adding is quick."""

    def __init__(self) -> None:
        self.cases = 0
        self.limit = timedelta(0)
        self.numerators: dict[int, int] = {}

    def add(self, case: Weighed[K]) -> None:
        """One case more."""
        self.cases += 1
        self.limit += case.limit
        self._weigh(case.score, case.limit)

    def take(self, lost: Weighed[K]) -> None:
        """Points off for a case of an earlier period."""
        self._weigh(-lost.score, lost.limit)

    def _weigh(self, score: Fraction, limit: timedelta) -> None:
        weighed = score * (limit // _INSTANT)
        known = self.numerators.get(weighed.denominator, 0)
        self.numerators[weighed.denominator] = known + weighed.numerator

    def mean(self) -> Fraction:
        """The mean weighted by limits."""
        total = sum((Fraction(n, d) for d, n in self.numerators.items()), Fraction(0))
        return total / (self.limit // _INSTANT)


def ratio(used: timedelta, limit: timedelta) -> Fraction:
    """How much of a limit was used, exactly; `ValueError` for no limit at all."""
    if limit <= timedelta(0):
        raise ValueError("a limit is above zero")
    return Fraction(used // _INSTANT, limit // _INSTANT)


def shown(value: Fraction) -> Decimal:
    """A figure as it is shown: two decimals, half up. The last step, never one in between."""
    return to_places(value, _PLACES, Rounding.HALF_UP)


def _own_row(party: Party, used: timedelta, limit: timedelta, weight: Fraction) -> Row:
    earned = points(ratio(used, limit))
    return Row(
        Part.OWN,
        weight * earned,
        f"计{party.zh}{hours_of(used)}工时，时限{hours_of(limit)}工时，"
        f"得{shown(earned)}分，权重{_percent(weight)}",
        f"{hours_of(used)} of {hours_of(limit)} working hours charged to {party.en}:"
        f" {shown(earned)} points, weight {_percent(weight)}",
    )


def _bundle_row(case: CaseFigures, weight: Fraction) -> Row:
    used = case.agency + case.department + case.experts
    earned = points(case.bundle_share)
    return Row(
        Part.BUNDLE,
        weight * earned,
        f"全案计{hours_of(used)}工时，总时限{hours_of(case.limit)}工时，"
        f"得{shown(earned)}分（双方同分），权重{_percent(weight)}",
        f"{hours_of(used)} of {hours_of(case.limit)} working hours in the whole case:"
        f" {shown(earned)} points, the same for both sides, weight {_percent(weight)}",
    )


def _deductions(by: Formula, rounds: int, returned: int) -> Iterable[Row]:
    if rounds:
        word = "round" if rounds == 1 else "rounds"
        yield Row(
            Part.ROUNDS,
            -by.per_round * rounds,
            f"首轮以后由其负责的修改{rounds}轮，每轮扣{by.per_round}分",
            f"{rounds} {word} of revision beyond the first to its charge, {by.per_round} each",
        )
    if returned:
        often = "once" if returned == 1 else f"{returned} times"
        yield Row(
            Part.RETURNED,
            -by.per_return * returned,
            f"因其原因被上级退回{returned}次，每次扣{by.per_return}分",
            f"sent back {often} by a higher level for its reason, {by.per_return} each",
        )


def _percent(share: Fraction) -> str:
    return f"{share * 100}%"
