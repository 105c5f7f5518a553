"""What an amendment would do, said before it is published: to bids, to the deadline, to dates."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from bidding.rulebook import amendments
from bidding.rulebook.amendments import Amended, Amendment, AmendmentKind
from bidding.rulebook.events import Event
from bidding.rulebook.timetable import Timetable
from bidding.tenders.amending import questions_end
from bidding.tenders.dates import TRACK, running
from bidding.tenders.facts import TenderFacts
from bidding.tenders.forms import AmendmentForm
from bidding.tenders.reckoning import MovedRow, side_by_side
from bidding.tenders.wording import SHOWN
from market.kernel.errors import MarketError
from market.kernel.workdays import WorkCalendar
from market.web.language import Lazy, language, lazy_gettext

SOON: Final = frozenset({*SHOWN, Event.AMENDMENT_END, Event.EVALUATION_START})


@dataclass(frozen=True, slots=True)
class Effect:
    """One way to amend: what becomes of bids handed in, and the deadline the rules would set.

    Without a deadline, `why` is the refusal: at this moment such an amendment is not possible.
    """

    label: Lazy
    bids: Lazy
    deadline: datetime | None
    moved: bool
    why: str


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the typed amendment would do: the dates side by side, or the refusal."""

    rows: Sequence[MovedRow]
    bids: Lazy
    why: str
    refused: bool

    @property
    def moved(self) -> list[MovedRow]:
        """The dates up to the evaluation that would change: what bidders plan with."""
        return [row for row in self.rows if row.moves and row.event in SOON]

    @property
    def moved_later(self) -> list[MovedRow]:
        """The dates after it that would change."""
        return [row for row in self.rows if row.moves and row.event not in SOON]


STAND: Final = lazy_gettext("Bids handed in stand; every bidder may still replace or withdraw.")
RELEASED: Final = lazy_gettext(
    "Bids handed in are released at once: they are never opened, their bonds are free again, "
    "and whoever wants to bid hands in anew."
)
_KINDS: Final = (
    (
        AmendmentKind.EXPLAINS,
        False,
        lazy_gettext("It explains and changes nothing that a bidder prepares"),
    ),
    (AmendmentKind.EXPLAINS, True, lazy_gettext("It explains and may affect the preparation")),
    (AmendmentKind.REQUIRES_NEW, True, lazy_gettext("It requires new bids")),
)


def bids_words(kind: AmendmentKind) -> Lazy:
    """What becomes of bids handed in."""
    return RELEASED if kind is AmendmentKind.REQUIRES_NEW else STAND


def effects(tender: TenderFacts, now: datetime, calendar: WorkCalendar) -> list[Effect]:
    """The three ways to amend, each as if it were published at this moment."""
    found: list[Effect] = []
    for kind, affects, label in _KINDS:
        asked = Amendment(announced_at=now, kind=kind, affects_preparation=affects)
        try:
            outcome = _amended(tender, asked, calendar)
        except MarketError as refusal:
            words = refusal.words(language())
            found.append(Effect(label, bids_words(kind), None, moved=False, why=words))
        else:
            why = _why(outcome)
            found.append(
                Effect(label, bids_words(kind), outcome.deadline, moved=outcome.moved, why=why)
            )
    return found


def wanted(
    tender: TenderFacts, form: AmendmentForm, now: datetime, calendar: WorkCalendar
) -> Wanted | None:
    """What the amendment as typed would do; None until its kind is chosen.

    A deadline that may not stand is pointed at in the form.
    """
    chosen = form.chosen()
    kind, deadline = chosen.get("kind"), chosen.get("deadline")
    if not isinstance(kind, AmendmentKind):
        return None
    asked = Amendment(
        announced_at=now,
        kind=kind,
        affects_preparation=not chosen.get("unaffected"),
        deadline=deadline if isinstance(deadline, datetime) else None,
    )
    try:
        outcome = _amended(tender, asked, calendar)
        after = _after(tender, outcome, calendar)
    except MarketError as refusal:
        status, words = form.status, refusal.words(language())
        if asked.deadline is not None:
            form.wrong("deadline", words)
            form.status = status
        return Wanted((), bids_words(kind), words, refused=True)
    rows = side_by_side(running(tender, calendar), after, now)
    return Wanted(rows, bids_words(kind), _why(outcome), refused=False)


def _after(tender: TenderFacts, outcome: Amended, calendar: WorkCalendar) -> Timetable:
    """The timetable of the tender once it is amended so."""
    end = tender.questions_end
    if outcome.moved:
        end = questions_end(outcome.plan, end, calendar)
    plan = replace(outcome.plan, questions_until=end)
    return running(replace(tender, plan=plan), calendar)


def _amended(tender: TenderFacts, asked: Amendment, calendar: WorkCalendar) -> Amended:
    return amendments.amend(TRACK, tender.plan, tender.deadline, asked, calendar)


def _why(outcome: Amended) -> str:
    words = outcome.zh if language() == "zh" else outcome.en
    return words[:1].upper() + words[1:]
