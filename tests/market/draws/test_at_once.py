"""Pieces that parties give to a draw: the same piece at once and again is given once."""

import pytest
from sqlalchemy import Engine, func, select

from market.draws.model import DrawPiece
from tests.market.draws.parties_at_work import Table, sit_down
from tests.support.repeated import at_once


@pytest.fixture
def table(engine: Engine) -> Table:
    return sit_down(engine)


def pieces(table: Table, kind: str) -> int:
    with table.office.sessions() as session:
        counted = select(func.count()).where(DrawPiece.kind == kind)
        return session.scalar(counted) or 0


def test_an_audit_a_commitment_and_a_nonce_are_each_given_once(table: Table) -> None:
    table.freeze()
    answers = [*at_once(lambda _: table.audit()), table.audit()]
    assert all(one == answers[0] for one in answers)
    assert pieces(table, "draw-audit") == 1
    for party in ("supervisor", "notary", "centre"):
        answers = [*at_once(lambda _, who=party: table.commit(who)), table.commit(party)]
        assert all(one == answers[0] for one in answers)
    assert pieces(table, "draw-commit") == 3
    table.witness()
    answers = [*at_once(lambda _: table.reveal("notary")), table.reveal("notary")]
    assert all(one == answers[0] for one in answers)
    assert pieces(table, "draw-reveal") == 1
