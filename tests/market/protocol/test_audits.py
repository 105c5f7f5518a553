"""The audit of a pool: stuffing, thinning and dead souls are found before any nonce is thrown."""

from dataclasses import replace

import pytest

from market.protocol.audits import audit, check_audits, make_audit, read_audit
from market.protocol.encoding import Malformed
from market.protocol.freezes import PICK, freeze_pool
from market.protocol.merkle import leaf_hash
from market.protocol.pools import Candidate, leaf_data, make_pool
from tests.support.draw_cast import K_DRAW, DrawScene, make_plan, register
from tests.support.log_cast import private, secret

SCENE = DrawScene()
FRIEND = next(item for item in register() if make_plan().strata_of(item) == ("A01 水利",))


def codes(freeze, given=None):
    return {item.code for item in audit(freeze, SCENE.inputs() if given is None else given)}


def stuffed(extra):
    """A freeze whose first stratum has further leaves."""
    pool = SCENE.pool()
    first = "A01 水利"
    leaves = tuple(sorted({*pool.strata[first], *extra}))
    return SCENE.freeze(replace(pool, strata={**pool.strata, first: leaves}))


def test_an_honest_pool_holds():
    assert audit(SCENE.freeze(), SCENE.inputs()) == ()


def test_c4_the_same_candidate_under_many_salts_is_found():
    copies = [leaf_hash(leaf_data(secret(f"salt/{n}"), FRIEND)) for n in range(10)]
    assert codes(stuffed(copies)) == {"pool-differs"}


def test_c4_a_dead_soul_in_the_pool_is_found():
    ghost = Candidate("E9999", None, FRIEND.attributes)
    assert codes(stuffed([leaf_hash(leaf_data(K_DRAW, ghost))])) == {"pool-differs"}


def test_c4_a_thinned_pool_is_found():
    pool = SCENE.pool()
    for name, leaves in pool.strata.items():
        thinned = replace(pool, strata={**pool.strata, name: leaves[1:]})
        assert codes(SCENE.freeze(thinned)) == {"pool-differs"}


def test_c4_a_thinned_pool_with_a_made_up_exclusion_is_found():
    pool = SCENE.pool()
    thinned = {**pool.strata, "A01 水利": pool.strata["A01 水利"][1:]}
    excused = {**pool.excluded, "r10": pool.excluded["r10"] + 1}
    found = codes(SCENE.freeze(replace(pool, strata=thinned, excluded=excused)))
    assert found == {"pool-differs", "excluded-differ"}


def test_c4_a_thinned_register_is_not_the_journaled_one():
    thinned = replace(SCENE.inputs(), candidates=SCENE.candidates[1:])
    assert "register-differs" in codes(SCENE.freeze(), thinned)
    record = SCENE.candidates[0]
    changed = replace(record, attributes={**record.attributes, "years": 99})
    touched = replace(SCENE.inputs(), candidates=(changed, *SCENE.candidates[1:]))
    assert "register-differs" in codes(SCENE.freeze(), touched)


def test_a_candidate_who_stands_twice_in_the_register_is_found():
    twice = replace(SCENE, candidates=(*SCENE.candidates, FRIEND))
    given = twice.inputs()
    assert codes(SCENE.freeze(), given) == {"register-differs", "listed-twice"}


def test_a_plan_changed_after_the_freeze_is_found():
    other = replace(SCENE.inputs(), plan=make_plan(2))
    assert codes(SCENE.freeze(), other) == {"plan-differs", "pool-differs"}
    dropped = replace(make_plan(), exclusions=make_plan().exclusions[1:])
    found = codes(SCENE.freeze(), replace(SCENE.inputs(), plan=dropped))
    assert found == {"plan-differs", "pool-differs", "excluded-differ"}


def test_another_draws_plan_is_not_this_ones():
    other = replace(SCENE.inputs(), plan=replace(make_plan(), draw="D-2"))
    assert codes(SCENE.freeze(), other) == {"plan-differs"}


def test_another_key_is_found():
    found = codes(SCENE.freeze(), replace(SCENE.inputs(), key=secret("other")))
    assert found == {"key-differs", "plan-differs", "pool-differs"}


def test_strata_in_another_order_are_found():
    freeze = SCENE.freeze()
    assert codes(replace(freeze, strata=freeze.strata[::-1])) == {"strata-differ"}


def test_quota_and_substitutes_are_those_of_the_plan():
    freeze = SCENE.freeze()
    for change in ({"quota": 4}, {"substitutes": 0}):
        strata = (replace(freeze.strata[0], **change), *freeze.strata[1:])
        assert codes(replace(freeze, strata=strata)) == {"pool-differs"}


def test_only_a_walk_has_a_pool():
    with pytest.raises(ValueError, match="walk"):
        audit(DrawScene(kind=PICK, options=("1", "2")).freeze(), SCENE.inputs())


def signed_audit(party="notary", findings=(), freeze=None):
    held = SCENE.freeze() if freeze is None else freeze
    return make_audit(held, party, findings, private(party))


def test_a_good_audit_of_an_outside_party_lets_the_draw_go_on():
    freeze = SCENE.freeze()
    held = read_audit(signed_audit(), freeze)
    assert check_audits(freeze, [held]) == (held,)


def test_without_an_outside_audit_no_nonce_is_taken():
    freeze = SCENE.freeze()
    inside = read_audit(signed_audit("centre"), freeze)
    for audits in ([], [inside]):
        with pytest.raises(Malformed) as refused:
            check_audits(freeze, audits)
        assert refused.value.code == "no-audit"


def test_one_party_that_found_something_stops_the_draw_and_is_named():
    freeze = SCENE.freeze()
    findings = audit(freeze, replace(SCENE.inputs(), candidates=SCENE.candidates[1:]))
    bad = read_audit(signed_audit("supervisor", findings), freeze)
    with pytest.raises(Malformed) as refused:
        check_audits(freeze, [read_audit(signed_audit(), freeze), bad])
    assert refused.value.code == "audit-fails"
    assert "supervisor" in refused.value.en
    assert "register-differs" in refused.value.en


def test_an_audit_of_another_freeze_is_refused():
    thinned = make_pool(SCENE.plan, K_DRAW, SCENE.candidates[1:])
    other = SCENE.freeze(thinned)
    with pytest.raises(Malformed) as refused:
        read_audit(signed_audit(), other)
    assert refused.value.code == "wrong-freeze"


def test_an_audit_signed_by_another_key_or_touched_is_refused():
    freeze = SCENE.freeze()
    forged = make_audit(freeze, "notary", (), private("centre"))
    with pytest.raises(Malformed) as refused:
        read_audit(forged, freeze)
    assert refused.value.code == "bad-signature"
    with pytest.raises(Malformed):
        read_audit({**signed_audit(), "result": "fails"}, freeze)
    with pytest.raises(Malformed):
        read_audit({**signed_audit(), "party": "ghost"}, freeze)


def test_numbers_need_no_pool_and_so_no_audit():
    freeze = DrawScene(kind=PICK, options=("1", "2")).freeze()
    assert check_audits(freeze, []) == ()


def test_the_frozen_strata_follow_from_plan_and_pool():
    assert freeze_pool(SCENE.plan, SCENE.pool()) == SCENE.freeze().strata
