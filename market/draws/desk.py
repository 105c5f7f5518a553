"""What waits for the parties of a draw: audit, consent, commitment, nonce, lapses to note."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from flask import url_for
from sqlalchemy.orm import Session

from market.accounts.queries.organisations import organisation
from market.command import Actor
from market.draws import queries
from market.draws.rules import DrawState
from market.draws.trouble import lapses
from market.draws.words import SIDES, words_in
from market.feature import DeskItem
from market.kernel.permissions import Permission
from market.protocol.draws import PREDICTABLE, REFREEZE
from market.protocol.parties import SUPERVISOR

_WORDS: Final = {
    DrawState.AUDITED: ("提交随机数承诺", "Commit to a number"),
    DrawState.COMMITTED: ("公开随机数", "Reveal the number"),
}
_CONSENTS: Final = {
    PREDICTABLE: ("签署小名册同意书", "Consent to a small pool"),
    REFREEZE: ("签署重新冻结名册同意书", "Consent to a pool that was frozen again"),
}
_LAPSED: Final = ("知悉抽取参与方逾时", "Take note of a party that let a draw lapse")


def desk(session: Session, actor: Actor, now: datetime) -> Sequence[DeskItem]:
    """The acts that draws ask of the actor's organisation, the next time limit first."""
    own = actor.organisation
    if own is None or not actor.may(Permission.DRAWS_NONCE_GIVE):
        return []
    uscc = organisation(session, own).uscc
    found = [
        DeskItem(zh, en, url_for("draw_desk.waiting"), draw.limit_at, draw.no)
        for draw in queries.open_draws(session, uscc)
        for zh, en in _asked(draw, actor, uscc, now)
    ]
    if actor.may(Permission.SUPERVISION_RECORD_READ):
        found += [
            DeskItem(*_LAPSED, url_for("draw_desk.lapses"), None, one.draw_no)
            for one in lapses(session, uscc)
            if one.noted_at is None
        ]
    return sorted(found, key=lambda one: (one.due_at is None, one.due_at or now, one.subject))


def _asked(
    draw: queries.DrawFacts, actor: Actor, uscc: str, now: datetime
) -> list[tuple[str, str]]:
    own = [one for one in draw.freeze.parties if one.organisation == uscc]
    audits = actor.may(Permission.DRAWS_POOL_AUDIT)
    supervises = audits and any(one.role == SUPERVISOR for one in own)
    if draw.state is DrawState.STOPPED:
        return []
    if draw.state is DrawState.FROZEN:
        return [("核验抽取名册", "Audit the pool of a draw")] if audits else []
    found = list[tuple[str, str]]()
    if supervises:
        found += [_CONSENTS[reason] for reason in draw.consents]
    if draw.limit_at is not None and now > draw.limit_at and supervises and draw.missing:
        names = [words_in(SIDES, one) for one in draw.missing]
        found.append(
            (
                f"时限已过：作废本轮（{'、'.join(zh for zh, _ in names)}）",
                f"The limit has passed: end this attempt ({', '.join(en for _, en in names)})",
            )
        )
    if any(one.party in draw.missing for one in own):
        found.append(_WORDS[draw.state])
    return found
