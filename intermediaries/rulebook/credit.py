"""Credit of an agency at a moment, computed from its ledger alone.

credit = 100 + bonuses - penalties, kept between 0 and 120. A penalty counts from the day on which
it became final; after 12 months it counts half, after 24 months not at all. The last day of such a
time is the day of the same number, or the last of the month (Civil Code, arts 201, 202), and
belongs to it. What is cancelled on appeal counts as never entered, for the past as well.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from fractions import Fraction
from typing import Final

from intermediaries.rulebook.ledger import BonusGiven, LedgerEntry, Penalty, penalties
from intermediaries.rulebook.penalties import (
    Act,
    CreditRules,
    Level,
    Rights,
    credit_rules,
    level_of,
)
from market.kernel.workdays import days_after, legal_day, start_of

_YEAR: Final = 12


class Ground(StrEnum):
    """Why an agency is suspended."""

    LEVEL = "level"
    GIVE_UPS = "give_ups"


@dataclass(frozen=True, slots=True)
class CreditRow:
    """One row of the sum: the entry it rests on, what it adds (negative: takes), and why."""

    entry: str | None
    adds: Fraction
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Suspension:
    """No new work from the day `first` through the day `last`, because of a penalty."""

    ground: Ground
    penalty: str
    first: date
    last: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Credit:
    """The credit at a moment: score, level and rights, what it is made of, and what follows.

    `suspensions` are all of the ledger, over or not. `banned_through` is the last day on which a
    removed agency cannot come back. `is_blacklisted` only where a legal decision stands.
    """

    day: date
    score: Fraction
    level: Level
    rights: Rights
    rows: tuple[CreditRow, ...]
    suspensions: tuple[Suspension, ...]
    is_removed: bool
    banned_through: date | None
    is_blacklisted: bool

    @property
    def suspended_through(self) -> date | None:
        """The last day of the suspension in force; None where there is none."""
        running = [each.last for each in self.suspensions if each.first <= self.day <= each.last]
        return max(running, default=None)

    def may_take(self, running: int) -> bool:
        """Whether the agency may enrol for another project while it has so many."""
        most = self.rights.most_running
        return (
            not self.is_removed
            and self.suspended_through is None
            and (most is None or running < most)
        )


def credit(entries: Iterable[LedgerEntry], at: datetime) -> Credit:
    """The credit at a moment; entries later than it are not read. Refused as `penalties` refuses.

    Entries come in the order of the ledger.
    """
    kept = [entry for entry in entries if entry.at <= at]
    day = legal_day(at)
    rules = credit_rules(day)
    counting = sorted(
        (each for each in penalties(kept, at) if each.counts), key=lambda each: each.final_day
    )
    bonuses = [entry for entry in kept if isinstance(entry, BonusGiven)]
    rows = tuple(_rows(bonuses, counting, day, rules))
    score = _clamped(rows, rules)
    level = level_of(score, rules)
    removals = [each for each in counting if each.notice.act is Act.FORGERY]
    banned = [months_after(each.final_day, rules.ban_months) for each in removals]
    return Credit(
        day=day,
        score=score,
        level=level,
        rights=rules.rights[level],
        rows=rows,
        suspensions=tuple(_suspensions(bonuses, counting)),
        is_removed=bool(banned) and day <= max(banned),
        banned_through=max(banned, default=None),
        is_blacklisted=any(each.decided_by_law for each in counting),
    )


def refreshed_at(at: datetime) -> datetime:
    """The moment whose credit is published at `at`: 0:00 of the first day of its month."""
    return start_of(legal_day(at).replace(day=1))


def months_after(day: date, months: int) -> date:
    """The last day of so many months that begin with `day`, which does not count."""
    years, month = divmod(day.month - 1 + months, _YEAR)
    first = date(day.year + years, month + 1, 1)
    longest = (days_after(first, 31).replace(day=1) - timedelta(days=1)).day
    return first.replace(day=min(day.day, longest))


def decay(final_day: date, on: date, rules: CreditRules) -> Fraction:
    """The share of a penalty that counts on a day: all, a half, or nothing any more."""
    if on > months_after(final_day, rules.gone_after):
        return Fraction(0)
    if on > months_after(final_day, rules.half_after):
        return Fraction(1, 2)
    return Fraction(1)


def _rows(
    bonuses: Iterable[BonusGiven], counting: Iterable[Penalty], on: date, rules: CreditRules
) -> Iterable[CreditRow]:
    yield CreditRow(None, Fraction(rules.base), "基础分", "base")
    for bonus in bonuses:
        if legal_day(bonus.at) <= on:
            yield CreditRow(bonus.id, Fraction(bonus.points), bonus.reason, bonus.reason)
    for penalty in counting:
        share = decay(penalty.final_day, on, rules)
        zh, en = _AGES[share]
        act = penalty.notice.act
        yield CreditRow(
            penalty.notice.id,
            -penalty.points * share,
            f"{act.zh}，{penalty.points}分，自{penalty.final_day}起{zh}",
            f"{act.en}: {penalty.points} points from {penalty.final_day}, {en}",
        )


def _clamped(rows: Iterable[CreditRow], rules: CreditRules) -> Fraction:
    total = sum((row.adds for row in rows), Fraction(0))
    return min(Fraction(rules.most), max(Fraction(rules.least), total))


def _suspensions(bonuses: list[BonusGiven], counting: list[Penalty]) -> Iterable[Suspension]:
    """For each penalty, in the order in which they became final, what it brought about."""
    for place, penalty in enumerate(counting):
        day, so_far = penalty.final_day, counting[: place + 1]
        rules = credit_rules(day)
        score = _clamped(_rows(bonuses, so_far, day, rules), rules)
        if level_of(score, rules) is Level.D:
            last = months_after(day, rules.suspension_months)
            yield Suspension(Ground.LEVEL, penalty.notice.id, day, last)
        if _is_one_too_many(penalty, so_far, rules):
            last = months_after(day, rules.give_up_suspension_months)
            yield Suspension(Ground.GIVE_UPS, penalty.notice.id, day, last)


def _is_one_too_many(penalty: Penalty, so_far: Iterable[Penalty], rules: CreditRules) -> bool:
    """Whether this give-up is one of three within twelve months, by the days of the acts."""
    days = sorted(each.notice.occurred for each in so_far if each.notice.act is Act.GIVES_UP)
    if penalty.notice.act is not Act.GIVES_UP:
        return False
    own, count = penalty.notice.occurred, rules.give_ups
    groups = (days[start : start + count] for start in range(len(days) - count + 1))
    return any(
        own in group and group[-1] <= months_after(group[0], rules.give_up_months)
        for group in groups
    )


_AGES: Final = {
    Fraction(1): ("全额计", "in full"),
    Fraction(1, 2): ("已满12个月，减半", "halved after 12 months"),
    Fraction(0): ("已满24个月，不再计", "gone after 24 months"),
}
