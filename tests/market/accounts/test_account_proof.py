"""One fen from the basic account, vouched for by the custodian's signature."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from market.accounts.commands.accounts import (
    CLOCK_LEEWAY,
    ConfirmAccount,
    OrderAccountProof,
    confirm_account,
    order_account_proof,
)
from market.accounts.commands.appointments import NameCapacity, end_capacity
from market.accounts.commands.keys import NameKey, revoke_key
from market.accounts.model.organisations import Capacity, Organisation
from market.accounts.proofs import AccountProof
from market.accounts.queries.organisations import basic_account, keys, open_account_order
from market.accounts.roles import Role
from market.accounts.rules import PROOF_DAYS
from market.command import Actor
from market.kernel.errors import NotFound, Refusal
from market.protocol.encoding import Malformed, digest
from market.protocol.signing import new_key
from tests.support.people_cast import Cast, founded


@pytest.fixture
def cast(engine: Engine) -> Cast:
    """The centre, the bank with its key, and an organisation that is not confirmed."""
    made = founded(engine)
    made.bank()
    made.register("jia", "wang")
    return made


def hand_in(cast: Cast, proof: AccountProof, actor: Actor | None = None, key=None) -> dict:
    statement = proof.sign(key or cast.bank_key)
    return cast.office.run(
        confirm_account, ConfirmAccount(statement), actor or cast.actor("wang", "jia")
    )


def test_one_fen_with_the_remark_confirms_the_organisation(engine: Engine, cast: Cast) -> None:
    remark = cast.order("jia", "wang")
    assert hand_in(cast, cast.proof("jia", remark))["state"] == "confirmed"
    with Session(engine) as session:
        account = basic_account(session, cast.organisations["jia"])
        assert open_account_order(session, cast.organisations["jia"], cast.now) is None
    assert account is not None
    assert (account.bank, account.tail) == ("测试银行", "0421")
    assert account.account_hash == digest(b"account of jia")


def test_no_account_number_is_anywhere_in_the_register(engine: Engine, cast: Cast) -> None:
    names = {column.name for column in Organisation.__table__.columns if "account" in column.name}
    assert names == {
        "account_hash",
        "account_bank",
        "account_tail",
        "account_custodian",
        "account_confirmed_at",
    }


def test_the_same_statement_again_changes_nothing(engine: Engine, cast: Cast) -> None:
    proof = cast.proof("jia", cast.order("jia", "wang"))
    first = hand_in(cast, proof)
    cast.house.clock.at += timedelta(days=30)
    assert hand_in(cast, proof) == first


def test_a_used_remark_confirms_no_other_account(cast: Cast) -> None:
    remark = cast.order("jia", "wang")
    hand_in(cast, cast.proof("jia", remark))
    with pytest.raises(Refusal, match="proof-unordered"):
        hand_in(cast, cast.proof("jia", remark, account_hash=digest(b"another")))


def test_two_hand_in_one_statement_at_once(engine: Engine, cast: Cast) -> None:
    proof = cast.proof("jia", cast.order("jia", "wang"))
    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(lambda _: hand_in(cast, proof)["state"], range(2)))
    assert answers == ["confirmed", "confirmed"]


def test_an_order_asked_for_twice_is_one_order_and_lapses_after_three_days(cast: Cast) -> None:
    first = cast.order("jia", "wang")
    cast.house.clock.at += PROOF_DAYS - timedelta(microseconds=1)
    assert cast.order("jia", "wang") == first
    cast.house.clock.at += timedelta(microseconds=1)
    assert cast.order("jia", "wang") != first
    assert (len(first), first.isdigit()) == (6, True)


@pytest.mark.parametrize(
    ("late", "code"), [(timedelta(microseconds=-1), None), (timedelta(), "proof-lapsed")]
)
def test_a_transfer_at_the_end_of_three_days(cast: Cast, late: timedelta, code) -> None:
    booked = cast.now + PROOF_DAYS + late
    proof = cast.proof("jia", cast.order("jia", "wang"), booked_at=booked)
    if code is None:
        assert hand_in(cast, proof)["state"] == "confirmed"
    else:
        with pytest.raises(Refusal, match=code):
            hand_in(cast, proof)


@pytest.mark.parametrize(
    ("early", "code"), [(timedelta(), None), (timedelta(microseconds=1), "proof-unordered")]
)
def test_a_transfer_before_its_order_shows_nothing(cast: Cast, early: timedelta, code) -> None:
    booked = cast.now - CLOCK_LEEWAY - early
    proof = cast.proof("jia", cast.order("jia", "wang"), booked_at=booked)
    if code is None:
        assert hand_in(cast, proof)["state"] == "confirmed"
    else:
        with pytest.raises(Refusal, match=code):
            hand_in(cast, proof)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"amount": 0}, "proof-amount"),
        ({"amount": 2}, "proof-amount"),
        ({"basic": False}, "proof-not-basic"),
        ({"holder": "乙有限公司"}, "proof-holder"),
    ],
)
def test_what_does_not_show_the_basic_account_is_refused(cast: Cast, change, code: str) -> None:
    proof = cast.proof("jia", cast.order("jia", "wang"), **change)
    with pytest.raises(Refusal, match=code) as refused:
        hand_in(cast, proof)
    assert refused.value.article is not None


def test_a_wrong_remark_is_nobodys_order(cast: Cast) -> None:
    remark = cast.order("jia", "wang")
    wrong = "000000" if remark != "000000" else "111111"
    with pytest.raises(Refusal, match="proof-unordered"):
        hand_in(cast, cast.proof("jia", wrong))


def test_full_width_signs_and_spaces_in_the_banks_name_are_the_same_name(cast: Cast) -> None:
    proof = cast.proof("jia", cast.order("jia", "wang"), holder="ｊｉａ 有限公司")
    assert hand_in(cast, proof)["state"] == "confirmed"


def test_one_account_is_the_basic_account_of_one_organisation(cast: Cast) -> None:
    hand_in(cast, cast.proof("jia", cast.order("jia", "wang")))
    cast.register("yi", "lili")
    same = cast.proof("yi", cast.order("yi", "lili"), account_hash=digest(b"account of jia"))
    with pytest.raises(Refusal, match="account-known"):
        hand_in(cast, same, cast.actor("lili", "yi"))


def test_a_confirmed_organisation_shows_another_account_and_stays_confirmed(
    engine: Engine, cast: Cast
) -> None:
    hand_in(cast, cast.proof("jia", cast.order("jia", "wang")))
    other = cast.proof("jia", cast.order("jia", "wang"), account_hash=digest(b"new"), tail="9999")
    assert hand_in(cast, other)["state"] == "confirmed"
    with Session(engine) as session:
        account = basic_account(session, cast.organisations["jia"])
    assert account is not None
    assert account.tail == "9999"


def test_only_an_admitted_custodians_active_key_vouches(engine: Engine, cast: Cast) -> None:
    proof = cast.proof("jia", cast.order("jia", "wang"))
    with pytest.raises(Malformed, match="bad-signature"):
        hand_in(cast, proof, key=new_key())
    with pytest.raises(Malformed, match="bad-signature"):
        hand_in(cast, cast.proof("jia", proof.remark, custodian=cast.usccs["jia"]))
    with Session(engine) as session:
        key = keys(session, cast.organisations["bank"])[0].id
    cast.office.run(revoke_key, NameKey(key), cast.actor("bai", "bank"))
    with pytest.raises(Malformed, match="bad-signature"):
        hand_in(cast, proof)


def test_another_officers_key_is_not_a_custodians(cast: Cast) -> None:
    cast.staffed("notary", "gong", Role.NOTARY)
    key = cast.give_key("notary", "gong")
    posing = cast.proof("jia", cast.order("jia", "wang"), custodian=cast.usccs["notary"])
    with pytest.raises(Malformed, match="bad-signature"):
        hand_in(cast, posing, key=key)


def test_a_bank_no_longer_admitted_vouches_for_nobody(engine: Engine, cast: Cast) -> None:
    proof = cast.proof("jia", cast.order("jia", "wang"))
    with Session(engine) as session:
        capacity = session.scalars(select(Capacity.id).where(Capacity.role == Role.BANK)).one()
    cast.office.run(end_capacity, NameCapacity(capacity), cast.actor("ceng", "centre"))
    with pytest.raises(Malformed, match="bad-signature"):
        hand_in(cast, proof)


@pytest.mark.parametrize("member", ["uscc", "holder", "account_hash", "amount", "remark", "basic"])
def test_a_statement_changed_by_one_member_is_not_the_banks(cast: Cast, member: str) -> None:
    statement = cast.proof("jia", cast.order("jia", "wang")).sign(cast.bank_key)
    other = cast.proof("jia", "654321", holder="x", amount=9, basic=False, uscc=cast.usccs["bank"])
    statement[member] = other.sign(cast.bank_key)[member]
    if member == "account_hash":
        statement[member] = "A" * 43
    with pytest.raises(Malformed, match="bad-signature"):
        cast.office.run(confirm_account, ConfirmAccount(statement), cast.actor("wang", "jia"))


def test_who_may_not_confirm_hands_in_nothing_and_orders_nothing(cast: Cast) -> None:
    proof = cast.proof("jia", cast.order("jia", "wang"))
    cast.enrol("lili")
    with pytest.raises(Refusal, match="not-allowed"):
        hand_in(cast, proof, cast.actor("lili"))
    cast.register("yi", "bobo")
    with pytest.raises(NotFound):
        cast.office.run(
            order_account_proof,
            OrderAccountProof(cast.organisations["jia"]),
            cast.actor("bobo", "yi"),
        )
    assert hand_in(cast, proof, cast.actor("bai", "bank"))["state"] == "confirmed"
