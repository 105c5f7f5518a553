"""Walking along the facts of one bundle: the state machine, the timers, the stretches they leave.

A walk reads facts in their order and knows at each moment nothing of what comes later. Between two
facts it crosses what time alone brings about (silence counts, an allowance is used up, a pause
ends), at the computed moment and not when somebody looked. What is done at the very moment at
which a time ends is still in time.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from intermediaries.rulebook.clock import charges
from intermediaries.rulebook.clock.charges import Charge
from intermediaries.rulebook.clock.events import (
    Committed,
    CorrectionItem,
    Event,
    ExpertCall,
    PauseApproved,
)
from intermediaries.rulebook.clock.figures import ClockRules, rules_on
from intermediaries.rulebook.clock.states import (
    BUNDLE_TABLE,
    OVER,
    PAUSE_TABLE,
    Act,
    PauseAct,
    PauseState,
    Stage,
)
from intermediaries.rulebook.periods import NO_LOCAL_PERIODS, LocalPeriods
from market.kernel.errors import BadInput, Refusal
from market.kernel.workdays import legal_day
from market.kernel.workhours import WorkHours

NONE: Final = timedelta(0)


@dataclass(slots=True)
class Stretch:
    """Time under one charge: from `start` to `end`, `worked` of it working time."""

    charge: Charge
    start: datetime
    end: datetime
    worked: timedelta


class Walk:
    """Where one bundle stands after the facts fed so far; `stretches` is what lies behind."""

    def __init__(self, hours: WorkHours, local: LocalPeriods = NO_LOCAL_PERIODS) -> None:
        self.hours = hours
        self.local = local
        self.stage = Stage.NEW
        self.stretches: list[Stretch] = []
        self.committed: Committed | None = None
        self.ended_at: datetime | None = None
        self.rules: ClockRules
        self.charge: Charge
        self.as_of: datetime
        self.last: datetime | None = None
        self.seen: set[str] = set()
        # What the present stage waits for, and how long silence may still last in it.
        self.silence: timedelta | None = None
        self.silent_since = ""
        self.missing: set[str] = set()
        self.requests = 0
        self.order = ""
        self.corrections: dict[str, CorrectionItem] = {}
        self.calls: dict[str, ExpertCall] = {}
        self.allowance = NONE
        self.review_used = NONE
        self.round = 0
        self.issues: set[str] = set()
        self.before_asking: Charge | None = None
        self.pause = PauseState.RUNNING
        self.pause_left = NONE
        self.before_pause: Charge | None = None

    @property
    def is_running(self) -> bool:
        """Whether the commission took effect and nothing has ended the case yet."""
        return self.committed is not None and self.stage not in OVER

    def begin(self, event: Committed) -> None:
        """T0: from here every working second has its holder."""
        self.committed = event
        self.as_of = event.at
        self.rules = rules_on(legal_day(event.at), self.local)
        self.allowance = event.expert_limit
        self.missing = set(event.inputs)
        if event.inputs:
            self.move(Act.COMMIT, charges.owner_inputs(event.id))
        else:
            self.move(Act.COMMIT_WITHOUT_INPUTS, charges.working("BS2.without_inputs", event.id))

    def move(self, act: Act, charge: Charge | None = None) -> None:
        """One move of the table; `IllegalMove` without a row. A charge begins a new turn."""
        self.stage = BUNDLE_TABLE.move(self.stage, act).target
        self.silence = None
        if charge is not None:
            self.charge = charge

    def wait(self, event: Event, silence: timedelta) -> None:
        """From this fact on, so much working time of silence counts as consent."""
        self.silence = silence
        self.silent_since = event.id

    def end(self, at: datetime) -> None:
        """T_end: no second after it is anybody's."""
        self.ended_at = at

    def arrive(self, event: Event) -> None:
        """Come to the moment of a fact; refused out of order, twice, or while paused.

        `Refusal` "event-out-of-order"; `BadInput` "event-twice".
        """
        if event.id in self.seen:
            raise BadInput(
                "event-twice", zh=f"事件{event.id}已记录", en=f"{event.id} is recorded already"
            )
        if self.last is not None and event.at < self.last:
            raise Refusal(
                "event-out-of-order",
                zh="事件时间早于已记录的事件",
                en="The event is earlier than one already recorded",
            )
        self.seen.add(event.id)
        self.last = event.at
        self.run_to(event.at)

    def run_to(self, moment: datetime) -> None:
        """Let time pass, crossing what it brings about before `moment`."""
        if not self.is_running:
            return
        while True:
            worked = self.hours.between(self.as_of, moment)
            timer = self._timer()
            # Asked in this order, so that no year is needed that the case has not reached.
            if timer is None or worked < timer:
                break
            crossing = self.hours.after(self.as_of, timer)
            if crossing >= moment:
                break
            self._pass(crossing, timer)
            self._cross()
        self._pass(moment, worked)

    def next_crossing(self) -> datetime | None:
        """When time alone changes the answer next, if nothing else happens; None if never."""
        if not self.is_running:
            return None
        timer = self._timer()
        return None if timer is None else self.hours.after(self.as_of, timer)

    def start_pause(self, event: PauseApproved) -> None:
        """The clock of the parties stands still; timers keep what they had left."""
        if not event.evidence.strip():
            raise BadInput(
                "pause-without-evidence",
                zh="暂停须附证据",
                en="A pause needs its evidence",
                fields={"evidence": ("须附证据", "evidence is needed")},
            )
        self.pause = PAUSE_TABLE.move(self.pause, PauseAct.PAUSE).target
        self.pause_left = self.rules.pause
        self.before_pause = self.charge
        self.charge = charges.paused(event)

    def end_pause(self, act: PauseAct) -> None:
        """The turn goes on where it was."""
        self.pause = PAUSE_TABLE.move(self.pause, act).target
        if self.before_pause is not None:
            self.charge = self.before_pause

    def judge_experts(self, cause: str) -> None:
        """Say anew who is charged with the expert review."""
        self.charge = charges.experts(cause, self.calls.values(), self.allowance, self.review_used)

    def _timer(self) -> timedelta | None:
        """The working time until something changes by itself; None where nothing does."""
        if self.pause is PauseState.PAUSED:
            return self.pause_left
        if self.stage is Stage.EXPERT_REVIEW:
            own = (call.within for call in self.calls.values())
            left = [self.allowance, *(each - self.review_used for each in own if each is not None)]
            return min((each for each in left if each > NONE), default=None)
        return self.silence

    def _pass(self, moment: datetime, worked: timedelta) -> None:
        """Let so much working time pass under the present charge."""
        if moment > self.as_of:
            self._record(moment, worked)
        self.as_of = moment
        if self.pause is PauseState.PAUSED:
            self.pause_left -= worked
        elif self.stage is Stage.EXPERT_REVIEW:
            self.allowance = max(NONE, self.allowance - worked)
            self.review_used += worked
            self.judge_experts(*self.charge.cause)
        elif self.silence is not None:
            self.silence -= worked

    def _record(self, moment: datetime, worked: timedelta) -> None:
        last = self.stretches[-1] if self.stretches else None
        if last is not None and last.charge == self.charge:
            last.end = moment
            last.worked += worked
        else:
            self.stretches.append(Stretch(self.charge, self.as_of, moment, worked))

    def _cross(self) -> None:
        """What time alone brings about at this moment."""
        if self.pause is PauseState.PAUSED:
            self.end_pause(PauseAct.EXPIRE)
        elif self.stage is Stage.INPUT_GIVEN:
            self.move(Act.DEEM_INPUTS, charges.working("BS2.deemed", self.silent_since))
        elif self.stage is Stage.OWNER_REVIEW:
            self.move(Act.DEEM_ACCEPTED, charges.owner_review("BS4.deemed", self.silent_since))


def named(items: Iterable[str], among: Iterable[str]) -> set[str]:
    """Items somebody names, all of them among what is open; `BadInput` otherwise, or for none."""
    given = tuple(items)
    strange = [item for item in given if item not in set(among)]
    if not given or strange or any(not item.strip() for item in given):
        shown = "、".join(strange)
        raise BadInput(
            "item-not-asked-for",
            zh=f"所列事项为空或不在清单之内：{shown}",
            en=f"Nothing is named, or something that is not on the list: {shown}",
        )
    return set(given)
