"""Bids that do not open: each cause, whose it is, where its token goes; no other is hurt."""

from bidding.bonds.queries import bonds_of, payers
from bidding.evaluation.rules.collusion import Payer, same_payer
from bidding.opening.queries import opening
from market.protocol.binding import Kind
from market.protocol.identity import Identity
from market.protocol.offers import offer_json, salted_facts
from tests.support.bidding_bids import MadeBid, ill_dealt, price_facts, seal
from tests.support.bidding_cast import House
from tests.support.bidding_questions import (
    bid_states,
    bonds,
    opening_row,
    refused,
    tender_state,
    token,
)

OPEN = ("opened", None)


def out_of(house: House, name: str):
    """The line of the record about a bid that is out, found by its bidder's state."""
    cause = bid_states(house)[name][1]
    (line,) = [
        line for line in house.ask(opening, house.no).record["out"] if line["cause"] == cause
    ]
    return line


def test_an_ill_dealt_identity_is_revoked_and_its_token_held(sealed: House) -> None:
    made = ill_dealt(sealed.bid("d"), Kind.IDENTITY, {5})
    sealed.hand_in("d", made)
    sealed.close()
    sealed.open_all((1, 2, 3))  # the officer with the bad share does not even come
    assert bid_states(sealed) == {**dict.fromkeys("abc", OPEN), "d": ("revoked", "ill-dealt")}
    assert token(sealed, made.wallet) == "held"
    assert out_of(sealed, "d")["uscc"] is None  # nothing was opened, so nobody is named


def test_an_ill_dealt_price_is_revoked_and_its_bond_stays(sealed: House) -> None:
    sealed.hand_in("d", ill_dealt(sealed.bid("d"), Kind.PRICE, {1}))
    sealed.close()
    sealed.open_all((2, 3, 4))
    assert bid_states(sealed)["d"] == ("revoked", "ill-dealt")
    assert bonds(sealed)["d"] == "held"
    assert out_of(sealed, "d")["uscc"] == sealed.bidders["d"].uscc


def test_a_lying_share_sends_the_batch_back_and_names_nobody(sealed: House) -> None:
    sealed.close()
    lie = sealed.batch(2, false_for=[sealed.made["b"].act.bid_pub])
    with refused("share-mismatch") as told:
        sealed.post(2, lie)
    assert sealed.bidders["b"].uscc not in str(told.value)
    assert opening_row(sealed).state == "collecting"
    sealed.open_all((1, 2, 3))  # the same officer comes again, with the truth
    assert set(bid_states(sealed).values()) == {OPEN}


def test_an_officer_who_refuses_a_share_is_outvoted_by_three_who_post_it(sealed: House) -> None:
    sealed.close()
    target = sealed.made["b"].act.bid_pub
    sealed.post(1, sealed.batch(1, refuse=[target]))
    sealed.post_shares(2, 3)
    assert opening_row(sealed).state == "collecting"  # two shares of b: the fourth officer decides
    sealed.post_shares(4)
    assert sealed.open_round() == 1
    assert bid_states(sealed)["b"] == ("identified", None)


def test_three_refusals_shut_a_bid_for_its_bidders_cause(sealed: House) -> None:
    sealed.submit("d")
    sealed.close()
    target = sealed.made["d"].act.bid_pub
    for i in (1, 2, 3):
        sealed.post(i, sealed.batch(i, refuse=[target]))
    assert sealed.open_round() == 1
    assert bid_states(sealed)["d"] == ("revoked", "shares-refused")
    assert token(sealed, sealed.bidders["d"].wallet) == "held"


def test_a_copied_identity_is_refused_without_effect_on_the_bid_it_came_from(
    sealed: House,
) -> None:
    """The same plaintext sealed anew: no mark at the door shows it, the header inside does."""
    his, mine = sealed.made["a"], sealed.bid("d")
    stolen = Identity(
        sealed.bidders["a"].uscc, (), sealed.no, sealed.manifest.hash, 0, his.act.bid_pub,
        tuple((kind, his.hashes[kind]) for kind in (Kind.TECHNICAL, Kind.PRICE)),
        his.wallet.inv,
    ).sign(sealed.bidders["a"].signer)  # fmt: skip
    header = mine.act.binding(Kind.IDENTITY)
    done, raw = seal(header, sealed.manifest, stolen, bind=his.act.binding(Kind.IDENTITY))
    sealed.hand_in("d", mine.with_envelope(done.envelope, raw))
    sealed.close()
    sealed.open_all()
    assert bid_states(sealed) == {**dict.fromkeys("abc", OPEN), "d": ("refused", "copied")}
    assert token(sealed, mine.wallet) == "released"
    assert bonds(sealed) == dict.fromkeys("abc", "held")


def test_two_bids_of_one_organisation_are_both_refused_and_both_bonds_are_known(
    sealed: House,
) -> None:
    sealed.submit("d")
    second = sealed.bid("a", wallet=sealed.another_token("a"))
    sealed.hand_in("a2", second)
    sealed.close()
    sealed.open_all()
    states = bid_states(sealed)
    assert states["a"] == states["a2"] == ("refused", "duplicate")
    assert [states[name] for name in "bcd"] == [OPEN] * 3
    assert bonds(sealed) == dict.fromkeys(("a", "a2", "b", "c", "d"), "held")
    paid = sealed.ask(payers, [sealed.no])
    of_a = {one.account_commitment for one in paid if one.uscc == sealed.bidders["a"].uscc}
    assert len(of_a) == 1  # two bonds of one account: one bidder, so no sign of collusion
    known = [Payer(one.uscc, one.account_commitment) for one in paid]
    assert same_payer(known, opened_at=sealed.clock.at) == ()


def test_a_payload_other_than_the_one_signed_for_is_revoked(sealed: House) -> None:
    other = {Kind.PRICE: bytes(32)}
    sealed.submit("d", promised=other)
    sealed.close()
    sealed.open_all()
    assert bid_states(sealed)["d"] == ("revoked", "payload-differs")
    assert {bid_states(sealed)[name] for name in "abc"} == {OPEN}


def test_an_opening_form_that_lacks_a_fact_is_revoked(sealed: House) -> None:
    facts = price_facts(300_000_000)
    del facts["delivery"]
    sealed.submit("d", facts=facts)
    sealed.close()
    sealed.open_all()
    assert bid_states(sealed)["d"] == ("revoked", "offer-incomplete")


def test_a_price_that_is_no_whole_number_of_fen_above_nothing_is_revoked(sealed: House) -> None:
    sealed.submit("d", facts=price_facts(0))
    sealed.close()
    sealed.open_all()
    assert bid_states(sealed)["d"] == ("revoked", "offer-incomplete")


def test_a_payload_of_the_wrong_form_is_revoked(sealed: House) -> None:
    made = sealed.bid("d")
    header = made.act.binding(Kind.IDENTITY)
    noise = offer_json(salted_facts({"no": "identity"}))
    done, raw = seal(header, sealed.manifest, noise)
    sealed.hand_in("d", made.with_envelope(done.envelope, raw))
    sealed.close()
    sealed.open_all()
    state, cause = bid_states(sealed)["d"]
    assert state == "revoked"
    assert cause in ("wrong-type", "malformed")
    assert token(sealed, made.wallet) == "held"


def test_a_signature_by_a_key_that_is_not_the_organisations_is_refused(sealed: House) -> None:
    made = sealed.submit("d", organisation=sealed.bidders["a"].signer)
    sealed.close()
    sealed.open_all()
    assert bid_states(sealed)["d"] == ("refused", "unknown-organisation-key")
    assert token(sealed, made.wallet) == "released"
    assert bid_states(sealed)["a"] == OPEN


def test_an_organisation_nobody_knows_is_refused(sealed: House) -> None:
    sealed.submit("d", uscc="91350100M000100Y43")
    sealed.close()
    sealed.open_all()
    assert bid_states(sealed)["d"] == ("refused", "unknown-organisation")


def test_a_bid_with_somebody_elses_deposit_is_refused(sealed: House) -> None:
    made = sealed.submit("d", inv=sealed.bidders["a"].wallet.inv)
    sealed.close()
    sealed.open_all()
    assert bid_states(sealed)["d"] == ("refused", "unknown-deposit")
    assert token(sealed, made.wallet) == "released"
    assert bonds(sealed) == dict.fromkeys("abc", "held")


def test_the_owner_cannot_bid_for_its_own_tender(sealed: House) -> None:
    cast = sealed.cast
    cast.confirm("owner", "wang", sealed.bank_key)
    uscc = cast.usccs["owner"]
    wallet = sealed.bank.token(sealed.bank.holder(uscc, "owner"))
    made = sealed.bid("d", wallet=wallet, uscc=uscc, organisation=sealed.signers["owner"])
    sealed.hand_in("owner", made)
    sealed.close()
    sealed.open_all()
    assert bid_states(sealed)["owner"] == ("refused", "insider")


def test_accounts_can_be_compared_after_the_opening_and_only_then(sealed: House) -> None:
    """Different accounts look different; one account under two bids is the test above."""
    sealed.submit("d")
    assert sealed.ask(bonds_of, sealed.no) == sealed.ask(payers, [sealed.no]) == []
    sealed.close()
    assert sealed.ask(payers, [sealed.no]) == []
    sealed.open_all()
    known = {bond.uscc: bond.account_commitment for bond in sealed.ask(bonds_of, sealed.no)}
    assert len(set(known.values())) == len(known) == 4
    assert {one.uscc for one in sealed.ask(payers, [sealed.no])} == set(known)


def test_fewer_than_three_left_after_the_identities_ends_it_and_nothing_more_is_opened(
    sealed: House,
) -> None:
    bad: MadeBid = sealed.bid("d", inv=sealed.bidders["a"].wallet.inv)
    sealed.send(sealed.made["c"].withdrawal())
    sealed.hand_in("d", bad)
    sealed.close()
    sealed.post_shares(1, 2, 3)
    assert sealed.open_round() == 1
    assert tender_state(sealed) == "failed"
    assert opening_row(sealed).state == "failed"
    states = bid_states(sealed)
    assert states["d"] == ("refused", "unknown-deposit")
    assert states["a"][0] == states["b"][0] == "withdrawn"
    assert states["a"][1] != "shares-missing"  # every share came: the cause says what happened
    assert sealed.ask(opening, sealed.no).record is None
