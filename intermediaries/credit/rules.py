"""What the room adds to the rules of credit: kinds of rows, the published score, who may decide."""

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from intermediaries.rulebook.credit import Credit, credit, refreshed_at
from intermediaries.rulebook.ledger import Cancelled, LedgerEntry, OnPenalty
from intermediaries.rulebook.penalties import Act
from intermediaries.rulebook.states import APPEALS
from market.kernel.errors import Refusal
from market.kernel.law import platform_rule

MOST_BONUS: Final = 20
"""Points that one bonus gives at most: what lies between the base and the upper end."""
LEVELS: Final = platform_rule(
    "信用等级：A级95分以上，B级80分以上，C级60分以上，60分以下暂停3个月",
    "levels of credit: A from 95, B from 80, C from 60; below 60 suspended for 3 months",
)


class EntryKind(StrEnum):
    """What a row of the ledger is."""

    BONUS = "bonus"
    NOTICE = "notice"
    STATEMENT = "statement"
    DROP = "drop"
    FINAL = "final"
    APPEAL = "appeal"
    CONFIRM = "confirm"
    CANCEL = "cancel"
    LEGAL = "legal"


class Effect(StrEnum):
    """What credit does to an entry of an agency."""

    SUSPENSION = "suspension"
    REMOVAL = "removal"


SECRET: Final = frozenset({EntryKind.STATEMENT, EntryKind.APPEAL})
"""What the agency says for itself: its own and the management office's, not everybody's."""


def published(entries: Iterable[LedgerEntry], at: datetime) -> Credit:
    """The credit that everybody reads at a moment: that of the first day of its month.

    What was cancelled on appeal by then is left out at once, for it counts as never entered.
    """
    kept = list(entries)
    gone = {one.penalty for one in kept if isinstance(one, Cancelled) and one.at <= at}
    left = [one for one in kept if one.id not in gone and not _is_on(one, gone)]
    return credit(left, refreshed_at(at))


def refuse_same_person(decided_by: UUID | None, deciding: UUID | None) -> None:
    """Go on only if an appeal is decided by somebody else; `Refusal` "same-person"."""
    if decided_by is not None and decided_by == deciding:
        raise Refusal(
            "same-person",
            zh="申诉须由原决定人以外的人决定",
            en="An appeal is decided by somebody who did not make the decision",
            article=APPEALS,
            status=403,
        )


def removes(act: Act) -> bool:
    """Whether an act ends the entry of an agency."""
    return act is Act.FORGERY


def _is_on(entry: LedgerEntry, penalties: set[str]) -> bool:
    return isinstance(entry, OnPenalty) and entry.penalty in penalties
