"""The walk: drawn order, computed skips, reported skips, substitutes that are always the next."""

import hashlib
import hmac
from collections import Counter
from datetime import timedelta

import pytest

from market.protocol.encoding import Malformed, b64u
from market.protocol.walks import (
    DECLINED,
    EARLIER_STRATUM,
    NO_ANSWER,
    NOT_SIGNED_IN,
    RECUSED,
    UNIT_CAP,
    Delivery,
    Row,
    Skip,
    Walk,
    cap_by_tags,
    draw_order,
    make_step,
    read_step,
)
from tests.support.log_cast import seconds, secret

A, B, C, D, E, F = (bytes([number]) * 32 for number in range(6))


def walk(rows, tags=None, cap=1):
    known = dict.fromkeys((A, B, C, D, E, F)) | (tags or {})
    return Walk(
        [Row(name, quota, tuple(order)) for name, quota, order in rows], cap_by_tags(known, cap)
    )


def test_the_order_is_by_the_mac_of_stratum_and_leaf():
    leaves = sorted(secret(f"leaf/{number}") for number in range(20))

    def by_hand(leaf):
        return hmac.new(secret("seed"), "水利".encode() + leaf, hashlib.sha256).digest()

    assert draw_order(secret("seed"), "水利", leaves) == tuple(sorted(leaves, key=by_hand))
    assert draw_order(secret("seed"), "造价", leaves) != draw_order(secret("seed"), "水利", leaves)


def test_everybody_is_first_about_equally_often():
    leaves = [A, B, C, D, E]
    counted = Counter(draw_order(secret(f"even/{n}"), "s", leaves)[0] for n in range(2000))
    assert sum((count - 400) ** 2 / 400 for count in counted.values()) < 18.5  # p 0.001


def test_seats_go_to_the_first_in_order():
    held = walk([("s", 2, [C, A, B])])
    assert held.seats == {"s": [C, A]}
    assert held.skips == []
    assert held.following("s", 5) == (B,)


def test_who_was_called_in_an_earlier_stratum_is_passed_over_in_a_later_one():
    held = walk([("one", 1, [A, B]), ("two", 1, [A, C])])
    assert held.seats == {"one": [A], "two": [C]}
    assert held.skips == [Skip("two", A, EARLIER_STRATUM, None)]


def test_who_declined_once_is_not_called_again_in_another_stratum():
    held = walk([("one", 1, [A, B]), ("two", 2, [C, A, D])])
    assert held.seats["two"] == [C, D]
    held.unseat("one", A, DECLINED)
    assert held.seats["one"] == [B]
    assert A not in held.seats["two"]


def test_one_of_a_unit_is_seated_and_the_second_names_whom_it_met():
    held = walk([("s", 2, [A, B, C])], {A: b"u", B: b"u", C: b"v"})
    assert held.seats == {"s": [A, C]}
    assert held.skips == [Skip("s", B, UNIT_CAP, A)]


def test_the_cap_counts_over_all_strata_and_may_be_two_or_none():
    tags = {A: b"u", B: b"u", C: b"u", D: b"v"}
    rows = [("one", 1, [A]), ("two", 2, [B, C, D])]
    assert walk(rows, tags, 1).seats["two"] == [D]
    assert walk(rows, tags, 2).seats["two"] == [B, D]
    assert walk(rows, tags, None).seats["two"] == [B, C]


def test_who_has_no_unit_meets_nobody():
    assert walk([("s", 2, [A, B])], {A: None, B: None}).seats == {"s": [A, B]}


@pytest.mark.parametrize("code", [DECLINED, NO_ANSWER, NOT_SIGNED_IN, RECUSED])
def test_a_seat_that_falls_free_goes_to_the_next(code):
    held = walk([("s", 2, [A, B, C, D])])
    held.unseat("s", A, code)
    assert held.seats == {"s": [B, C]}
    assert held.skips == [Skip("s", A, code, None)]


def test_one_persons_answer_never_unseats_another_and_nobody_passed_over_comes_back():
    tags = {A: b"u", B: b"u", C: b"v", D: b"w", E: b"x"}
    held = walk([("s", 2, [A, B, C, D, E])], tags)
    assert held.seats == {"s": [A, C]}
    held.unseat("s", A, DECLINED)
    assert held.seats == {"s": [C, D]}  # not B, who was passed over while A had the seat
    held.unseat("s", C, DECLINED)
    assert held.seats == {"s": [D, E]}


def test_when_nobody_is_left_the_seat_stays_empty_and_shows():
    held = walk([("s", 2, [A, B])])
    held.unseat("s", B, DECLINED)
    assert held.seats == {"s": [A]}
    assert held.short("s") == 1
    assert held.skips_in("s") == 1


def test_only_who_has_a_seat_loses_it_and_only_once():
    held = walk([("s", 1, [A, B, C])])
    with pytest.raises(Malformed) as refused:
        held.unseat("s", B, DECLINED)
    assert refused.value.code == "not-seated"
    with pytest.raises(Malformed):
        held.unseat("other", A, DECLINED)
    held.unseat("s", A, DECLINED)
    with pytest.raises(Malformed):
        held.unseat("s", A, DECLINED)


@pytest.mark.parametrize("code", [UNIT_CAP, EARLIER_STRATUM, "disliked"])
def test_what_follows_from_the_order_cannot_be_reported(code):
    with pytest.raises(ValueError, match="reported"):
        walk([("s", 1, [A])]).unseat("s", A, code)


def sent(*carriers, first=0, second=10):
    return [
        Delivery(name, secret(name), seconds(at))
        for name, at in zip(carriers, (first, second), strict=False)
    ]


def no_answer(deliveries, waited):
    return make_step(
        "D-1", 0, Skip("s", A, NO_ANSWER, None), deliveries=deliveries, waited_until=waited
    )


def test_h21_no_answer_needs_fifteen_minutes_after_the_later_delivery():
    limit = seconds(10) + timedelta(minutes=15)
    held = read_step(no_answer(sent("a", "b"), limit), "D-1")
    assert held.skip.code == NO_ANSWER
    with pytest.raises(Malformed) as refused:
        no_answer(sent("a", "b"), limit - timedelta(microseconds=1))
    assert refused.value.code == "no-evidence"


@pytest.mark.parametrize("carriers", [(), ("a",), ("a", "a")])
def test_h21_no_answer_needs_the_records_of_two_carriers(carriers):
    with pytest.raises(Malformed) as refused:
        no_answer(sent(*carriers), seconds(5000))
    assert refused.value.code == "no-evidence"


@pytest.mark.parametrize("code", [DECLINED, NOT_SIGNED_IN, RECUSED])
def test_h21_a_reported_skip_needs_its_record(code):
    skip = Skip("s", A, code, None)
    assert read_step(make_step("D-1", 3, skip, record=secret("r")), "D-1").number == 3
    with pytest.raises(Malformed) as refused:
        make_step("D-1", 3, skip)
    assert refused.value.code == "no-evidence"
    with pytest.raises(Malformed):
        make_step("D-1", 3, Skip("s", A, code, B), record=secret("r"))
    with pytest.raises(Malformed):
        make_step("D-1", 3, skip, record=secret("r"), deliveries=sent("a", "b"))


def test_a_computed_skip_has_no_record_and_a_cap_names_whom_it_met():
    make_step("D-1", 0, Skip("s", A, UNIT_CAP, B))
    make_step("D-1", 0, Skip("s", A, EARLIER_STRATUM, None))
    for skip in (Skip("s", A, UNIT_CAP, None), Skip("s", A, EARLIER_STRATUM, B)):
        with pytest.raises(Malformed):
            make_step("D-1", 0, skip)
    with pytest.raises(Malformed):
        make_step("D-1", 0, Skip("s", A, UNIT_CAP, B), record=secret("r"))


def test_a_step_is_of_its_draw_and_of_a_known_code():
    value = make_step("D-1", 0, Skip("s", A, UNIT_CAP, B))
    with pytest.raises(Malformed) as refused:
        read_step(value, "D-2")
    assert refused.value.code == "wrong-draw"
    for change in ({"code": "disliked"}, {"leaf": b64u(bytes(31))}, {"step": -1}, {"x": 1}):
        with pytest.raises(Malformed):
            read_step({**value, **change}, "D-1")
