"""An opening from the closing to its record: frozen, witnessed, collected, opened in order."""

import threading
from contextlib import ExitStack
from dataclasses import replace
from itertools import combinations

import pytest
from sqlalchemy import Engine

from bidding.opening.closing import close
from bidding.opening.combine import open_envelope
from bidding.opening.model import Opening
from bidding.opening.queries import dark_bids, document, opened_bids, opening
from bidding.opening.rounds import gather, open_rounds
from bidding.opening.shares import PostShares, post_shares, sheet
from bidding.opening.store import RestrictedStore
from market.command import HOUSE
from market.protocol.binding import Kind
from market.protocol.encoding import canonical, parse
from market.protocol.offers import check_fact, read_fact_proof
from market.protocol.opening import check_closing, read_closing, read_share_batch
from tests.support.bidding_bids import PDF
from tests.support.bidding_cast import House
from tests.support.bidding_fixtures import connected
from tests.support.bidding_questions import (
    bid_states,
    bonds,
    entries,
    opening_row,
    refused,
    tender_state,
    token,
)

SUBSETS = list(combinations(range(1, 6), 3))


def test_three_of_five_open_everything_and_the_record_shows_facts_with_proofs(
    sealed: House,
) -> None:
    sealed.close()
    assert tender_state(sealed) == "opening"
    sealed.open_all()
    assert tender_state(sealed) == "opened"
    assert set(bid_states(sealed).values()) == {("opened", None)}
    record = sealed.ask(opening, sealed.no).record
    assert [line["uscc"] for line in record["bids"]] == sorted(
        held.uscc for name, held in sealed.bidders.items() if name != "d"
    )
    for line in record["bids"]:
        (name,) = [n for n, held in sealed.bidders.items() if held.uscc == line["uscc"]]
        for item in line["facts"]:
            check_fact(read_fact_proof(item), sealed.made[name].hashes[Kind.PRICE])
    assert bonds(sealed) == dict.fromkeys("abc", "held")
    assert [token(sealed, sealed.bidders[name].wallet) for name in "abcd"] == [
        *(["linked"] * 3),
        "absent",
    ]
    (entry,) = entries(sealed, "opening-record")
    assert b"uscc" not in entry.data


def test_the_panel_reads_technical_offers_without_names_and_the_owner_reads_prices(
    sealed: House,
) -> None:
    sealed.close()
    sealed.open_all()
    prices = [bid.price.fen for bid in sealed.ask(opened_bids, sealed.no)]
    assert sorted(prices) == [300_000_000, 300_000_001, 300_000_002]
    store = RestrictedStore(sealed.settings.sealed_files, sealed.keys)
    for bid in sealed.ask(dark_bids, sealed.no):
        (file,) = bid.files
        assert b"".join(sealed.ask(document, store, bid.id, file.id)) == PDF
        assert "uscc" not in canonical(bid.offer).decode()
    kept = list((sealed.settings.sealed_files / "opened").iterdir())
    assert len(kept) == 3
    assert not any(PDF in path.read_bytes() for path in kept)


@pytest.mark.long
def test_every_three_of_five_give_the_same_record(sealed: House, databases, tmp_path) -> None:
    sealed.close()
    sealed.engine.dispose()
    sealed.bank.end()
    names = [sealed.engine.url.database, sealed.bank.program.engine.url.database]
    records = set()
    for number, officers in enumerate(SUBSETS):
        with ExitStack() as stack:
            url, bank = (stack.enter_context(databases._made(name)) for name in names)
            engine = stack.enter_context(connected(url))
            again = sealed.copy(engine, bank, tmp_path / str(number), stack)
            again.open_all(officers)
            records.add(opening_row(again).record)
    assert len(records) == 1


def test_what_opens_does_not_depend_on_who_came_and_not_on_order(sealed: House) -> None:
    """The computing alone, for all ten subsets and both orders of batches."""
    sealed.close()
    keys = {o.i: o.signer for o in sealed.officers}
    batches = {
        o.i: read_share_batch(sealed.batch(o.i), keys[o.i].public_key().public_bytes_raw())
        for o in sealed.officers
    }
    act = sealed.made["a"].act
    ciphertext = sealed.made["a"].ciphertexts[Kind.IDENTITY]
    digests = set()
    for officers in SUBSETS:
        for order in (officers, tuple(reversed(officers))):
            payload = open_envelope(
                sealed.manifest,
                act,
                Kind.IDENTITY,
                [batches[i] for i in order],
                lambda _: [ciphertext],
                lambda _: lambda _: None,
            )
            digests.add(payload.digest)
    assert len(digests) == 1


def test_the_closing_names_exactly_the_live_acts_and_is_made_once(sealed: House) -> None:
    sealed.submit("d")
    sealed.send(sealed.made["d"].withdrawal())
    sealed.close()
    found = sealed.ask(opening, sealed.no)
    closing = read_closing(parse(found.closing))
    listed = parse(found.closing_list)
    assert len(listed["acts"]) == 3
    assert closing.deadline == sealed.deadline
    tender = sealed.tenders.facts(sealed.no).id
    for _ in range(2):
        sealed.office.run(close, tender, HOUSE)
    assert len(entries(sealed, "closing")) == 1
    with refused("closing-differs"):
        check_closing(closing, sealed.no, [])


def test_no_share_is_served_or_taken_before_a_witness_saw_the_closing(sealed: House) -> None:
    sealed.close(witnessed=False)
    with refused("not-witnessed"):
        sealed.sheet(sealed.officers[0])
    sealed.tick()
    first = sealed.batch(1)
    assert sealed.post(1, first)["batches"] == 1


def test_a_round_waits_until_a_witness_saw_the_end_of_taking_shares(sealed: House) -> None:
    sealed.close()
    sealed.post_shares(1, 2, 3)
    assert opening_row(sealed).state == "combining"
    assert open_rounds(sealed.office, sealed.settings) == 0
    assert sealed.ask(gather, opening_row(sealed).id) is None
    assert sealed.open_round() == 1


def test_the_same_batch_again_is_the_same_answer_and_another_one_is_refused(
    sealed: House,
) -> None:
    sealed.close()
    batch = sealed.batch(1)
    answer = sealed.post(1, batch)
    assert sealed.post(1, batch) == answer == {"round": 1, "batches": 1, "needed": 3}
    other = sealed.batch(1, refuse=[sealed.made["a"].act.bid_pub])
    with refused("already-posted"):
        sealed.post(1, other)


def test_after_the_third_batch_no_more_are_taken(sealed: House) -> None:
    sealed.close()
    late = sealed.batch(4)
    sealed.post_shares(1, 2, 3)
    with refused("not-collecting"):
        sealed.post(4, late)


def test_a_batch_comes_from_its_own_seat_and_round(sealed: House) -> None:
    sealed.close()
    of_second = sealed.batch(2)
    with refused("bad-signature"):
        sealed.post(1, of_second)  # the owner's person with the supervisor's batch
    with refused("wrong-seat"):
        sealed.post(3, of_second)  # the supervisor's other person
    sealed.post_shares(1, 2, 3)
    sealed.open_round()
    with refused("foreign-batch"):
        sealed.post(4, _of_round_one(sealed, of_second))


def _of_round_one(house: House, raw: bytes) -> bytes:
    """Officer 4 signs what officer 2 had in the round before."""
    held = house.officers[3]
    batch = read_share_batch(raw, house.officers[1].signer.public_key().public_bytes_raw())
    return canonical(replace(batch, i=4, recipient=held.recipient).sign(held.signer))


def test_somebody_without_a_seat_sees_no_sheet_and_posts_nothing(sealed: House) -> None:
    sealed.close()
    stranger = sealed.tenders.stranger
    with refused("not-found"):
        sealed.ask(lambda session: sheet(session, sealed.no, stranger.person))
    with refused("not-found"):
        sealed.office.run(post_shares, PostShares(sealed.no, sealed.batch(1)), stranger)


def test_a_round_is_written_down_once_even_when_two_processes_open_it(
    sealed: House, engine: Engine
) -> None:
    sealed.close()
    sealed.post_shares(1, 2, 3)
    sealed.tick()
    done: list[int] = []
    racers = [
        threading.Thread(target=lambda: done.append(open_rounds(sealed.office, sealed.settings)))
        for _ in range(2)
    ]
    for racer in racers:
        racer.start()
    for racer in racers:
        racer.join()
    assert opening_row(sealed).round == 2
    assert set(bid_states(sealed).values()) == {("identified", None)}
    assert len(entries(sealed, "shares-closed")) == 1
    assert len(done) == 2


@pytest.mark.parametrize("count", [0, 1, 2])
def test_an_opening_row_exists_for_three_bids_and_for_no_fewer(house: House, count: int) -> None:
    for name in "abc"[:count]:
        house.submit(name)
    house.close()
    assert house.ask(lambda session: session.query(Opening).count()) == 0
    assert tender_state(house) == "failed"
    assert [token(house, house.bidders[name].wallet) for name in "abc"[:count]] == [
        "released"
    ] * count
    assert len(entries(house, "closing")) == 1
