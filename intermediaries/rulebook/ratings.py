"""Double rating: the owner rates the service, the department the deliverable it worked with.

Stars from 1 to 5 for each item. Two stars or fewer need a stated reason and open a task of
rectification. Who does not rate in time (period S10) leaves the neutral rating. Weights are
rules of this platform.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from fractions import Fraction
from types import MappingProxyType
from typing import Final, TypeVar

from intermediaries.rulebook.periods import (
    NO_LOCAL_PERIODS,
    RATING,
    SINCE,
    LocalPeriods,
    closes,
)
from market.kernel.errors import BadInput, Refusal
from market.kernel.law import Dated, in_force, platform_rule
from market.kernel.workdays import WorkCalendar, legal_day

FEWEST_STARS: Final = 1
MOST_STARS: Final = 5
NEEDS_REASON: Final = 2
"""So many stars or fewer need a reason."""


class OwnerItem(StrEnum):
    """What the owner rates."""

    QUALITY = "quality"
    TIME = "time"
    NORMS = "norms"
    ATTITUDE = "attitude"
    CHARGE = "charge"


class DepartmentItem(StrEnum):
    """What the department rates."""

    QUALITY = "quality"
    TIME = "time"


Item = TypeVar("Item", OwnerItem, DepartmentItem)


@dataclass(frozen=True, slots=True)
class Weights:
    """Shares of the items, and of the two sides; each set adds up to one."""

    owner_items: Mapping[OwnerItem, Fraction]
    department_items: Mapping[DepartmentItem, Fraction]
    owner: Fraction
    department: Fraction
    neutral: Fraction
    enough: int

    def __post_init__(self) -> None:
        sums = (
            sum(self.owner_items.values()),
            sum(self.department_items.values()),
            self.owner + self.department,
        )
        if any(each != 1 for each in sums):
            raise ValueError(f"weights add up to {sums}")


WEIGHTS: Final = (
    Dated(
        Weights(
            owner_items=MappingProxyType(
                {
                    OwnerItem.QUALITY: Fraction(30, 100),
                    OwnerItem.TIME: Fraction(30, 100),
                    OwnerItem.NORMS: Fraction(15, 100),
                    OwnerItem.ATTITUDE: Fraction(15, 100),
                    OwnerItem.CHARGE: Fraction(10, 100),
                }
            ),
            department_items=MappingProxyType(
                {
                    DepartmentItem.QUALITY: Fraction(60, 100),
                    DepartmentItem.TIME: Fraction(40, 100),
                }
            ),
            owner=Fraction(60, 100),
            department=Fraction(40, 100),
            neutral=Fraction(35, 10),
            enough=5,
        ),
        platform_rule("双评价权重", "weights of the double rating"),
        SINCE,
    ),
)


@dataclass(frozen=True, slots=True)
class OwnerRating:
    """Five items in stars, and the reason where one needs it; refused as `check_stars` refuses."""

    stars: Mapping[OwnerItem, int]
    reason: str = ""

    def __post_init__(self) -> None:
        check_stars(self.stars, set(OwnerItem), self.reason)
        object.__setattr__(self, "stars", MappingProxyType(dict(self.stars)))

    @property
    def opens_rectification(self) -> bool:
        """Whether an item is so low that something has to be put right."""
        return min(self.stars.values()) <= NEEDS_REASON

    def value(self, on: date) -> Fraction:
        """The owner's rating in stars."""
        by = in_force(WEIGHTS, on).value.owner_items
        return sum((by[item] * stars for item, stars in self.stars.items()), Fraction(0))


@dataclass(frozen=True, slots=True)
class DepartmentRating:
    """Two items in stars, and the reason where one needs it; refused as `check_stars` refuses."""

    stars: Mapping[DepartmentItem, int]
    reason: str = ""

    def __post_init__(self) -> None:
        check_stars(self.stars, set(DepartmentItem), self.reason)
        object.__setattr__(self, "stars", MappingProxyType(dict(self.stars)))

    @property
    def opens_rectification(self) -> bool:
        """Whether an item is so low that something has to be put right."""
        return min(self.stars.values()) <= NEEDS_REASON

    def value(self, on: date) -> Fraction:
        """The department's rating in stars."""
        by = in_force(WEIGHTS, on).value.department_items
        return sum((by[item] * stars for item, stars in self.stars.items()), Fraction(0))


@dataclass(frozen=True, slots=True)
class Rating:
    """The rating of one case: in stars, whether each side gave its part or left the neutral one."""

    value: Fraction
    owner: Fraction
    department: Fraction
    owner_gave: bool
    department_gave: bool

    @property
    def is_given(self) -> bool:
        """Whether anybody rated at all."""
        return self.owner_gave or self.department_gave


@dataclass(frozen=True, slots=True)
class Mean:
    """Somebody's mean in stars over `counted` cases, `given` of them rated; None without any."""

    stars: Fraction | None
    counted: int
    given: int


def check_stars(stars: Mapping[Item, int], items: set[Item], reason: str) -> None:
    """Refuse a rating that leaves an item out or goes beyond the scale, or a low one unexplained.

    `BadInput` "rating-malformed"; `Refusal` "rating-needs-reason".
    """
    whole = all(isinstance(each, int) and not isinstance(each, bool) for each in stars.values())
    if (
        set(stars) != items
        or not whole
        or any(not FEWEST_STARS <= each <= MOST_STARS for each in stars.values())
    ):
        raise BadInput(
            "rating-malformed",
            zh="每一项给1至5星",
            en="Each item gets one to five stars",
        )
    if min(stars.values()) <= NEEDS_REASON and not reason.strip():
        raise Refusal(
            "rating-needs-reason",
            zh="2星及以下须写明理由",
            en="Two stars or fewer need a reason",
            status=422,
            fields={"reason": ("2星及以下须写明理由", "State the reason")},
        )


def rating(
    owner: OwnerRating | None,
    department: DepartmentRating | None,
    *,
    decided: datetime,
    at: datetime,
    calendar: WorkCalendar,
    local: LocalPeriods = NO_LOCAL_PERIODS,
) -> Rating | None:
    """The rating of a case at a moment; None while somebody may still rate and has not.

    0.6 of the owner's and 0.4 of the department's. After S10 (counted from the decision, its last
    day included) what is missing is the neutral 3.5.
    """
    on = legal_day(decided)
    if (owner is None or department is None) and at <= closes(
        RATING, decided, calendar, on=on, local=local
    ):
        return None
    by = in_force(WEIGHTS, on).value
    of_owner = by.neutral if owner is None else owner.value(on)
    of_department = by.neutral if department is None else department.value(on)
    return Rating(
        by.owner * of_owner + by.department * of_department,
        of_owner,
        of_department,
        owner is not None,
        department is not None,
    )


def mean(ratings: Iterable[Rating], on: date) -> Mean:
    """The plain mean of somebody's ratings.

    Neutral ones that nobody gave count only when at least five were given: before that they would
    hide what the few say.
    """
    enough = in_force(WEIGHTS, on).value.enough
    kept = list(ratings)
    given = [each for each in kept if each.is_given]
    counted = kept if len(given) >= enough else given
    if not counted:
        return Mean(None, 0, 0)
    total = sum((each.value for each in counted), Fraction(0))
    return Mean(total / len(counted), len(counted), len(given))
