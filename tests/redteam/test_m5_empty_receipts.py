"""M5: a receipt is given that does not say what was received, or is one for somebody else's bid."""

from dataclasses import replace

from bidding.bids.commands import SubmitAct, submit_act
from market.command import ANONYMOUS
from market.journal.queries import leaf_place
from market.protocol.encoding import parse
from market.protocol.receipts import check_receipt, read_receipt
from market.protocol.signing import new_key, public_bytes
from tests.support.bidding_cast import SECOND, House
from tests.support.bidding_hosts import anonymous, leave, post_act
from tests.support.bidding_questions import refused


def test_a_receipt_is_for_exactly_this_act_and_signed_by_the_pinned_key(house: House) -> None:
    made, other = house.bid("a"), house.bid("b")
    house.upload(made)
    receipt = read_receipt(parse(house.send(made.act)), public_bytes(house.held.receipt))
    check_receipt(receipt, made.act)
    with refused("receipt-differs"):
        check_receipt(receipt, other.act)
    with refused("receipt-differs"):
        check_receipt(replace(receipt, salt=bytes(32)), made.act)


def test_a_receipt_by_another_key_is_none(house: House) -> None:
    made = house.bid("a")
    house.upload(made)
    command = SubmitAct(house.no, made.act.raw, new_key())
    forged = house.office.run(submit_act, command, ANONYMOUS)
    with refused("bad-signature"):
        read_receipt(parse(forged), public_bytes(house.held.receipt))


def test_a_receipt_not_redeemed_in_time_is_evidence_and_one_in_time_is_redeemed(
    house: House,
) -> None:
    made, client = house.bid("a"), anonymous(house)
    leave(client, made)
    answer = post_act(client, house.no, made.act.raw)
    receipt = read_receipt(answer.json["answer"], public_bytes(house.held.receipt))
    path = f"/api/v1/receipts/{_text(made.act.hash)}"
    assert client.get(path).status_code == 404
    assert not receipt.is_overdue(receipt.promise_by + 60 * SECOND)
    assert receipt.is_overdue(receipt.promise_by + 61 * SECOND)
    house.tick()
    assert client.get(path).json["answer"]["receipt"] == answer.json["answer"]
    assert house.ask(leaf_place, made.act.hash).leaf == receipt.leaf


def _text(raw: bytes) -> str:
    from market.protocol.encoding import b64u  # noqa: PLC0415

    return b64u(raw)
