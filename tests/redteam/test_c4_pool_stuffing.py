"""C4: the platform lists a friend ten times, dead souls, or leaves the strict ones out."""

from dataclasses import replace

import pytest

from market.command import HOUSE, Work
from market.draws.model import Draw
from market.draws.rules import DrawState
from market.kernel.errors import IllegalMove, MarketError
from market.protocol.audits import PoolInputs, audit
from market.protocol.encoding import canonical, digest, parse, unb64u
from market.protocol.freezes import Stratum, read_freeze
from market.protocol.merkle import root
from market.protocol.pools import make_pool, read_candidate, read_plan
from tests.market.draws.parties_at_work import NO, REGISTER_KEY, SEALER, candidates, sit_down


def inputs(session) -> PoolInputs:
    row = session.query(Draw).filter_by(no=NO).one()
    given = parse(SEALER.open(f"draw/{NO}", row.inputs))
    return PoolInputs(
        unb64u(given["key"]), read_plan(given["plan"]), unb64u(given["register_key"]),
        tuple(read_candidate(one) for one in given["candidates"]),
    )  # fmt: skip


def forge(table, change) -> None:
    """What an operator with the database does: another freeze in the place of the honest one."""

    def write(work: Work, _: None) -> None:
        row = work.session.query(Draw).filter_by(no=NO).one()
        given = inputs(work.session)
        pool = make_pool(given.plan, given.key, given.candidates)
        freeze = read_freeze(parse(row.freeze))
        leaves = tuple(sorted(change(pool.strata["A01"])))
        stratum = replace(freeze.strata[0], size=len(leaves), root=root(leaves))
        row.freeze = canonical(replace(freeze, strata=(stratum,)).json())

    table.office.run(write, None, HOUSE)


@pytest.mark.parametrize(
    "change",
    [
        lambda leaves: [*leaves, *(digest(bytes([copy])) for copy in range(10))],  # ten salts
        lambda leaves: leaves[1:],  # somebody strict is left out
    ],
)
def test_an_auditor_finds_a_stuffed_or_thinned_pool_and_nothing_is_drawn(engine, change):
    table = sit_down(engine)
    table.freeze()
    forge(table, change)
    table.audit()  # computed by the party's own program, signed as found
    assert table.facts().state is DrawState.STOPPED
    with pytest.raises(IllegalMove):
        table.commit("notary")


def test_the_honest_pool_passes_the_same_audit(engine):
    table = sit_down(engine)
    table.freeze()
    assert isinstance(table.freeze_structure().strata[0], Stratum)
    found = table.office.read(inputs)
    assert audit(table.freeze_structure(), found) == ()
    table.audit()
    assert table.facts().state is DrawState.AUDITED


def test_a_register_that_lists_somebody_twice_is_not_even_frozen(engine):
    table = sit_down(engine)
    crowd = candidates()
    with pytest.raises(MarketError, match="listed-twice"):
        table.freeze(candidates=(*crowd, crowd[0]))


def test_without_the_draws_key_the_verifier_says_who_attests(engine):
    from market.draws.commands.walking import PublishDraw, publish_draw  # noqa: PLC0415
    from market.protocol.draw_files import read_draw_file  # noqa: PLC0415
    from market.protocol.reruns import rerun  # noqa: PLC0415
    from market.protocol.statements import Account  # noqa: PLC0415

    table = sit_down(engine)
    table.freeze()
    table.audit()
    table.draw()
    table.journal_steps()
    table.office.run(publish_draw, PublishDraw(NO, names_public=True), HOUSE)
    table.witness()
    account = Account()
    rerun(read_draw_file(table.file()), account)
    assert any("attested by" in said.en and "complete" in said.en for said in account.attested)
    assert REGISTER_KEY not in table.file()
