"""What an absence costs: points of credit, and from the second within a year a suspension."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from market.experts.rules import articles
from market.experts.rules.limits import Terms
from market.experts.rules.periods import look_back, months_after
from market.kernel.law import Article

_YEAR: Final = 1


@dataclass(frozen=True, slots=True)
class CreditEffect:
    """Points to book (negative) and the last day of a suspension, None where there is none."""

    points: int
    suspended_until: date | None
    article: Article


def absence(earlier: Iterable[date], on: date, terms: Terms) -> CreditEffect:
    """The effect of confirming and not coming on that day.

    The first costs 3 points. Another one within a year, that is one whose day a year later is
    not before `on`, makes it 5 and a suspension of 6 months that begins the next day.
    `earlier` are the days of the expert's other absences; later ones do not count.
    """
    since = look_back(on, _YEAR)
    if not any(since <= day <= on for day in earlier):
        return CreditEffect(terms.absence_points, None, articles.EXPERT_CREDIT)
    return CreditEffect(
        terms.repeated_absence_points,
        suspension_end(on, terms),
        articles.EXPERT_CREDIT,
    )


def suspension_end(on: date, terms: Terms) -> date:
    """The last day of a suspension for something done on that day, included.

    The day itself is not counted (Civil Code art. 201): 6 months from 31 August end with the last
    day of February.
    """
    return months_after(on, terms.suspension_months)


def free_again(suspended_until: date) -> date:
    """The first day on which the expert may be drawn again."""
    return suspended_until + timedelta(days=1)
