"""What experts say themselves: yes, no, later no. Nobody answers for another."""

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from sqlalchemy.orm import Session

from market.accounts.queries.people import addresses_of_person
from market.command import Work
from market.draws.commands.walking import SkipSeat, skip_seat
from market.experts.commands.inviting import code_hash, token_hash
from market.experts.model import ExpertEntry, Invitation, Summons
from market.experts.queries import by_token, deliveries, terms_of
from market.experts.rules.articles import INVITING
from market.experts.rules.invitations import (
    INVITATION_TABLE,
    DeclineReason,
    InvitationAction,
    InvitationState,
    WithdrawReason,
    refuse_late_reply,
    refuse_unless_own,
)
from market.kernel.errors import BadInput, NotFound, Refusal
from market.kernel.workdays import SHANGHAI
from market.messages.letters import compose
from market.protocol.encoding import canonical, digest, stamp
from market.protocol.walks import DECLINED

WRONG_CODES: Final = 10
"""How often a code may be mistyped before the link answers no more: 10 of a million."""


@dataclass(frozen=True, slots=True)
class AnswerByLink:
    """An answer through the letter's link, with the code that stands in the letter.

    `reason` is one of `DeclineReason` where the answer is no.
    """

    token: str
    code: str
    accepts: bool
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer on the expert's own page."""

    invitation: UUID
    accepts: bool
    reason: str = ""


@dataclass(frozen=True, slots=True)
class TryCode:
    """A mistyped code, counted in a transaction of its own."""

    token: str


def answer_by_link(work: Work, cmd: AnswerByLink) -> Mapping[str, Any]:
    """Answer an invitation; the same answer again changes nothing.

    Refusals: `NotFound` for a link that opens nothing or is locked; "wrong-code"; "reply-too-late";
    "answered-before" for another answer than the first.
    """
    row = _locked(work, by_token(work.session, token_hash(cmd.token)))
    if row.wrong_codes >= WRONG_CODES:
        raise NotFound
    if not hmac.compare_digest(row.code_hash, code_hash(cmd.token, cmd.code)):
        raise wrong_code()
    state = _answer(work, row, accepts=cmd.accepts, reason=cmd.reason)
    return {"state": state.value}


def count_wrong_code(work: Work, cmd: TryCode) -> None:
    """Count a mistyped code; after ten the link answers nobody any more."""
    row = _locked(work, by_token(work.session, token_hash(cmd.token)))
    row.wrong_codes += 1
    work.note(row.subject, "invitation.wrong-code")


def is_code(session: Session, token: str, code: str) -> bool:
    """Whether this is the code of the letter that has this link."""
    found = by_token(session, token_hash(token))
    row = None if found is None else session.get(Invitation, found)
    return row is not None and hmac.compare_digest(row.code_hash, code_hash(token, code))


def answer(work: Work, cmd: Answer) -> Mapping[str, Any]:
    """Answer one's own invitation; refusals as through the link, `NotFound` for another's."""
    row = _locked(work, cmd.invitation)
    own_expert(work, row)
    state = _answer(work, row, accepts=cmd.accepts, reason=cmd.reason)
    return {"state": state.value}


@dataclass(frozen=True, slots=True)
class Withdraw:
    """Leave a seat one has confirmed, for one of the causes of law."""

    invitation: UUID
    reason: str


def withdraw(work: Work, cmd: Withdraw) -> None:
    """Give a confirmed seat back; the next in the walk gets it, earlier conclusions are void."""
    row = _locked(work, cmd.invitation)
    own_expert(work, row)
    reason = _reason(WithdrawReason, cmd.reason)
    row.reason, row.ended_at = reason, work.now
    work.move(row, INVITATION_TABLE, InvitationAction.WITHDRAW)
    _decline(work, row, reason)


def own_expert(work: Work, row: Invitation) -> ExpertEntry:
    """The expert of an invitation, who acts; `NotFound` for everybody else."""
    expert = work.session.get_one(ExpertEntry, row.expert)
    refuse_unless_own(str(expert.person), str(work.actor.person))
    return expert


def wrong_code() -> Refusal:
    """The refusal of a mistyped code."""
    return Refusal(
        "wrong-code",
        zh="确认码不对，请按短信中的数字重新填写",
        en="This is not the code of the letter; type the digits again",
        article=INVITING,
        fields={"code": ("确认码不对", "Not the code of the letter")},
    )


def _answer(work: Work, row: Invitation, *, accepts: bool, reason: str) -> InvitationState:
    wanted = InvitationState.CONFIRMED if accepts else InvitationState.DECLINED
    if row.state is wanted:
        return row.state
    if row.state is not InvitationState.CALLED:
        raise Refusal(
            "answered-before",
            zh="此邀请已有答复或已结束",
            en="This invitation was answered before, or is over",
            article=INVITING,
        )
    summons = work.session.get_one(Summons, row.draw_no)
    shown = [one.rule for one in deliveries(work.session, row)]
    refuse_late_reply(work.now, shown, terms_of(summons))
    row.answered_at = work.now
    if accepts:
        work.move(row, INVITATION_TABLE, InvitationAction.CONFIRM)
        _confirm_letter(work, row, summons)
        work.state_fact("invitation.confirmed", row.id)
        return row.state
    why = _reason(DeclineReason, reason)
    row.reason, row.ended_at = why, work.now
    work.move(row, INVITATION_TABLE, InvitationAction.DECLINE)
    _decline(work, row, why)
    return row.state


def _decline(work: Work, row: Invitation, reason: str) -> None:
    """Free the seat under the candidate's own word."""
    work.session.flush()
    record = canonical({"invitation": str(row.id), "reason": reason, "at": stamp(work.now)})
    skip_seat(work, SkipSeat(row.draw_no, row.stratum, row.leaf, DECLINED, record=digest(record)))
    work.state_fact("invitation.ended", row.id)


def _confirm_letter(work: Work, row: Invitation, summons: Summons) -> None:
    expert = work.session.get_one(ExpertEntry, row.expert)
    at = summons.evaluation_at.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M")
    words = compose("SM15", {"time": at, "place": (summons.place_zh, summons.place_en)})
    for address in addresses_of_person(work.session, expert.person)[:1]:
        work.letter(address, "SM15", key=f"invitation/{row.id}/confirmed", zh=words.zh, en=words.en)


def _locked(work: Work, invitation: UUID | None) -> Invitation:
    row = None
    if invitation is not None:
        row = work.session.get(Invitation, invitation, with_for_update=True)
    if row is None:
        raise NotFound
    return row


def _reason(known: type[DeclineReason] | type[WithdrawReason], text: str) -> str:
    try:
        return known(text).value
    except ValueError:
        raise BadInput(
            "no-such-reason",
            zh="请选择列出的原因",
            en="Choose one of the reasons listed",
            fields={"reason": ("请选择原因", "Choose a reason")},
        ) from None
