"""Running a draw again: honest files hold, and every way to turn the outcome is refused."""

from dataclasses import replace

import pytest

from market.protocol.draw_files import draw_file, read_draw_file, write_earlier, write_pool
from market.protocol.draws import REFREEZE, SKIPS
from market.protocol.encoding import Malformed, b64u, canonical
from market.protocol.freezes import PERMUTATION, PICK, Replaced
from market.protocol.reruns import rerun
from market.protocol.statements import Account
from market.protocol.walks import Skip
from tests.support.draw_cast import (
    K_DRAW,
    DrawScene,
    carry_out,
    consent_of,
    file_of,
    json_of,
    make_plan,
    register,
    step_of,
    with_pool,
)
from tests.support.log_cast import NOTARY_USCC, secret

SCENE = DrawScene()
MADE = carry_out(SCENE)
ITEMS = tuple(sorted(secret(f"bid/{number}") for number in range(7)))


def run(held):
    account = Account()
    return rerun(held, account), account


def code_of(held):
    with pytest.raises(Malformed) as refused:
        run(held)
    return refused.value.code


def refused_code(**changed):
    return code_of(file_of(MADE, **changed))


def test_an_honest_draw_runs_again_to_the_same_seats_and_names():
    again, account = run(file_of(MADE))
    assert again.seed == MADE.seed
    ids = {item.id for item in register()}
    for (name, drawn), stratum in zip(again.drawn(), MADE.freeze.strata, strict=True):
        assert name == stratum.name
        assert len(drawn) == stratum.quota
        assert set(drawn) <= ids
    said = f"attested by {NOTARY_USCC}, not proved here"
    assert any(said in item.en for item in account.attested)


def test_running_it_twice_says_the_same():
    assert run(file_of(MADE))[0] == run(file_of(MADE))[0]
    raw = canonical(json_of(MADE))
    assert read_draw_file(raw) == draw_file(json_of(MADE))


def test_with_the_pool_public_completeness_is_proved_and_no_longer_attested():
    again, account = run(file_of(with_pool(SCENE, MADE)))
    assert any("complete, without duplicates" in item.en for item in account.proved)
    assert not any("complete and without duplicates" in item.en for item in account.attested)
    assert not any("unit cap" in item.en for item in account.attested)
    assert len(again.names) == sum(item.size for item in MADE.freeze.strata)


@pytest.mark.parametrize(
    "scene",
    [
        DrawScene(kind=PERMUTATION, items=ITEMS),
        DrawScene(kind=PERMUTATION, items=()),
        DrawScene(kind=PICK, options=("0.95", "0.96", "0.97", "0.98")),
        DrawScene(plan=make_plan(repeats=True)),
        DrawScene(reported=()),
        DrawScene(unit_cap=None),
        DrawScene(candidates=register(500), plan=make_plan(20)),
    ],
    ids=["permutation", "nothing", "pick", "repeats", "no skips", "no cap", "many"],
)
def test_every_kind_of_draw_runs_again(scene):
    made = carry_out(scene)
    again, _ = run(file_of(made))
    assert again.result == made.result
    if scene.kind == PERMUTATION:
        assert sorted(again.drawn()[0][1]) == sorted(b64u(item) for item in scene.items)
    if scene.kind == PICK:
        assert again.drawn()[0][1][0] in scene.options


def test_c4_a_pool_that_is_not_the_registers_is_refused_once_it_is_open():
    thinned = replace(SCENE.inputs(), candidates=SCENE.candidates[1:])
    assert refused_code(pool=write_pool(thinned)) == "register-differs"


@pytest.mark.parametrize("place", [0, 1])
def test_c4_leaves_added_left_out_or_reordered_are_refused(place):
    row = MADE.leaves[place]
    for wrong in (row[1:], row[::-1], tuple(sorted((*row, secret("x"))))):
        leaves = list(MADE.leaves)
        leaves[place] = wrong
        assert refused_code(leaves=leaves) == "wrong-leaves"


def test_a_draw_without_a_good_outside_audit_is_refused():
    assert refused_code(audits=[]) == "no-audit"


def test_another_result_is_refused():
    seats = MADE.result["seats"]
    swapped = [{**seats[0], "leaves": seats[0]["leaves"][::-1]}, *seats[1:]]
    changes = [
        {"seats": swapped},
        {"seats": []},
        {"seed": b64u(bytes(32))},
        {"index": 0},
        {"attempt": 2},
    ]
    for change in changes:
        assert refused_code(result={**MADE.result, **change}) == "wrong-result"


def test_steps_left_out_added_or_reordered_are_refused():
    assert len(MADE.steps) == 2
    assert refused_code(steps=MADE.steps[:1]) == "wrong-result"
    assert refused_code(steps=MADE.steps[1:]) == "wrong-steps"
    assert refused_code(steps=[*MADE.steps, {**MADE.steps[0], "step": 2}]) == "not-seated"
    assert refused_code(steps=MADE.steps[::-1]) in ("wrong-steps", "not-seated")
    renumbered = [{**MADE.steps[0], "step": 1}, MADE.steps[1]]
    assert refused_code(steps=renumbered) == "wrong-steps"


def test_m8_a_friend_further_down_the_order_is_not_reached_without_skips():
    first = MADE.freeze.strata[0].name
    friend = MADE.walk.following(first, 1)[0]
    seats = [dict(row) for row in MADE.result["seats"]]
    seats[0]["leaves"] = [*seats[0]["leaves"][:-1], b64u(friend)]
    assert refused_code(result={**MADE.result, "seats": seats}) == "wrong-result"


def test_a_predictable_pool_needs_the_supervisors_signature():
    scene = DrawScene(plan=make_plan(5), reported=())
    made = carry_out(scene)
    assert made.freeze.needs_consent
    run(file_of(made))
    assert code_of(file_of(made, consents=[])) == "no-consent"


def test_h21_more_skips_than_seats_need_the_supervisors_signature():
    scene = DrawScene(reported=("declined", "no-answer", "declined"))
    assert len(carry_out(scene).steps) == 3
    run(file_of(carry_out(scene)))
    more = carry_out(DrawScene(reported=("declined",) * 4))
    assert code_of(file_of(more)) == "no-consent"
    name, count = more.freeze.strata[0].name, len(more.steps)
    too_few = consent_of(more.freeze, SKIPS, name, count - 1)
    assert code_of(file_of(more, consents=[too_few])) == "no-consent"
    run(file_of(more, consents=[consent_of(more.freeze, SKIPS, name, count)]))


def test_a_candidate_shown_who_is_not_in_the_pool_is_refused():
    stranger = secret("salt") + canonical({"id": "X", "unit_tag": None, "attributes": {}})
    assert refused_code(opened=[stranger]) == "wrong-opening"


def test_a_false_collision_is_refused_where_the_units_are_open():
    scene = DrawScene(reported=())
    made = carry_out(scene)
    assert not made.steps
    first = made.freeze.strata[0].name
    met, passed = made.walk.seats[first][0], made.walk.seats[first][1]
    false = step_of(made.freeze.draw, 0, Skip(first, passed, "unit-cap", met))
    assert code_of(file_of(made, steps=[false])) == "wrong-steps"
    assert code_of(file_of(with_pool(scene, made), steps=[false])) == "wrong-steps"


def test_freezing_again_lists_every_change_with_a_cause_and_a_supervisors_word():
    scene = DrawScene(reported=())
    old = carry_out(scene)
    thinner = replace(scene, candidates=scene.candidates[:-1])
    new_pool = thinner.pool()
    gone = sorted(
        {leaf for row in old.leaves for leaf in row}
        - {leaf for row in new_pool.strata.values() for leaf in row}
    )
    assert len(gone) == 1
    held = _refrozen(thinner, old, Replaced(old.freeze.hash, ((gone[0], "退出名册"),)))
    _, account = run(held)
    assert any("Freezing again changed 1 leaves only" in item.en for item in account.proved)
    unlisted = Replaced(old.freeze.hash, ((secret("another"), "退出名册"),))
    assert code_of(_refrozen(thinner, old, unlisted)) == "bad-refreeze"
    foreign = Replaced(bytes(32), ((gone[0], "退出名册"),))
    assert code_of(_refrozen(thinner, old, foreign)) == "bad-refreeze"
    unsigned = _refrozen(thinner, old, Replaced(old.freeze.hash, ((gone[0], "x"),)), consents=[])
    assert code_of(unsigned) == "no-consent"
    assert code_of(replace(held, earlier=())) == "bad-refreeze"


def test_freezing_again_keeps_key_parties_and_quotas():
    old = carry_out(replace(SCENE, reported=()))
    thinner = replace(SCENE, candidates=SCENE.candidates[:-1], reported=())
    new_pool = thinner.pool()
    gone = sorted(
        {leaf for row in old.leaves for leaf in row}
        - {leaf for row in new_pool.strata.values() for leaf in row}
    )
    changes = tuple((leaf, "退出名册") for leaf in gone)
    first, *rest = old.freeze.strata
    for other in (
        replace(old.freeze, walk=replace(old.freeze.walk, key_hash=bytes(32))),
        replace(old.freeze, parties=old.freeze.parties[:3]),
        replace(old.freeze, case="ZC-2026-000124"),
        replace(old.freeze, strata=(replace(first, quota=2), *rest)),
        replace(old.freeze, walk=replace(old.freeze.walk, unit_cap=2)),
        replace(old.freeze, reveal_seconds=60),
        replace(old.freeze, replaces=Replaced(bytes(32), changes)),
    ):
        made = replace(old, freeze=other, audits=[])
        assert code_of(_refrozen(thinner, made, Replaced(other.hash, changes))) == "bad-refreeze"


def test_a_pool_may_be_frozen_again_twice_and_the_last_freeze_alone_is_consented_to():
    old = carry_out(replace(SCENE, reported=()))
    again = carry_out(replace(SCENE, reported=(), replaces=Replaced(old.freeze.hash, ())))
    held = _refrozen(replace(SCENE, reported=()), again, Replaced(again.freeze.hash, ()))
    first = write_earlier(old.freeze.json(), old.leaves, old.audits)
    second = write_earlier(again.freeze.json(), again.leaves, again.audits)
    made = carry_out(replace(SCENE, reported=(), replaces=Replaced(again.freeze.hash, ())))
    both = file_of(made, consents=[consent_of(made.freeze, REFREEZE)], earlier=[first, second])
    _, account = run(both)
    assert sum("Freezing again changed 0 leaves" in item.en for item in account.proved) == 2
    assert code_of(held) == "bad-refreeze"  # the first is left out
    assert code_of(replace(both, consents=())) == "no-consent"
    gap = file_of(made, consents=[consent_of(made.freeze, REFREEZE)], earlier=[second, first])
    assert code_of(gap) == "bad-refreeze"


def _refrozen(scene, old, replaced, *, consents=None):
    made = carry_out(replace(scene, replaces=replaced))
    signed = [consent_of(made.freeze, REFREEZE)] if consents is None else consents
    earlier = write_earlier(old.freeze.json(), old.leaves, old.audits)
    return file_of(made, consents=signed, earlier=[earlier])


def test_the_key_of_the_draw_is_not_in_a_file_whose_names_are_secret():
    assert b64u(K_DRAW) not in canonical(json_of(MADE)).decode()
    assert b64u(K_DRAW) in canonical(json_of(with_pool(SCENE, MADE))).decode()
