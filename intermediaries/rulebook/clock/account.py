"""What is kept beside the clock: the one extension, objections, and counter-entries.

No segment is ever edited. Who was charged wrongly is relieved by a counter-entry, which takes the
hours of a segment from one party and charges another; both stay to be seen.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from intermediaries.rulebook.clock.events import (
    Event,
    ExtensionAgreed,
    ExtensionAsked,
    ExtensionDeclined,
    Objected,
    Ruled,
)
from intermediaries.rulebook.clock.parties import Party
from intermediaries.rulebook.clock.states import (
    BUNDLE,
    DISPUTES,
    EXTENSION_TABLE,
    OBJECTION_TABLE,
    ExtensionAct,
    ExtensionState,
    ObjectionAct,
    ObjectionState,
)
from intermediaries.rulebook.clock.walk import NONE, Stretch, Walk
from market.kernel.errors import BadInput, NotFound, Refusal

OBJECTORS = frozenset({Party.OWNER, Party.AGENCY, Party.DEPARTMENT})
"""Who may object, and to whom a ruling is shown."""


@dataclass(frozen=True, slots=True)
class Objection:
    """An objection and what became of it."""

    id: str
    segment: int
    party: Party
    at: datetime
    reason: str
    stands: ObjectionState = ObjectionState.OPEN


@dataclass(frozen=True, slots=True)
class CounterEntry:
    """The hours of one segment, taken from a party and charged to another by a ruling."""

    ruling: str
    objection: str
    segment: int
    source: Party
    target: Party
    worked: timedelta
    at: datetime
    reason: str

    def why(self, language: str) -> str:
        """What it does, in "zh" or "en", with its source."""
        if language == "zh":
            text = f"第{self.segment}段由{self.source.zh}改计{self.target.zh}：{self.reason}"
            return f"{text}（{DISPUTES.cite(language)}）"
        text = (
            f"Segment {self.segment} is charged to {self.target.en} instead of"
            f" {self.source.en}: {self.reason}"
        )
        return f"{text} ({DISPUTES.cite(language)})"


class Account:
    """Extension, objections and counter-entries of one bundle, up to where its walk stands."""

    def __init__(self, walk: Walk) -> None:
        self.walk = walk
        self.extension = ExtensionState.NONE
        self.asked = NONE
        self.extended = NONE
        self.objections: dict[str, Objection] = {}
        self.entries: list[CounterEntry] = []
        self.late_rulings: list[str] = []

    def take(self, event: Event) -> None:
        """Let an extension or an objection take effect; other facts are the walk's.

        `Refusal` "extension-too-late", "objection-too-late", "segment-not-over",
        "objection-twice", "ruling-changes-nothing", "clock-not-running"; `NotFound`
        "objection-unknown"; `BadInput` "extension-malformed", "objection-malformed";
        `IllegalMove` where the table has no row.
        """
        match event:
            case ExtensionAsked():
                self._ask(event)
            case ExtensionAgreed():
                self._answer(ExtensionAct.AGREE)
                self.extended = self.asked
            case ExtensionDeclined():
                self._answer(ExtensionAct.DECLINE)
            case Objected():
                self._object(event)
            case Ruled():
                self._rule(event)

    def charged(self, segment: int) -> Party:
        """Who is charged with a segment after all counter-entries."""
        party = self.walk.stretches[segment - 1].charge.liable
        for entry in self.entries:
            if entry.segment == segment:
                party = entry.target
        return party

    def growth(self) -> timedelta:
        """By how much rework for a change of scope has lengthened the agency's limit."""
        return sum((s.worked for s in self.walk.stretches if _is_rework(s)), NONE)

    def agency_limit(self) -> timedelta:
        """L_A: by contract, with an agreed extension and the growth by changes of scope."""
        if self.walk.committed is None:
            return NONE
        return self.walk.committed.agency_limit + self.extended + self.growth()

    def agency_due(self) -> datetime | None:
        """The moment at which the agency's limit was used up; None if it was not yet.

        What an agreed extension or a change of scope added by then counts.
        """
        if self.walk.committed is None:
            return None
        left = self.walk.committed.agency_limit + self.extended
        for number, stretch in enumerate(self.walk.stretches, 1):
            if _is_rework(stretch):
                left += stretch.worked
            if self.charged(number) is not Party.AGENCY:
                continue
            if stretch.worked >= left:
                return self.walk.hours.after(stretch.start, left)
            left -= stretch.worked
        return None

    def _ask(self, event: ExtensionAsked) -> None:
        self._refuse_unless_running()
        if event.working <= NONE or not event.reason.strip():
            raise BadInput(
                "extension-malformed",
                zh="延期时长应大于零，并写明理由",
                en="An extension is longer than nothing and has its reason",
            )
        due = self.agency_due()
        if due is not None and event.at > due:
            raise Refusal(
                "extension-too-late",
                zh="延期应在时限届满前提出，时限已届满",
                en="An extension is asked for before the limit is used up, and it is",
                article=BUNDLE,
            )
        self.extension = EXTENSION_TABLE.move(self.extension, ExtensionAct.ASK).target
        self.asked = event.working

    def _answer(self, act: ExtensionAct) -> None:
        self._refuse_unless_running()
        self.extension = EXTENSION_TABLE.move(self.extension, act).target

    def _refuse_unless_running(self) -> None:
        if not self.walk.is_running:
            raise Refusal(
                "clock-not-running",
                zh="本案未在计时，不能办理延期",
                en="The clock of this case does not run, so nothing can be extended",
            )

    def _object(self, event: Objected) -> None:
        if event.party not in OBJECTORS or not event.reason.strip():
            raise BadInput(
                "objection-malformed",
                zh="异议由业主、中介机构或审批部门提出，并写明理由",
                en="Owner, agency or department object, with their reason",
            )
        stretch = self._over(event.segment)
        walk = self.walk
        if not walk.hours.is_within(stretch.end, walk.rules.objection, event.at):
            raise Refusal(
                "objection-too-late",
                zh="异议应在时段结束后2个工作日内提出，期限已过",
                en="An objection is made within 2 working days of the segment's end; that is over",
                article=DISPUTES,
            )
        made = {(each.segment, each.party) for each in self.objections.values()}
        if (event.segment, event.party) in made:
            raise Refusal(
                "objection-twice",
                zh="对这一时段已提出过异议",
                en="There is an objection of this party to this segment already",
            )
        self.objections[event.id] = Objection(
            event.id, event.segment, event.party, event.at, event.reason
        )

    def _over(self, number: int) -> Stretch:
        """A segment that has ended, by its number."""
        stretches = self.walk.stretches
        if not 1 <= number <= len(stretches):
            raise NotFound("segment-unknown", zh="没有这一时段", en="There is no such segment")
        stretch = stretches[number - 1]
        goes_on = number == len(stretches) and self.walk.charge == stretch.charge
        if goes_on and self.walk.is_running:
            raise Refusal(
                "segment-not-over",
                zh="这一时段尚未结束，结束后再提出异议",
                en="This segment goes on; object when it has ended",
            )
        return stretch

    def _rule(self, event: Ruled) -> None:
        objection = self.objections.get(event.objection)
        if objection is None:
            raise NotFound("objection-unknown", zh="没有这一异议", en="There is no such objection")
        if not event.reason.strip():
            raise BadInput("reason-missing", zh="须写明理由", en="State the reason")
        act = ObjectionAct.DISMISS if event.liable is None else ObjectionAct.UPHOLD
        stands = OBJECTION_TABLE.move(objection.stands, act).target
        if event.liable is not None:
            self._enter(event, objection, event.liable)
        if not self.walk.hours.is_within(objection.at, self.walk.rules.ruling, event.at):
            self.late_rulings.append(objection.id)
        self.objections[objection.id] = Objection(
            objection.id, objection.segment, objection.party, objection.at, objection.reason, stands
        )

    def _enter(self, event: Ruled, objection: Objection, target: Party) -> None:
        source = self.charged(objection.segment)
        if source is target:
            raise Refusal(
                "ruling-changes-nothing",
                zh="这一时段本已计该方，驳回异议即可",
                en="This segment is that party's already; dismiss the objection instead",
            )
        self.entries.append(
            CounterEntry(
                event.id,
                objection.id,
                objection.segment,
                source,
                target,
                self.walk.stretches[objection.segment - 1].worked,
                event.at,
                event.reason,
            )
        )


def _is_rework(stretch: Stretch) -> bool:
    return stretch.charge.rule == "BS5.rework"
