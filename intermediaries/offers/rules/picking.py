"""The owner's pick from a drawn short list: until when, of whom, with what."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final, Protocol

from intermediaries.offers.rules.states import OWNER_PICKS, SelectionState
from intermediaries.rulebook.selection.modes import Mode
from intermediaries.rulebook.selection.sources import OWNER_SILENT
from market.kernel.errors import BadInput, Refusal

REASON_LIMIT: Final = 2000
"""Characters of a reason."""


class Round(Protocol):
    """A selection as far as a pick needs it."""

    @property
    def mode(self) -> Mode:
        """How one agency is chosen."""

    @property
    def state(self) -> SelectionState:
        """How far it is."""

    @property
    def decides_at(self) -> datetime | None:
        """The last moment for the pick, included."""


def asked_at(row: Round, now: datetime) -> datetime | None:
    """The moment that the rule is asked with: only once the owner's time is over without a pick.

    Before that the outcome of a choice by credit waits; in every other mode no moment matters.
    """
    is_over = row.decides_at is not None and now > row.decides_at
    silent = row.mode is Mode.CREDIT and row.state is not SelectionState.PICKED
    return now if silent and is_over else None


def waits_for_pick(row: Round, now: datetime) -> bool:
    """Whether the short list stands and the owner still has time; its last moment included."""
    return row.state is SelectionState.SHORTLISTED and asked_at(row, now) is None


def refuse_unless_pick(
    row: Round, shortlist: Sequence[bytes], quote: bytes, reason: str, now: datetime
) -> None:
    """Go on only with one of the short list, a written reason, in time and for the first time.

    `picked-already`, `pick-late` one microsecond after the last moment, `not-on-short-list`,
    `reason-missing`, `reason-too-long`.
    """
    if row.state is SelectionState.PICKED:
        raise Refusal(
            "picked-already",
            zh="已经选定，一次为准，不能更改",
            en="One is picked already; a pick is made once and stays",
            article=OWNER_PICKS,
        )
    if row.decides_at is None or now > row.decides_at:
        raise Refusal(
            "pick-late",
            zh="已过公告规定的选定时间，按抽取次序取第一名",
            en="The time for picking is over: the first in drawn order is chosen",
            article=OWNER_SILENT,
        )
    if quote not in shortlist:
        words = ("只能从入围名单中选", "Pick one from the short list")
        raise BadInput("not-on-short-list", zh=words[0], en=words[1], fields={"agency": words})
    if not reason.strip():
        words = ("写明选定的理由", "Write why this one is picked")
        raise BadInput("reason-missing", zh=words[0], en=words[1], fields={"reason": words})
    if len(reason.strip()) > REASON_LIMIT:
        words = (f"理由最多{REASON_LIMIT}个字", f"At most {REASON_LIMIT} characters")
        raise BadInput("reason-too-long", zh=words[0], en=words[1], fields={"reason": words})
