"""One bundle read at a moment: segments, hours charged, limits, rounds, warnings."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from intermediaries.rulebook.clock.account import Account, CounterEntry, Objection
from intermediaries.rulebook.clock.events import (
    Committed,
    Decided,
    DecisionReturned,
    Event,
    OpinionIssued,
    Outcome,
)
from intermediaries.rulebook.clock.figures import rules_on
from intermediaries.rulebook.clock.parties import Party
from intermediaries.rulebook.clock.segments import Segment, cut, held
from intermediaries.rulebook.clock.states import (
    BundleState,
    ExtensionState,
    ObjectionState,
    PauseState,
    Stage,
)
from intermediaries.rulebook.clock.turns import feed
from intermediaries.rulebook.clock.walk import NONE, Walk
from intermediaries.rulebook.periods import NO_LOCAL_PERIODS, LocalPeriods
from market.kernel.workdays import NotYetPublished, if_published, legal_day
from market.kernel.workhours import WorkHours


@dataclass(frozen=True, slots=True)
class Limits:
    """L_A, L_D, L_E in working time.

    `agency` has in it what was agreed (`extension`) and what changes of scope added (`growth`).
    The time of owner, law and platform is in none of them.
    """

    agency: timedelta
    department: timedelta
    experts: timedelta
    extension: timedelta
    growth: timedelta

    @property
    def total(self) -> timedelta:
        """L, the limit of the bundle."""
        return self.agency + self.department + self.experts

    def of(self, party: Party) -> timedelta | None:
        """A party's limit; None for one that has none."""
        return {
            Party.AGENCY: self.agency,
            Party.DEPARTMENT: self.department,
            Party.EXPERT: self.experts,
        }.get(party)


@dataclass(frozen=True, slots=True)
class Round:
    """One round of revision: who is charged with it, its working time, and L_rev.

    The limit of a round lies inside the agency's own; it adds nothing to it.
    """

    number: int
    liable: Party
    worked: timedelta
    limit: timedelta

    @property
    def is_over_limit(self) -> bool:
        """Whether it took longer than a round should; exactly as long is in time."""
        return self.worked > self.limit


@dataclass(frozen=True, slots=True)
class Warn:
    """Something the management office should look at."""

    code: str
    zh: str
    en: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A bundle as it stands at a moment.

    `charged` is after counter-entries, `segments` and `held` as they were. `returned` counts
    decisions sent back by a higher level, by whose reason. `next_change` is when time alone
    changes the answer, if nothing else happens before.
    """

    stage: Stage
    is_paused: bool
    began_at: datetime | None
    ended_at: datetime | None
    outcome: Outcome | None
    segments: tuple[Segment, ...]
    held: Mapping[Party, timedelta]
    charged: Mapping[Party, timedelta]
    limits: Limits | None
    agency_due: datetime | None
    rounds: tuple[Round, ...]
    returned: Mapping[Party, int]
    extension: ExtensionState
    objections: tuple[Objection, ...]
    counter_entries: tuple[CounterEntry, ...]
    warnings: tuple[Warn, ...]
    next_change: datetime | NotYetPublished | None

    def left(self, party: Party) -> timedelta | None:
        """What is left of a party's limit, negative when it is over; None without a limit."""
        limit = self.limits.of(party) if self.limits else None
        return None if limit is None else limit - self.charged[party]


def read(
    events: Iterable[Event],
    hours: WorkHours,
    *,
    until: datetime,
    local: LocalPeriods = NO_LOCAL_PERIODS,
) -> Reading:
    """Everything about a bundle at `until`, from the facts up to then in recorded order.

    Refused as `admit` refuses, for a history that could not have been recorded.
    """
    walk = Walk(hours, local)
    account = Account(walk)
    outcome: Outcome | None = None
    returned = dict.fromkeys(Party, 0)
    for event in events:
        if event.at > until:
            break
        feed(walk, event)
        account.take(event)
        if isinstance(event, Decided):
            outcome = event.outcome
        if isinstance(event, DecisionReturned):
            returned[event.party] += 1
    walk.run_to(until)
    segments = cut(walk)
    rounds = _rounds(walk, account)
    return Reading(
        stage=walk.stage,
        is_paused=walk.pause is PauseState.PAUSED,
        began_at=walk.committed.at if walk.committed else None,
        ended_at=walk.ended_at,
        outcome=outcome,
        segments=segments,
        held=held(segments),
        charged=_charged(segments, account),
        limits=_limits(walk, account),
        agency_due=account.agency_due(),
        rounds=rounds,
        returned=returned,
        extension=account.extension,
        objections=tuple(account.objections.values()),
        counter_entries=tuple(account.entries),
        warnings=tuple(_warnings(walk, account, rounds, until)),
        next_change=if_published(walk.next_crossing),
    )


def admit(
    events: Iterable[Event],
    event: Event,
    hours: WorkHours,
    *,
    local: LocalPeriods = NO_LOCAL_PERIODS,
) -> None:
    """Refuse a fact that cannot follow those recorded; see `turns.feed` and `Account.take`."""
    walk = Walk(hours, local)
    account = Account(walk)
    for each in (*events, event):
        feed(walk, each)
        account.take(each)


def _charged(segments: Iterable[Segment], account: Account) -> Mapping[Party, timedelta]:
    sums = dict.fromkeys(Party, NONE)
    for segment in segments:
        sums[segment.liable] += segment.worked
    for entry in account.entries:
        sums[entry.source] -= entry.worked
        sums[entry.target] += entry.worked
    return sums


def _limits(walk: Walk, account: Account) -> Limits | None:
    if walk.committed is None:
        return None
    return Limits(
        account.agency_limit(),
        walk.committed.department_limit,
        walk.committed.expert_limit,
        account.extended,
        account.growth(),
    )


def _rounds(walk: Walk, account: Account) -> tuple[Round, ...]:
    """The rounds so far; a round is that party's who is charged with most of it."""
    shares: dict[int, dict[Party, timedelta]] = {}
    for number, stretch in enumerate(walk.stretches, 1):
        if stretch.charge.shows is BundleState.REVISE:
            share = shares.setdefault(stretch.charge.number, {})
            party = account.charged(number)
            share[party] = share.get(party, NONE) + stretch.worked
    return tuple(
        Round(
            number,
            max(share, key=lambda party: share[party]),
            sum(share.values(), NONE),
            walk.rules.revision,
        )
        for number, share in shares.items()
    )


def round_warning(facts: Iterable[Event]) -> Warn | None:
    """What to tell the management office as a round begins beyond the rule's last; else None."""
    began: datetime | None = None
    number = 0
    for one in facts:
        began = one.at if isinstance(one, Committed) else began
        number += isinstance(one, OpinionIssued)
    if began is None or number <= (most := rules_on(legal_day(began)).rounds):
        return None
    return _too_many_rounds(number, most)


def _too_many_rounds(number: int, most: int) -> Warn:
    return Warn(
        "too-many-rounds",
        f"已进入第{number}轮修改，按规则最多{most}轮",
        f"This is round {number} of revision; the rule is {most}",
    )


def _warnings(
    walk: Walk, account: Account, rounds: Iterable[Round], until: datetime
) -> Iterable[Warn]:
    for each in rounds:
        if each.number > walk.rules.rounds:
            yield _too_many_rounds(each.number, walk.rules.rounds)
    for objection in account.objections.values():
        is_open = objection.stands is ObjectionState.OPEN
        if objection.id in account.late_rulings or (
            is_open and not walk.hours.is_within(objection.at, walk.rules.ruling, until)
        ):
            yield Warn(
                "ruling-late",
                f"对第{objection.segment}段的异议未在3个工作日内裁定",
                f"The objection to segment {objection.segment} was not ruled on in 3 working days",
            )
