"""What the parties give: audit, consent, commitment, nonce, void; each signed and journaled.

Every structure is made and signed by a program of the party; the platform only checks and keeps.
The same structure again is answered as the first time.
"""

from dataclasses import dataclass
from typing import Final

from sqlalchemy import select

from market.accounts.commands.duties import TakeDuty, take_duty
from market.accounts.queries.organisations import organisation
from market.accounts.separation import Duty
from market.command import Work
from market.draws.commands.lapses import write_lapse
from market.draws.commands.refreezing import write_stop
from market.draws.commands.shutting import open_to
from market.draws.model import Draw, DrawPiece, DrawStep
from market.draws.rows import (
    AUDIT,
    COMMIT,
    CONSENT,
    REVEAL,
    VOID,
    commit_indexes,
    commits,
    freeze_of,
    missing_consents,
    missing_parties,
    named_now,
    pieces,
    removed,
    reveals,
    walk_of,
    wanted,
)
from market.draws.rules import (
    DRAW_TABLE,
    LIMIT,
    PROTOCOL,
    DrawAction,
    DrawState,
    no_pool,
    refuse_early_void,
    refuse_unwitnessed,
    twice,
)
from market.journal.queries import first_witnessed_size
from market.kernel.errors import Refusal
from market.kernel.permissions import Permission
from market.protocol.audits import read_audit
from market.protocol.draws import (
    BY_PARTY,
    NOT_COMMITTED,
    PREDICTABLE,
    REFREEZE,
    SKIPS,
    check_commit_signatures,
    check_commits,
    check_reveal,
    make_seed,
    read_commit,
    read_consent,
    read_reveal,
    read_void,
)
from market.protocol.encoding import JsonObject, canonical, parse
from market.protocol.freezes import WALK, Freeze
from market.protocol.parties import active_parties
from market.protocol.walks import Walk

FIRST: Final = 1
SIDES: Final = (
    ("supervisor", Duty.SUPERVISOR),
    ("supervisor", Duty.DRAW_WITNESS),
    ("notary", Duty.DRAW_WITNESS),
    ("owner", Duty.OWNER),
    ("agent", Duty.AGENT),
)
"""What somebody does at a draw by acting for a party of this role; the centre's is no side."""


@dataclass(frozen=True, slots=True)
class Give:
    """A structure for a draw, as its party's program sent it.

    `witnesses`: how many cosignatures make a checkpoint witnessed; only a nonce asks for it.
    """

    no: str
    raw: bytes
    witnesses: int = 1


@dataclass(frozen=True, slots=True)
class Given:
    """Where the draw stands now: its state, the attempt, and whose piece is still missing."""

    state: DrawState
    attempt: int
    missing: tuple[str, ...] = ()


def give_audit(work: Work, cmd: Give) -> Given:
    """Take a party's signed `pool-audit`; a good one from outside lets commitments in.

    A bad one stops the draw until its owner freezes again: nobody commits to a pool that does not
    hold. Fact, once for each stop: "draw.stopped". Refusals: those of `read_audit`,
    "not-your-party", "no-pool" for an order, which has none, "too-late-to-audit" after a consent
    or commitment.
    """
    row, freeze, value = _begin(work, cmd)
    found = read_audit(value, freeze)
    _refuse_stranger(work, freeze, found.party)
    if _known(work, row, AUDIT, 0, found.party, cmd.raw):
        return _given(work, row, freeze)
    if freeze.kind != WALK:
        raise no_pool()
    begun = row.attempt > FIRST or pieces(work.session, row, COMMIT, FIRST)
    if begun or pieces(work.session, row, CONSENT):
        raise Refusal(
            "too-late-to-audit",
            zh="已有同意或承诺，名册核验已结束",
            en="Consents or commitments stand already; the audit of the pool is over",
            article=PROTOCOL,
        )
    if found.findings:
        work.move(row, DRAW_TABLE, DrawAction.STOP)
        row.limit_at = None
        work.state_fact("draw.stopped", write_stop(work, row))
    elif found.is_outside or row.state is DrawState.AUDITED:
        work.move(row, DRAW_TABLE, DrawAction.AUDIT)
        row.limit_at = work.now + LIMIT
    _keep(work, row, AUDIT, 0, found.party, value)
    return _given(work, row, freeze)


def give_consent(work: Work, cmd: Give) -> Given:
    """Take a supervisor's consent: to a predictable pool, a pool frozen again, many skips.

    Refusals: those of `read_consent`, "not-your-party"; "wrong-moment" for the first two outside
    the time between audit and first commitment, for a freeze that replaces none, and for skips
    before the walk.
    """
    row, freeze, value = _begin(work, cmd)
    work.need(Permission.DRAWS_POOL_AUDIT)
    found = read_consent(value, freeze)
    _refuse_stranger(work, freeze, str(value["by"]))
    name = f"{found.reason}/{found.stratum or ''}/{found.count}"
    if _known(work, row, CONSENT, 0, name, cmd.raw):
        return _given(work, row, freeze)
    early = row.state is DrawState.AUDITED and row.attempt == 1
    early = early and not pieces(work.session, row, COMMIT, 1)
    fits = {
        PREDICTABLE: early,
        REFREEZE: early and freeze.replaces is not None,
        SKIPS: row.state is DrawState.DRAWN,
    }[found.reason]
    if not fits:
        raise Refusal(
            "wrong-moment",
            zh="此时不需要这一同意",
            en="This consent is not asked for at this moment",
            article=PROTOCOL,
        )
    _keep(work, row, CONSENT, 0, name, value)
    return _given(work, row, freeze)


def commit_nonce(work: Work, cmd: Give) -> Given:
    """Take a party's commitment; with the last one the draw waits for the witnesses.

    Refusals: those of `check_commits`, "not-your-party", "not-wanted" for a party that does not
    commit in this attempt, "no-consent" where a supervisor must sign first, "given-before".
    """
    row, freeze, value = _begin(work, cmd)
    found = read_commit(value)
    _refuse_stranger(work, freeze, found.party)
    if _known(work, row, COMMIT, found.attempt, found.party, cmd.raw):
        return _given(work, row, freeze)
    DRAW_TABLE.move(row.state, DrawAction.COMMIT)
    _refuse_lapsed(work, row, freeze)
    active = [item.party for item in wanted(work.session, row, freeze)]
    about = (found.draw, found.attempt, found.freeze_hash)
    if found.party not in active or about != (freeze.draw, row.attempt, freeze.hash):
        raise Refusal(
            "not-wanted",
            zh="此承诺不属于本轮，或该方不在本轮参与方之列",
            en="This commitment is not of this attempt, or the party does not take part in it",
            article=PROTOCOL,
        )
    _refuse_without_consent(work, row, freeze)
    check_commit_signatures(freeze, [found])
    held = sorted([*commits(work.session, row, row.attempt), found], key=lambda one: one.party)
    is_last = [one.party for one in held] == active
    if is_last:
        gone = removed(work.session, row, freeze)
        check_commits(freeze, row.attempt, held, gone)
        row.limit_at = work.now + LIMIT
    work.move(row, DRAW_TABLE, DrawAction.COMPLETE if is_last else DrawAction.COMMIT)
    _keep(work, row, COMMIT, row.attempt, found.party, value)
    return _given(work, row, freeze)


def reveal_nonce(work: Work, cmd: Give) -> Given:
    """Take a party's nonce; with the last one the seed is there and a walk begins.

    Refusals: "not-witnessed" until all commitments lie under a witnessed checkpoint, "wrong-nonce",
    "not-your-party", "not-by-party" (the escrow's way is not open), "given-before".
    """
    row, freeze, value = _begin(work, cmd)
    found = read_reveal(value)
    _refuse_stranger(work, freeze, found.party)
    if _known(work, row, REVEAL, found.attempt, found.party, cmd.raw):
        return _given(work, row, freeze)
    DRAW_TABLE.move(row.state, DrawAction.REVEAL)
    _refuse_lapsed(work, row, freeze)
    held = {one.party: one for one in commits(work.session, row, row.attempt)}
    if found.by != BY_PARTY or found.party not in held:
        raise Refusal(
            "not-by-party",
            zh="随机数须由本轮已承诺的一方公开",
            en="A nonce is revealed by a party that committed to it in this attempt",
            article=PROTOCOL,
        )
    check_reveal(held[found.party], found)
    _refuse_unwitnessed(work, row, cmd.witnesses)
    known = [*reveals(work.session, row, row.attempt), found]
    if {one.party for one in known} == set(held):
        nonces = {one.party: one.nonce for one in known}
        row.seed = make_seed(freeze, row.attempt, list(held.values()), nonces, None)
        row.limit_at = None
        work.move(row, DRAW_TABLE, DrawAction.DRAW)
        work.session.flush()
        if freeze.kind == WALK:
            write_steps(work, row, walk_of(work.session, row), 0)
        work.state_fact("draw.drawn", row.id)
    else:
        work.move(row, DRAW_TABLE, DrawAction.REVEAL)
    _keep(work, row, REVEAL, row.attempt, found.party, value)
    return _given(work, row, freeze)


def void_attempt(work: Work, cmd: Give) -> Given:
    """Name a party that let the attempt lapse: a supervisor signs, the party loses its right.

    The attempt ends when everybody missing is named. Stand-ins take part in the next one; pool and
    key stay as frozen, and the file keeps every attempt. A row is kept of each party named, and
    supervisors and the party are told: `write_lapse`. Refusals: those of `read_void`;
    "limit-running" up to the time limit; "wrong-void" for a cause or party that the record does
    not show; "no-party" unless a supervisor and one more are left.
    """
    row, freeze, value = _begin(work, cmd)
    found = read_void(value, freeze)
    _refuse_stranger(work, freeze, str(value["by"]))
    if _known(work, row, VOID, found.attempt, found.party, cmd.raw):
        return _given(work, row, freeze)
    DRAW_TABLE.move(row.state, DrawAction.VOID)
    refuse_early_void(work.now, row.limit_at)
    missing = frozenset(_given(work, row, freeze).missing)
    left = missing - named_now(work.session, row, freeze)
    waits = row.state is DrawState.AUDITED
    fits = found.attempt == row.attempt and (found.cause == NOT_COMMITTED) == waits
    if not (fits and found.party in left):
        raise Refusal(
            "wrong-void",
            zh="作废的原因或当事方与记录不符",
            en="The record does not show this cause of this party",
            article=PROTOCOL,
        )
    # Refused, and nothing done, if too few would be left to go on.
    active_parties(freeze.parties, removed(work.session, row, freeze) | missing)
    _keep(work, row, VOID, row.attempt, found.party, value)
    write_lapse(work, row, freeze, found)
    if left == {found.party}:
        work.move(row, DRAW_TABLE, DrawAction.VOID)
        row.attempt += 1
        row.limit_at = work.now + LIMIT
    work.session.flush()
    return _given(work, row, freeze)


def write_steps(work: Work, row: Draw, walk: Walk, start: int) -> None:
    """Write down the skips of a walk from number `start` on; each is journaled by itself."""
    work.session.add_all(
        DrawStep(
            draw=row.id,
            number=number,
            stratum=skip.stratum,
            leaf=skip.leaf,
            code=skip.code,
            collides=skip.collides,
        )
        for number, skip in enumerate(walk.skips)
        if number >= start
    )
    work.session.flush()


def _begin(work: Work, cmd: Give) -> tuple[Draw, Freeze, JsonObject]:
    row = open_to(work, cmd.no)
    return row, freeze_of(row), parse(cmd.raw)


def _refuse_stranger(work: Work, freeze: Freeze, party: str) -> None:
    """Go on only for an actor of the party's own organisation ("not-your-party")."""
    own = work.actor.organisation
    named = freeze.party(party)
    if own is None or organisation(work.session, own).uscc != named.organisation:
        raise Refusal(
            "not-your-party",
            zh="此参与方属于另一单位",
            en="This party is of another organisation",
            status=403,
        )


def _refuse_lapsed(work: Work, row: Draw, freeze: Freeze) -> None:
    """Refuse ("attempt-lapsed") anything for an attempt that a supervisor has begun to end."""
    if named_now(work.session, row, freeze):
        raise Refusal(
            "attempt-lapsed",
            zh="本轮已过时限，监督方正在作废；请在下一轮提交",
            en="This attempt has passed its limit and is being ended; take part in the next one",
            article=PROTOCOL,
        )


def _refuse_without_consent(work: Work, row: Draw, freeze: Freeze) -> None:
    if PREDICTABLE in (missing := missing_consents(work.session, row, freeze)):
        raise Refusal(
            "no-consent",
            zh="名册偏小或抽取比例过高，须先由监督方签名同意",
            en="The pool is small or much of it is drawn; a supervisor signs first",
            article=PROTOCOL,
        )
    if missing:
        raise Refusal(
            "no-consent",
            zh="名册经重新冻结，须先由监督方签名同意",
            en="The pool was frozen again; a supervisor signs first",
            article=PROTOCOL,
        )


def _refuse_unwitnessed(work: Work, row: Draw, witnesses: int) -> None:
    placed = commit_indexes(work.session, row)
    count = len(commits(work.session, row, row.attempt))
    seen = [first_witnessed_size(work.session, index, witnesses) for index in placed]
    if len(placed) != count or None in seen:
        raise refuse_unwitnessed()


def _known(work: Work, row: Draw, kind: str, attempt: int, name: str, raw: bytes) -> bool:
    held = work.session.scalar(
        select(DrawPiece.body).where(
            DrawPiece.draw == row.id,
            DrawPiece.kind == kind,
            DrawPiece.attempt == attempt,
            DrawPiece.name == name,
        )
    )
    if held is not None and held != raw:
        raise twice()
    return held is not None


def _keep(work: Work, row: Draw, kind: str, attempt: int, name: str, value: JsonObject) -> None:
    _take_side(work, row)
    work.publish(kind, row.no, value)
    work.session.add(
        DrawPiece(
            draw=row.id,
            kind=kind,
            attempt=attempt,
            name=name,
            body=canonical(value),
            given_at=work.now,
        )
    )
    work.session.flush()


def _take_side(work: Work, row: Draw) -> None:
    """Who gives something takes its party's side: nobody acts for two, nor opened the draw.

    Refusals of `refuse_unless_separate` (DOMAIN §2): "two-sides", "draw-three-people".
    """
    person, own = work.actor.person, work.actor.organisation
    if person is None or own is None:
        return
    uscc = organisation(work.session, own).uscc
    roles = {item.role for item in freeze_of(row).parties if item.organisation == uscc}
    for duty in (duty for role, duty in SIDES if role in roles):
        take_duty(work, TakeDuty(row.id, person, duty, own))


def _given(work: Work, row: Draw, freeze: Freeze) -> Given:
    return Given(row.state, row.attempt, missing_parties(work.session, row, freeze))
