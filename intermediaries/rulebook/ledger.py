"""The credit ledger of an agency: entries that are facts, and where each penalty stands.

A penalty begins as a notice. The agency has five working days for a statement; then, or after the
statement, the management office decides. Within ten working days of the decision the agency may
appeal. Nothing is ever taken out of the ledger: what was wrong is cancelled by a later entry.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Final

from intermediaries.rulebook.penalties import Act, credit_rules, weight_of
from intermediaries.rulebook.periods import SINCE
from intermediaries.rulebook.states import (
    APPEALS,
    COUNTING,
    HEARD,
    PENALTY_TABLE,
    PenaltyAct,
    PenaltyState,
)
from market.kernel.errors import BadInput, NotFound, Refusal
from market.kernel.workdays import WorkCalendar, end_of, legal_day


@dataclass(frozen=True, slots=True)
class Entry:
    """A fact of the ledger: its id and its legal moment (aware)."""

    id: str
    at: datetime


@dataclass(frozen=True, slots=True)
class BonusGiven(Entry):
    """Points for something that deserves them, with the reason; above zero."""

    points: int
    reason: str


@dataclass(frozen=True, slots=True)
class PenaltyNoticed(Entry):
    """The agency is told that points are to be taken: for which act, of which day.

    `overdue_days`: working days late, for that act alone.
    """

    act: Act
    occurred: date
    facts: str
    overdue_days: int = 0


@dataclass(frozen=True, slots=True)
class OnPenalty(Entry):
    """Something that happened to the penalty of notice `penalty`."""

    penalty: str


@dataclass(frozen=True, slots=True)
class Stated(OnPenalty):
    """The agency's statement on the notice."""

    words: str


@dataclass(frozen=True, slots=True)
class Dropped(OnPenalty):
    """The management office lets it drop."""


@dataclass(frozen=True, slots=True)
class Finalised(OnPenalty):
    """The management office decides: from now on it counts."""


@dataclass(frozen=True, slots=True)
class Appealed(OnPenalty):
    """The agency appeals, with its reason."""

    reason: str


@dataclass(frozen=True, slots=True)
class Confirmed(OnPenalty):
    """The appeal is dismissed."""


@dataclass(frozen=True, slots=True)
class Cancelled(OnPenalty):
    """The appeal is upheld: the penalty counts as never entered."""


@dataclass(frozen=True, slots=True)
class LegallyDecided(OnPenalty):
    """A court or authority decided on the act: only this has the effect of a blacklist."""

    paper: str


LedgerEntry = (
    BonusGiven
    | PenaltyNoticed
    | Stated
    | Dropped
    | Finalised
    | Appealed
    | Confirmed
    | Cancelled
    | LegallyDecided
)


@dataclass(frozen=True, slots=True)
class Penalty:
    """A penalty as the ledger has it: its notice, its points, where it stands, since when final."""

    notice: PenaltyNoticed
    points: int
    stands: PenaltyState
    final_at: datetime | None = None
    decided_by_law: str | None = None

    @property
    def counts(self) -> bool:
        """Whether it takes points."""
        return self.stands in COUNTING

    @property
    def final_day(self) -> date:
        """The legal day from which it counts; only of one that became final."""
        if self.final_at is None:
            raise ValueError(f"{self.notice.id} is not final")
        return legal_day(self.final_at)


_ACTS: Final[dict[type[Entry], PenaltyAct]] = {
    Stated: PenaltyAct.STATE,
    Dropped: PenaltyAct.DROP,
    Finalised: PenaltyAct.FINALISE,
    Appealed: PenaltyAct.APPEAL,
    Confirmed: PenaltyAct.CONFIRM,
    Cancelled: PenaltyAct.CANCEL,
}


def penalties(entries: Iterable[LedgerEntry], at: datetime) -> tuple[Penalty, ...]:
    """Every penalty at a moment, in the order of notices; later entries are not read.

    `IllegalMove` for an entry that cannot follow, `NotFound` "penalty-unknown", `BadInput`
    "entry-malformed", `Refusal` "entry-out-of-order".
    """
    found: dict[str, Penalty] = {}
    last: datetime | None = None
    for entry in entries:
        if entry.at > at:
            break
        if last is not None and entry.at < last:
            raise Refusal(
                "entry-out-of-order",
                zh="记录时间早于已有记录",
                en="The entry is earlier than one already in the ledger",
            )
        last = entry.at
        if isinstance(entry, PenaltyNoticed):
            _refuse_malformed(entry.facts, wrong=entry.id in found or not _is_past(entry))
            points = weight_of(entry.act, credit_rules(entry.occurred), entry.overdue_days)
            found[entry.id] = Penalty(entry, points, PenaltyState.NOTICED)
        elif isinstance(entry, BonusGiven):
            _refuse_malformed(entry.reason, wrong=entry.points <= 0)
        else:
            found[entry.penalty] = _moved(_known(found, entry.penalty), entry)
    return tuple(found.values())


def admit(entries: Iterable[LedgerEntry], entry: LedgerEntry, calendar: WorkCalendar) -> None:
    """Refuse an entry that cannot follow those in the ledger, or comes too early or too late.

    As `penalties`, and `Refusal` "statement-too-late", "statement-time-runs" (a decision before
    the agency was heard), "appeal-too-late". The last day of each time counts up to 24:00.
    """
    kept = [*entries, entry]
    penalties(kept, entry.at)
    if not isinstance(entry, Stated | Finalised | Appealed):
        return
    before = {each.notice.id: each for each in penalties(kept[:-1], entry.at)}
    penalty = _known(before, entry.penalty)
    noticed = legal_day(penalty.notice.at)
    rules = credit_rules(noticed)
    heard_by = end_of(calendar.add_working_days(noticed, rules.statement_days))
    match entry:
        case Stated() if entry.at > heard_by:
            raise Refusal(
                "statement-too-late",
                zh="陈述期已过",
                en="The time for a statement is over",
                article=HEARD,
            )
        case Finalised() if penalty.stands is PenaltyState.NOTICED and entry.at <= heard_by:
            raise Refusal(
                "statement-time-runs",
                zh="陈述期未满且尚未收到陈述，不能决定",
                en="The agency may still make its statement, so nothing can be decided yet",
                article=HEARD,
            )
        case Appealed() if entry.at > end_of(
            calendar.add_working_days(penalty.final_day, rules.appeal_days)
        ):
            raise Refusal(
                "appeal-too-late",
                zh="申诉期已过",
                en="The time for an appeal is over",
                article=APPEALS,
            )


def _moved(penalty: Penalty, entry: OnPenalty) -> Penalty:
    if isinstance(entry, LegallyDecided):
        _refuse_malformed(entry.paper, wrong=False)
        return replace(penalty, decided_by_law=entry.paper)
    stands = PENALTY_TABLE.move(penalty.stands, _ACTS[type(entry)]).target
    final_at = entry.at if isinstance(entry, Finalised) else penalty.final_at
    return replace(penalty, stands=stands, final_at=final_at)


def _known(found: dict[str, Penalty], notice: str) -> Penalty:
    try:
        return found[notice]
    except KeyError:
        raise NotFound("penalty-unknown", zh="没有这一扣分", en="No such penalty") from None


def _is_past(notice: PenaltyNoticed) -> bool:
    return SINCE <= notice.occurred <= legal_day(notice.at)


def _refuse_malformed(words: str, *, wrong: bool) -> None:
    if wrong or not words.strip():
        raise BadInput(
            "entry-malformed",
            zh="记录须写明事实和不晚于告知日的行为日，分值大于零，且不得重复",
            en="An entry is made once, states its facts and a day that is past, and its points are"
            " above zero",
        )
