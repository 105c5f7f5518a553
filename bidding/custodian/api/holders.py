"""For account holders: sign-in, deposits, refunds, proofs of their account."""

import io
from typing import Final
from uuid import UUID

import segno
from flask import Blueprint, Response, request
from sqlalchemy.orm import Session

from bidding.custodian.api.place import answer, body, place, signed_in
from bidding.custodian.commands.booking import PROOF_REMARK
from bidding.custodian.commands.deposits import OrderDeposit, order_deposit, signature_of
from bidding.custodian.commands.holders import (
    BY_NAME,
    BY_NAME_AND_PLACE,
    CountAttempt,
    LetIn,
    count_attempt,
    let_in,
    password_of,
    refuse_waiting,
)
from bidding.custodian.commands.refunds import ClaimRefund, claim_refund
from bidding.custodian.queries import own_deposit, own_deposits, paid_on, view
from bidding.custodian.statements import account_proof
from market.kernel.errors import BadInput, Refusal
from market.protocol.blindkeys import LENGTH
from market.protocol.bondkeys import read_denomination
from market.protocol.encoding import JsonObject, b64u, refuse
from market.protocol.members import Members

pages: Final = Blueprint("holders", __name__)
PASSWORD_LIMIT: Final = 128
QR_SCALE: Final = 6


@pages.post("/sign-in")
def sign_in() -> Response:
    """`{uscc, password}` for a bearer token; "wrong-password" says nothing of which was wrong."""
    held = place()
    given = Members(body())
    uscc, password = given.uscc(), given.text("password", high=PASSWORD_LIMIT)
    given.end()
    names = (
        (held.files.attempt_name("name", uscc), BY_NAME),
        (held.files.attempt_name("both", uscc, request.remote_addr or ""), BY_NAME_AND_PLACE),
    )
    machine_now = held.office.machine.now()
    refuse_waiting(held.office.run(count_attempt, CountAttempt(names), at=machine_now))
    holder, stored = held.office.read(lambda session: password_of(session, uscc))
    if not held.passwords.fits(stored, password) or holder is None:
        raise Refusal(
            "wrong-password",
            zh="统一社会信用代码或密码不正确",
            en="The credit code or the password is not right",
            status=401,
        )
    command = LetIn(holder, tuple(name for name, _ in names))
    return answer({"token": held.office.run(let_in, command, at=machine_now)})


@pages.post("/deposits")
def order() -> Response:
    """A payment order for `{denomination, epoch, blinded}`; the same value, the same order."""
    holder = signed_in()
    held = place()
    given = Members(body())
    command = OrderDeposit(
        holder,
        read_denomination(given),
        given.epoch(),
        given.octets("blinded", LENGTH),
        held.files,
    )
    given.end()
    name = held.office.run(order_deposit, command)
    return answer(_shown(holder, b64u(name)))


@pages.get("/deposits")
def deposits() -> Response:
    """The holder's own deposits, newest first, without their signatures."""
    holder = signed_in()
    held = place()
    now, house = held.office.clock.now(), held.settings.house
    rows = held.office.read(
        lambda session: [
            view(session, row, now).to_json(house, None) for row in own_deposits(session, holder)
        ]
    )
    return answer({"items": [*rows]})


@pages.get("/deposits/<reference>")
def deposit(reference: str) -> Response:
    """One deposit, with receipt and blind signature once it is booked."""
    return answer(_shown(signed_in(), reference))


@pages.get("/deposits/<reference>/qr.svg")
def payment_picture(reference: str) -> Response:
    """What to pay, to whom, with which remark, as a picture that e-banking reads."""
    holder = signed_in()
    held = place()
    house = held.settings.house
    row = held.office.read(lambda session: own_deposit(session, holder, reference))
    said = "|".join((house.account, house.name, house.bank, str(row.amount.yuan), row.code))
    picture = io.BytesIO()
    segno.make(said, error="m").save(picture, kind="svg", scale=QR_SCALE, xmldecl=False)
    return Response(picture.getvalue(), content_type="image/svg+xml")


@pages.post("/refunds")
def refunds() -> Response:
    """Close an own open deposit for a refund token: `{claim, deposit}` → `{state, paid_on}`.

    `deposit` is the reference that the claim names; it may be left out.
    """
    holder = signed_in()
    held = place()
    given = body()
    claim = given.pop("claim", None)
    named = given.pop("deposit", None)
    if not isinstance(claim, dict) or given:
        refuse("应有成员 claim", "A member claim is needed and no other than deposit")
    if named is not None and named != claim.get("deposit"):
        refuse("deposit 与 claim 不符", "deposit is not what the claim names", code="claim-differs")
    done = held.office.run(claim_refund, ClaimRefund(holder, claim, held.settings))
    day = held.office.read(lambda session: paid_on(session, done.deposit))
    return answer({"state": "REFUNDED", "paid_on": day})


@pages.post("/account-proofs")
def account_proofs() -> Response:
    """`yg/account-proof/v1` for `{code}`, once the transfer has come."""
    holder = signed_in()
    held = place()
    given = Members(body())
    code = given.text("code", high=6)
    given.end()
    if PROOF_REMARK.fullmatch(code) is None:
        raise BadInput("bad-code", zh="验证码应为6位数字", en="The code has six digits")
    house, files = held.settings.house, held.files
    return answer(
        held.office.read(lambda session: account_proof(session, holder, code, house, files))
    )


def _shown(holder: UUID, reference: str) -> JsonObject:
    held = place()
    now, house = held.office.clock.now(), held.settings.house

    def look(session: Session) -> JsonObject:
        row = own_deposit(session, holder, reference)
        return view(session, row, now).to_json(house, signature_of(session, row, held.files))

    return held.office.read(look)
