"""Writes that carry no mark of a form: the same bytes at once and again have one effect."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bidding.bids.queries import upload_of
from bidding.bonds.model import Permit
from bidding.opening.model import OfficerBatch
from market.protocol.binding import Kind
from market.protocol.encoding import b64u, digest
from tests.bidding.bids.test_answer_lengths import surrendered
from tests.bidding.opening.test_failed_openings import _file
from tests.support.bidding_cast import House
from tests.support.bidding_hosts import TUS, anonymous, begin, go_on, leave, post_act
from tests.support.repeated import at_once


def test_one_piece_of_an_upload_sent_at_once_is_written_once(house: House) -> None:
    """As tus has it: one is taken, the others are told where the upload stands."""
    made = house.bid("a")
    raw = made.ciphertexts[Kind.PRICE]
    place = begin(anonymous(house), made, len(raw)).headers["Location"]
    codes = at_once(lambda _: go_on(anonymous(house), place, 0, raw).status_code)
    assert sorted(codes) == [204, 409, 409]
    told = anonymous(house).head(place, headers=TUS)
    assert told.headers["Upload-Offset"] == str(len(raw))
    assert house.ask(upload_of, digest(raw)) is not None


def test_an_upload_asked_for_at_once_costs_quota_and_nothing_else(house: House) -> None:
    made = house.bid("a")
    length = len(made.ciphertexts[Kind.PRICE])
    answers = at_once(lambda _: begin(anonymous(house), made, length))
    assert {one.status_code for one in answers} == {201}
    assert len({one.headers["Location"] for one in answers}) == len(answers)
    client = anonymous(house)
    leave(client, made)
    assert post_act(client, house.no, made.act.raw).status_code == 200


def test_one_surrender_at_once_and_again_is_one_permit(house: House) -> None:
    made = house.bid("a")
    answers = at_once(lambda _: surrendered(anonymous(house), made).data)
    answers.append(surrendered(anonymous(house), made).data)
    assert len(set(answers)) == 1
    with Session(house.engine) as session:
        assert session.scalar(select(func.count()).select_from(Permit)) == 1


def test_one_batch_of_shares_at_once_and_again_is_one_batch(sealed: House) -> None:
    sealed.close()
    batch = sealed.batch(1)
    answers = [*at_once(lambda _: sealed.post(1, batch)), sealed.post(1, batch)]
    assert answers == [{"round": 1, "batches": 1, "needed": 3}] * len(answers)
    with Session(sealed.engine) as session:
        assert session.scalar(select(func.count()).select_from(OfficerBatch)) == 1


def test_a_lost_ciphertext_brought_back_at_once_is_there_once(sealed: House) -> None:
    kind, raw = Kind.IDENTITY, sealed.made["a"].ciphertexts[Kind.IDENTITY]
    sealed.close()
    path = _file(sealed, "a", kind)
    path.unlink()
    sealed.post_shares(1, 2, 3)
    assert sealed.open_round() == 0
    hashed = b64u(sealed.made["a"].act.envelope(kind).ciphertext_hash)
    place = f"/api/v1/tenders/{sealed.no}/ciphertexts/{hashed}"
    answers = at_once(lambda _: anonymous(sealed).put(place, data=raw))
    codes = {(one.status_code, (one.json or {}).get("code", "")) for one in answers}
    assert codes <= {(204, ""), (404, "not-missing"), (409, "not-missing")}
    assert (204, "") in codes
    assert path.read_bytes() == raw
    assert sealed.open_round() == 1
