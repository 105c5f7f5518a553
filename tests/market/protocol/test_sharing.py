from itertools import combinations

import pyshamir
import pytest

from market.protocol import age, sharing
from market.protocol.encoding import Malformed
from tests.support.protocol_cast import Tape, recorded

SECRET = age.new_identity(Tape("shared"))[0].encode()
SHARES = sharing.split(SECRET, 3, 5, Tape("dealing"))


def test_any_three_of_five_give_the_secret_and_pyshamir_agrees():
    for chosen in combinations(SHARES, 3):
        assert sharing.combine(chosen) == SECRET
        assert bytes(pyshamir.combine([bytearray(share) for share in chosen])) == SECRET
    assert sharing.combine(SHARES) == SECRET


def test_shares_of_pyshamir_are_combined_here():
    theirs = [bytes(share) for share in pyshamir.split(SECRET, 5, 3)]
    assert sharing.combine(theirs[:3]) == SECRET
    assert len(theirs[0]) == len(SHARES[0]) == 75


def test_h4_the_last_byte_of_share_i_is_i():
    assert [share[-1] for share in SHARES] == [1, 2, 3, 4, 5]


def test_the_field_is_that_of_0x11b():
    """f(x) = 0x57 + 0x83 x: at x = 2 and 3 by hand, FIPS 197 section 4.2 (57 * 83 = c1)."""
    shares = sharing.split(b"\x57", 2, 3, recorded(b"\x83"))
    assert shares[0] == bytes([0x57 ^ 0x83, 1])
    assert shares[1] == bytes([0x57 ^ 0x1D, 2])  # 02 * 83 = 106 ^ 11b = 1d
    assert sharing._multiply(0x57, 0x83) == 0xC1


@pytest.mark.parametrize("byte", [0x00, 0xA5])
def test_two_of_three_shares_look_the_same_whatever_the_secret_is(byte):
    """Over all coefficients every pair of shares appears exactly once, for each secret byte."""
    coefficients = ((byte, a, b) for a in range(256) for b in range(256))
    pairs = {(sharing._evaluate(row, 1), sharing._evaluate(row, 2)) for row in coefficients}
    assert len(pairs) == 65_536
    assert sharing.combine(SHARES[:2]) != SECRET


def test_h4_all_n_shares_come_back_from_any_k():
    for chosen in combinations(SHARES, 3):
        assert sharing.all_n(chosen, 5) == SHARES


def test_h4_one_bad_share_changes_the_rebuilt_dealing_whoever_comes():
    bad = bytes([SHARES[2][0] ^ 1]) + SHARES[2][1:]
    dealt = [*SHARES[:2], bad, *SHARES[3:]]
    assert all(sharing.all_n(chosen, 5) != dealt for chosen in combinations(dealt, 3))


def test_h4_a_dealing_for_two_under_a_manifest_of_three_is_noticed():
    lower = sharing.split(SECRET, 2, 5, Tape("lower"))
    for chosen in combinations(lower, 3):
        assert sharing.all_n(chosen, 5) == lower  # every commitment would match
        assert sharing.is_lower_degree(chosen)
    assert not any(sharing.is_lower_degree(chosen) for chosen in combinations(SHARES, 3))


@pytest.mark.parametrize(
    "shares",
    [
        [],
        SHARES[:1],
        [SHARES[0], SHARES[0]],
        [SHARES[0], SHARES[1][:-1] + b"\x01"],
        [SHARES[0], SHARES[1][:-1] + b"\x00"],
        [SHARES[0], SHARES[1][1:]],
        [b"", b""],
    ],
)
def test_h4_unfit_shares_are_refused_and_x_zero_above_all(shares):
    for call in (sharing.combine, sharing.is_lower_degree, lambda held: sharing.all_n(held, 5)):
        with pytest.raises(Malformed) as refusal:
            call(shares)
        assert refusal.value.code == "bad-shares"


def test_a_share_beyond_n_is_refused():
    with pytest.raises(Malformed):
        sharing.all_n(SHARES[2:5], 4)


@pytest.mark.parametrize(("k", "n"), [(1, 3), (0, 3), (4, 3), (2, 16), (16, 16)])
def test_a_sharing_that_cannot_be_is_a_bug(k, n):
    with pytest.raises(ValueError, match="suffice"):
        sharing.split(SECRET, k, n)


@pytest.mark.parametrize(("k", "n"), [(2, 2), (2, 3), (15, 15), (2, 15)])
def test_the_edges_of_k_and_n_work(k, n):
    shares = sharing.split(SECRET, k, n)
    assert sharing.combine(shares[-k:]) == SECRET
    assert sharing.all_n(shares[:k], n) == shares
