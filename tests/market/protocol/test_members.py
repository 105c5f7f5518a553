import pytest

from market.protocol.encoding import Malformed, structure
from market.protocol.members import Members, check_tender, choice_of, octets_of, whole_of


def test_members_are_taken_one_by_one_and_nothing_is_left():
    given = Members(structure("x", a=1, b="AAA", c=[1, 2], d=None, e=True), "x")
    assert given.whole("a") == 1
    assert given.octets("b", 2) == b"\0\0"
    assert given.array("c", whole_of(0, 9)) == (1, 2)
    assert given.maybe("d", given.text) is None
    assert given.truth("e")
    given.end()


def test_what_nobody_took_or_what_is_missing_is_refused():
    given = Members({"a": 1, "b": 2})
    given.whole("a")
    with pytest.raises(Malformed):
        given.end()
    with pytest.raises(Malformed):
        given.whole("a")


@pytest.mark.parametrize(
    "call",
    [
        lambda held: held.whole("text"),
        lambda held: held.whole("truth"),
        lambda held: held.whole("whole", 6, 9),
        lambda held: held.whole("whole", 0, 4),
        lambda held: held.text("whole"),
        lambda held: held.text("text", 0, 2),
        lambda held: held.text("empty"),
        lambda held: held.octets("whole"),
        lambda held: held.octets("text", 3),
        lambda held: held.truth("whole"),
        lambda held: held.moment("text"),
        lambda held: held.choice("text", ("xyz",)),
        lambda held: held.array("text", whole_of(0, 9)),
        lambda held: held.array("list", whole_of(0, 9), 3, 9),
        lambda held: held.array("list", whole_of(0, 9), 0, 1),
        lambda held: held.array("list", whole_of(2, 9)),
        lambda held: held.array("list", octets_of(1)),
        lambda held: held.array("list", choice_of(("a",))),
        lambda held: held.inner("list"),
        lambda held: held.inner("object", "x"),
        lambda held: held.uscc("text"),
        lambda held: held.epoch("text"),
        lambda held: held.tender("empty"),
    ],
)
def test_a_member_of_another_type_or_out_of_range_is_refused(call):
    held = Members(
        {"text": "abc", "empty": "", "whole": 5, "truth": True, "list": [1, 2], "object": {}}
    )
    with pytest.raises(Malformed):
        call(held)


def test_both_edges_of_a_range_are_allowed():
    assert Members({"a": 5}).whole("a", 5, 5) == 5
    assert Members({"a": "abc"}).text("a", 3, 3) == "abc"
    assert Members({"a": [1, 2]}).array("a", whole_of(1, 2), 2, 2) == (1, 2)


@pytest.mark.parametrize("tender", ["ZC-2026-000123", "A", "x" * 64, "371400-2026-GP-00001-L01"])
def test_numbers_of_tenders_are_plain_signs(tender):
    assert check_tender(tender) == tender


@pytest.mark.parametrize("tender", ["", "-A", "a b", "x" * 65, "标段一", "A\n", "../A"])
def test_other_numbers_are_refused(tender):
    with pytest.raises(Malformed):
        check_tender(tender)
