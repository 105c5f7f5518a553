"""Reading a draw's rows as the protocol's structures; for this room's own commands and queries."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from market.draws.model import Draw, DrawLeaf, DrawPiece, DrawStep
from market.draws.rules import DrawState, no_draw
from market.journal.queries import entries_of
from market.protocol.draws import (
    PREDICTABLE,
    REFREEZE,
    SKIPS,
    Commit,
    Reveal,
    read_commit,
    read_consent,
    read_reveal,
    read_void,
)
from market.protocol.encoding import JsonObject, parse
from market.protocol.entries import read_entry
from market.protocol.freezes import Freeze, read_freeze
from market.protocol.parties import Party, active_parties
from market.protocol.walks import REPORTED, Row, Walk, cap_by_tags, draw_order

AUDIT, CONSENT, COMMIT, REVEAL, VOID = (
    "draw-audit",
    "draw-consent",
    "draw-commit",
    "draw-reveal",
    "draw-void",
)


def draw_row(session: Session, no: str, *, lock: bool = False) -> Draw:
    """The row of a draw; `NotFound`."""
    question = select(Draw).where(Draw.no == no)
    row = session.scalar(question.with_for_update() if lock else question)
    if row is None:
        raise no_draw()
    return row


def freeze_of(row: Draw) -> Freeze:
    """The freeze as journaled."""
    return read_freeze(parse(row.freeze))


def pieces(session: Session, row: Draw, kind: str, attempt: int = 0) -> list[JsonObject]:
    """What was given of a kind: commitments, nonces, voids by party, all else by the moment."""
    by_party = kind in (COMMIT, REVEAL, VOID)
    order = DrawPiece.name if by_party else DrawPiece.given_at
    found = session.scalars(
        select(DrawPiece.body)
        .where(DrawPiece.draw == row.id, DrawPiece.kind == kind, DrawPiece.attempt == attempt)
        .order_by(order)
    ).all()
    read = [parse(body) for body in found]
    # The database may sort by a language's rules; the protocol sorts ASCII.
    return sorted(read, key=lambda one: str(one["party"])) if by_party else read


def commits(session: Session, row: Draw, attempt: int) -> list[Commit]:
    """The commitments of an attempt, ascending by party."""
    return [read_commit(one) for one in pieces(session, row, COMMIT, attempt)]


def reveals(session: Session, row: Draw, attempt: int) -> list[Reveal]:
    """The nonces of an attempt, ascending by party."""
    return [read_reveal(one) for one in pieces(session, row, REVEAL, attempt)]


def voids(session: Session, row: Draw) -> dict[int, list[JsonObject]]:
    """How each earlier attempt ended: whom it names, ascending by party."""
    return {number: pieces(session, row, VOID, number) for number in range(1, row.attempt)}


def named_now(session: Session, row: Draw, freeze: Freeze) -> frozenset[str]:
    """The parties named so far for letting the attempt at hand lapse, which ends with the last."""
    held = pieces(session, row, VOID, row.attempt)
    return frozenset(read_void(one, freeze).party for one in held)


def removed(session: Session, row: Draw, freeze: Freeze) -> frozenset[str]:
    """The parties that lost their right in earlier attempts."""
    held = voids(session, row).values()
    return frozenset(read_void(one, freeze).party for ended in held for one in ended)


def wanted(session: Session, row: Draw, freeze: Freeze) -> tuple[Party, ...]:
    """Who must commit in the attempt at hand, ascending by name."""
    return active_parties(freeze.parties, removed(session, row, freeze))


def missing_parties(session: Session, row: Draw, freeze: Freeze) -> tuple[str, ...]:
    """Whose commitment or nonce the attempt at hand still waits for."""
    kind = {DrawState.AUDITED: COMMIT, DrawState.COMMITTED: REVEAL}.get(row.state)
    if kind is None:
        return ()
    done = {str(one["party"]) for one in pieces(session, row, kind, row.attempt)}
    return tuple(item.party for item in wanted(session, row, freeze) if item.party not in done)


def missing_consents(session: Session, row: Draw, freeze: Freeze) -> tuple[str, ...]:
    """Why a supervisor signs before anybody commits: a predictable pool, a pool frozen again."""
    signed = {str(one["reason"]) for one in pieces(session, row, CONSENT)}
    asked = {PREDICTABLE: freeze.needs_consent, REFREEZE: freeze.replaces is not None}
    return tuple(reason for reason, due in asked.items() if due and reason not in signed)


def leaves(session: Session, row: Draw, freeze: Freeze) -> list[tuple[bytes, ...]]:
    """The leaves of every stratum in the freeze's order, ascending."""
    return [
        tuple(
            sorted(
                session.scalars(
                    select(DrawLeaf.leaf).where(
                        DrawLeaf.draw == row.id, DrawLeaf.stratum == item.name
                    )
                )
            )
        )
        for item in freeze.strata
    ]


def walk_of(session: Session, row: Draw) -> Walk:
    """The walk as far as it has come: the order of the seed, and every reported skip."""
    freeze = freeze_of(row)
    if row.seed is None or freeze.walk is None:
        raise AssertionError(f"{row.no} is not walked")
    tags = {
        one.leaf: one.tag
        for one in session.execute(
            select(DrawLeaf.leaf, DrawLeaf.tag).where(DrawLeaf.draw == row.id)
        )
    }
    walk = Walk(
        [
            Row(item.name, item.quota, draw_order(row.seed, item.name, held))
            for item, held in zip(freeze.strata, leaves(session, row, freeze), strict=True)
        ],
        cap_by_tags(tags, freeze.walk.unit_cap),
    )
    for step in steps(session, row):
        if step.code in REPORTED:
            walk.unseat(step.stratum, step.leaf, step.code)
    return walk


def commit_indexes(session: Session, row: Draw) -> list[int]:
    """Where the commitments of the attempt at hand stand in the journal, as far as placed."""
    found = list[int]()
    for entry in entries_of(session, row.no, COMMIT):
        if read_commit(read_entry(entry.entry).data).attempt == row.attempt:
            found.append(entry.index)
    return found


def steps(session: Session, row: Draw) -> list[DrawStep]:
    """The skips in their order."""
    return list(
        session.scalars(select(DrawStep).where(DrawStep.draw == row.id).order_by(DrawStep.number))
    )


def skips_allowed(session: Session, row: Draw, freeze: Freeze, stratum: str) -> int:
    """How many skips this stratum may have before a supervisor must sign for more."""
    quota = next(item.quota for item in freeze.strata if item.name == stratum)
    signed = [
        one.count
        for one in (read_consent(item, freeze) for item in pieces(session, row, CONSENT))
        if (one.reason, one.stratum) == (SKIPS, stratum)
    ]
    return max([quota, *signed])
