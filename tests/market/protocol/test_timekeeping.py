"""Timekeepers: who may be three, when an identity is public, early, late, dead and two dead."""

from dataclasses import replace
from datetime import timedelta

import pytest

from market.kernel.errors import MarketError, Refusal
from market.protocol import age
from market.protocol.encoding import Malformed, canonical, parse
from market.protocol.signing import signed
from market.protocol.timekeeping import (
    Occasion,
    TimeManifest,
    check_apart,
    check_releases,
    make_recipient,
    make_release,
    make_time_manifest,
    read_recipient,
    read_release,
    read_time_manifest,
)
from tests.support.protocol_cast import signer
from tests.support.timekeeping_cast import (
    KEEPERS,
    OCCASION,
    OPENS_AT,
    identity_of,
    keeper_at,
    recipient_json,
    release_json,
    time_manifest,
)

TICK = timedelta(microseconds=1)


def releases(*numbers):
    return [read_release(release_json(number), time_manifest()) for number in numbers]


def test_a_manifest_is_three_organisations_ascending_and_reads_back():
    manifest = time_manifest()
    codes = [held.organisation.uscc for held in manifest.recipients]
    assert codes == sorted(codes)
    assert read_time_manifest(parse(canonical(manifest.to_json()))) == manifest
    backwards = [recipient_json(name, held) for name, held in reversed(KEEPERS)]
    assert make_time_manifest(OCCASION, backwards) == manifest


def test_two_timekeepers_or_four_are_no_manifest():
    rows = [held.json for held in time_manifest().recipients]
    for odd in (rows[:2], [*rows, rows[0]]):
        with pytest.raises(Malformed):
            read_time_manifest({**time_manifest().to_json(), "recipients": odd})


def test_a_timekeeper_cannot_stand_twice_nor_lend_its_recipient_or_key():
    first, second, third = (held.json for held in time_manifest().recipients)
    name = keeper_at(2)
    organisation = dict(KEEPERS)[name]
    borrowed = make_recipient(
        OCCASION,
        organisation,
        time_manifest().recipients[0].recipient,
        signer(f"timekeeper/{name}"),
    )
    same_key = make_recipient(
        OCCASION,
        organisation,
        age.recipient_of(identity_of(name)),
        signer(f"timekeeper/{keeper_at(1)}"),
    )
    for rows in ([first, first, third], [first, borrowed, third], [first, same_key, third]):
        with pytest.raises(Malformed) as refused:
            make_time_manifest(OCCASION, rows)
        assert refused.value.code == "bad-timekeepers"
    assert make_time_manifest(OCCASION, [first, second, third])


def test_a_recipient_for_another_round_or_opening_time_is_refused():
    rows = [held.json for held in time_manifest().recipients]
    for other in (
        replace(OCCASION, round=2),
        replace(OCCASION, opens_at=OPENS_AT - TICK),
        replace(OCCASION, subject="FW-2026-000124"),
    ):
        name, organisation = KEEPERS[0]
        odd = recipient_json(name, organisation, other)
        mixed = [row for row in rows if row["organisation"] != odd["organisation"]]
        with pytest.raises(Malformed) as refused:
            make_time_manifest(OCCASION, [*mixed, odd])
        assert refused.value.code == "bad-timekeepers"


def test_another_opening_time_is_another_key_so_nobody_gets_one_early_by_asking_again():
    later = Occasion(OCCASION.subject, 1, OPENS_AT + timedelta(days=1))
    now, then = time_manifest(), time_manifest(later)
    assert not {held.recipient for held in now.recipients} & {
        held.recipient for held in then.recipients
    }
    # The identity of the earlier occasion, released honestly, is refused for the later one.
    with pytest.raises(Malformed) as refused:
        read_release(release_json(1), then)
    assert refused.value.code == "foreign-release"


def test_a_changed_recipient_is_not_signed():
    held = time_manifest().recipients[0].json
    for name, value in (("round", 2), ("recipient", time_manifest().recipients[1].recipient)):
        with pytest.raises(Malformed) as refused:
            read_recipient({**held, name: value})
        assert refused.value.code == "bad-signature"


def test_early_an_identity_is_not_released_and_at_its_time_it_is():
    held, name = time_manifest().recipients[0], keeper_at(1)
    key = signer(f"timekeeper/{name}")
    with pytest.raises(Refusal) as refused:
        make_release(held, identity_of(name), OPENS_AT - TICK, key)
    assert refused.value.code == "too-early"
    for at in (OPENS_AT, OPENS_AT + TICK, OPENS_AT + timedelta(days=400)):
        found = read_release(make_release(held, identity_of(name), at, key), time_manifest())
        assert (found.number, found.released_at) == (1, at)


def test_early_release_signed_all_the_same_convicts_the_timekeeper_and_opens_nothing():
    name = keeper_at(1)
    bare = {key: value for key, value in release_json(1).items() if key != "signature"}
    early = signed(
        {**bare, "released_at": "2026-11-26T01:59:59.999999Z"}, signer(f"timekeeper/{name}")
    )
    with pytest.raises(Malformed) as refused:
        read_release(early, time_manifest())
    assert refused.value.code == "released-early"


def test_a_foreign_identity_a_foreign_signer_and_another_time_are_refused():
    name, bare = keeper_at(1), {**release_json(1)}
    del bare["signature"]
    other = identity_of(keeper_at(2))
    for changed, key, code in (
        ({"identity": other}, name, "foreign-release"),
        ({"recipient": age.recipient_of(other), "identity": other}, name, "foreign-release"),
        ({"timekeeper": "91350100M000100Y43"}, name, "foreign-release"),
        ({"round": 2}, name, "foreign-release"),
        ({}, keeper_at(2), "bad-signature"),
    ):
        value = signed({**bare, **changed}, signer(f"timekeeper/{key}"))
        with pytest.raises(Malformed) as refused:
            read_release(value, time_manifest())
        assert refused.value.code == code
    with pytest.raises(ValueError, match="another recipient"):
        make_release(time_manifest().recipients[0], other, OPENS_AT, signer(f"timekeeper/{name}"))


@pytest.mark.parametrize("numbers", [(1, 2), (1, 3), (2, 3), (1, 2, 3)])
def test_one_dead_or_late_timekeeper_of_three_stops_nothing(numbers):
    found = check_releases(releases(*numbers))
    assert list(found) == list(numbers)


@pytest.mark.parametrize("numbers", [(), (1,), (3,)])
def test_two_dead_timekeepers_delay_and_are_nobodys_fault(numbers):
    with pytest.raises(Refusal) as refused:
        check_releases(releases(*numbers))
    assert refused.value.code == "too-few-releases"
    assert "报价不受影响" in refused.value.words("zh")
    # The next one that comes ends the delay, however late it is.
    assert check_releases(sorted(releases(*numbers, 2, 3)[-2:], key=lambda held: held.number))


def test_one_timekeeper_twice_is_not_two():
    with pytest.raises(MarketError):
        check_releases(releases(2, 2))
    with pytest.raises(MarketError):
        check_releases(releases(2, 1))


def test_one_interest_may_have_one_timekeeper_and_not_two():
    manifest = time_manifest()
    codes = [held.organisation.uscc for held in manifest.recipients]
    check_apart(manifest, {codes[0], "91350100M000100Y43"})
    with pytest.raises(Refusal) as refused:
        check_apart(manifest, {codes[0], codes[2]})
    assert refused.value.code == "timekeepers-together"


def test_a_manifest_out_of_order_is_refused():
    manifest = time_manifest()
    odd = TimeManifest(OCCASION, manifest.recipients[::-1])
    with pytest.raises(Malformed):
        read_time_manifest(odd.to_json())
