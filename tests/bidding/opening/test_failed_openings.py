"""Openings that end by rule: too few bids, officers who do not come, bytes that are lost."""

from datetime import timedelta

from bidding.bids.queries import upload_of
from bidding.opening.record import fail_overdue
from bidding.opening.rules import SHARES_WITHIN, SUPPLY_WITHIN
from bidding.opening.shares import overdue
from market.command import HOUSE
from market.protocol.binding import Kind
from market.protocol.encoding import b64u
from tests.support.bidding_cast import House
from tests.support.bidding_hosts import anonymous
from tests.support.bidding_questions import (
    bid_states,
    bonds,
    entries,
    opening_row,
    refused,
    tender_state,
    token,
)

TICK = timedelta(microseconds=1)


def test_with_two_bids_nothing_is_opened_no_share_is_asked_and_tokens_are_free(
    house: House,
) -> None:
    for name in "ab":
        house.submit(name)
    house.close()
    assert tender_state(house) == "failed"
    for officer in house.officers:
        with refused("not-found"):
            house.sheet(officer)
    assert [token(house, house.bidders[name].wallet) for name in "ab"] == ["released"] * 2
    assert not (house.settings.sealed_files / "opened").exists()
    assert [len(entries(house, kind)) for kind in ("closing", "shares-closed")] == [1, 0]


def test_three_bids_of_which_one_was_withdrawn_are_two(sealed: House) -> None:
    sealed.send(sealed.made["c"].withdrawal())
    sealed.close()
    assert tender_state(sealed) == "failed"
    assert {token(sealed, sealed.bidders[name].wallet) for name in "abc"} == {"released"}


def test_officers_who_do_not_come_end_the_opening_one_moment_after_their_time(
    sealed: House,
) -> None:
    sealed.close()
    sealed.post_shares(1, 2)
    since = opening_row(sealed).round_since
    sealed.clock.at = since + SHARES_WITHIN
    assert sealed.ask(overdue, sealed.clock.at, 10) == []
    sealed.clock.at += TICK
    (late,) = sealed.ask(overdue, sealed.clock.at, 10)
    for _ in range(2):
        sealed.office.run(fail_overdue, late, HOUSE)
    assert (tender_state(sealed), opening_row(sealed).state) == ("failed", "failed")
    assert set(bid_states(sealed).values()) == {("withdrawn", "shares-missing")}
    assert {token(sealed, sealed.bidders[name].wallet) for name in "abc"} == {"released"}
    assert sealed.ask(overdue, sealed.clock.at, 10) == []


def test_the_third_officer_in_the_last_moment_saves_the_opening(sealed: House) -> None:
    sealed.close()
    sealed.post_shares(1, 2)
    sealed.clock.at = opening_row(sealed).round_since + SHARES_WITHIN
    sealed.post_shares(3)
    sealed.clock.at += TICK
    assert sealed.ask(overdue, sealed.clock.at, 10) == []
    assert sealed.open_round() == 1


def test_officers_missing_in_the_last_round_keep_names_known_and_return_the_bonds(
    sealed: House,
) -> None:
    sealed.close()
    for _ in range(2):
        sealed.post_shares(1, 2, 3)
        sealed.open_round()
    sealed.clock.at = opening_row(sealed).round_since + SHARES_WITHIN + TICK
    (late,) = sealed.ask(overdue, sealed.clock.at, 10)
    sealed.office.run(fail_overdue, late, HOUSE)
    assert set(bid_states(sealed).values()) == {("withdrawn", "shares-missing")}
    assert bonds(sealed) == dict.fromkeys("abc", "held")


def _file(house: House, name: str, kind: Kind):
    digest = house.made[name].act.envelope(kind).ciphertext_hash
    return house.settings.sealed_files / b64u(house.ask(upload_of, digest))


def test_a_lost_ciphertext_is_waited_for_and_the_bid_is_withdrawn_when_nobody_brings_it(
    sealed: House,
) -> None:
    sealed.submit("d")
    sealed.close()
    _file(sealed, "d", Kind.IDENTITY).unlink()
    sealed.post_shares(1, 2, 3)
    closed = opening_row(sealed).shares_closed_at
    assert sealed.open_round() == 0
    sealed.clock.at = closed + SUPPLY_WITHIN
    assert sealed.open_round() == 0
    sealed.clock.at += TICK
    assert sealed.open_round() == 1
    assert bid_states(sealed)["d"] == ("withdrawn", "ciphertext-missing")
    assert token(sealed, sealed.bidders["d"].wallet) == "released"
    assert {bid_states(sealed)[name] for name in "abc"} == {("identified", None)}


def test_a_damaged_ciphertext_is_nobodys_fault(sealed: House) -> None:
    sealed.submit("d")
    sealed.close()
    path = _file(sealed, "d", Kind.IDENTITY)
    raw = bytearray(path.read_bytes())
    raw[-1] ^= 1
    path.write_bytes(raw)
    sealed.post_shares(1, 2, 3)
    assert sealed.open_round() == 0
    sealed.clock.at += SUPPLY_WITHIN + TICK
    assert sealed.open_round() == 1
    assert bid_states(sealed)["d"] == ("withdrawn", "ciphertext-differs")


def _bring(house: House, name: str, kind: Kind, raw: bytes) -> tuple[int, str]:
    """Anybody brings bytes for a's envelope to the anonymous host."""
    hashed = b64u(house.made[name].act.envelope(kind).ciphertext_hash)
    path = f"/api/v1/tenders/{house.no}/ciphertexts/{hashed}"
    answer = anonymous(house).put(path, data=raw)
    return answer.status_code, (answer.json or {}).get("code", "")


def test_anybody_brings_a_lost_ciphertext_back_in_time_and_the_bid_opens(sealed: House) -> None:
    kind, raw = Kind.IDENTITY, sealed.made["a"].ciphertexts[Kind.IDENTITY]
    sealed.close()
    _file(sealed, "a", kind).unlink()
    assert _bring(sealed, "a", kind, raw)[0] == 404  # shares are still being collected
    sealed.post_shares(1, 2, 3)
    assert sealed.open_round() == 0
    for wrong in (raw[:-1], raw + b"x", raw[:-1] + bytes([raw[-1] ^ 1]), b""):
        assert _bring(sealed, "a", kind, wrong)[1] in ("ciphertext-differs", "too-large")
    assert _bring(sealed, "a", Kind.PRICE, sealed.made["a"].ciphertexts[Kind.PRICE])[0] == 404
    sealed.clock.at = opening_row(sealed).shares_closed_at + SUPPLY_WITHIN
    assert _bring(sealed, "a", kind, raw) == (204, "")
    assert _bring(sealed, "a", kind, raw)[1] == "not-missing"
    assert sealed.open_round() == 1
    assert bid_states(sealed)["a"] == ("identified", None)


def test_one_microsecond_after_its_time_nothing_is_brought_back(sealed: House) -> None:
    kind, raw = Kind.IDENTITY, sealed.made["a"].ciphertexts[Kind.IDENTITY]
    sealed.submit("d")
    sealed.close()
    _file(sealed, "a", kind).unlink()
    sealed.post_shares(1, 2, 3)
    sealed.clock.at = opening_row(sealed).shares_closed_at + SUPPLY_WITHIN + TICK
    assert _bring(sealed, "a", kind, raw)[1] == "too-late"
