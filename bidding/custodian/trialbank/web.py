"""The trial bank's e-banking for programs, and its counter page for people.

On the counter anybody plays the house bank: any account, any amount, twice, late. It exists in the
demonstration and in tests; production has neither its pages nor its tables.
"""

import secrets
from datetime import datetime
from functools import partial
from operator import itemgetter
from typing import Final

from flask import Blueprint, Response, make_response, render_template, request
from sqlalchemy.orm import Session

from bidding.custodian.api.place import answer, body, place
from bidding.custodian.commands.booking import BookNotice, book_notice
from bidding.custodian.commands.holders import (
    BY_NAME,
    CountAttempt,
    count_attempt,
    refuse_waiting,
)
from bidding.custodian.queries import outcome_words
from bidding.custodian.trialbank.commands import (
    LetIntoBank,
    Move,
    account_of,
    accounts,
    deliver,
    let_into_bank,
    move_money,
    password_of,
    statement,
    tell_again,
)
from bidding.custodian.trialbank.wording import WORDS
from market.kernel.errors import BadInput, MarketError, NotSignedIn, Refusal
from market.kernel.ids import bank_account
from market.kernel.money import Money
from market.protocol.bondkeys import BEIJING
from market.protocol.encoding import Json, JsonObject, stamp
from market.protocol.members import Members

pages: Final = Blueprint("trial_bank", __name__, url_prefix="/bank", template_folder="templates")
_BEARER: Final = "Bearer "
ACCOUNT_LIMIT: Final = 32
LANGUAGES: Final = ("zh", "en")
POLICY: Final = (
    "default-src 'none'; style-src 'self'; img-src data:; form-action 'self'; base-uri 'none';"
    " frame-ancestors 'none'"
)
REMARK_LIMIT: Final = 100
PASSWORD_LIMIT: Final = 128


@pages.post("/sign-in")
def sign_in() -> Response:
    """E-banking: `{account, password}` for a bearer token."""
    held = place()
    given = Members(body())
    number = given.text("account", high=ACCOUNT_LIMIT)
    password = given.text("password", high=PASSWORD_LIMIT)
    given.end()
    machine_now = held.office.machine.now()
    names = ((held.files.attempt_name("bank", number), BY_NAME),)
    refuse_waiting(held.office.run(count_attempt, CountAttempt(names), at=machine_now))
    stored = held.office.read(lambda session: password_of(session, number))
    if not held.passwords.fits(stored, password):
        raise Refusal(
            "wrong-password",
            zh="账号或密码不正确",
            en="The account or the password is not right",
            status=401,
        )
    command = LetIntoBank(number, tuple(name for name, _ in names))
    return answer({"token": held.office.run(let_into_bank, command, at=machine_now)})


@pages.post("/transfers")
def transfers() -> Response:
    """`{from_account, to, amount, remark}` from one's own account; the custodian hears at once.

    With an `Idempotency-Key` the same transfer sent again moves nothing.
    """
    number = _own_account()
    held = place()
    given = Members(body())
    payer = given.text("from_account", high=ACCOUNT_LIMIT)
    to = given.text("to", high=ACCOUNT_LIMIT)
    amount, remark = Money(given.whole("amount", 1)), given.text("remark", 0, REMARK_LIMIT)
    given.end()
    if payer != number:
        raise Refusal(
            "not-your-account",
            zh="只能从本账户转账",
            en="Money can be sent from the account signed in, and from no other",
            status=403,
        )
    key = request.headers.get("Idempotency-Key") or secrets.token_hex(16)
    serial = held.office.run(move_money, Move(payer, to, amount, remark, f"{payer}:{key}"))
    made = deliver(held.office, held.settings.house, held.files)
    return answer({"serial": serial, "custodian": made.get(serial)})


@pages.get("/statements")
def statements() -> Response:
    """Balance and newest transfers of the account signed in."""
    number = _own_account()

    def look(session: Session) -> JsonObject:
        balance, moved = statement(session, number)
        rows: list[Json] = [
            {
                "serial": row.serial,
                "from_account": row.from_account,
                "from_name": row.from_name,
                "to_account": row.to_account,
                "amount": row.amount.fen,
                "remark": row.remark,
                "at": stamp(row.at),
            }
            for row in moved
        ]
        return {"account": number, "balance": balance, "transfers": rows}

    return answer(place().office.read(look))


@pages.get("/counter")
def counter() -> Response:
    """The form; what the address brings along (amount, remark, paying account) stands in it."""
    return _counter([], "")


@pages.get("/counter.css")
def look() -> Response:
    """The look of the counter."""
    answer = make_response(render_template("trialbank/counter.css"))
    answer.content_type = "text/css; charset=utf-8"
    return answer


@pages.post("/counter")
def play() -> Response:
    """Pay into the custodian's account as the form says, and show what it made of it."""
    try:
        lines = _play()
    except MarketError as refusal:
        response = _counter([], f"{refusal.words('zh')} / {refusal.words('en')}")
        response.status_code = refusal.status
        return response
    return _counter(lines, "")


def _play() -> list[tuple[str, str, str]]:
    held = place()
    house = held.settings.house
    number, name = bank_account(request.form.get("from_account", "")), _text("from_name")
    amount, remark = Money.from_yuan(request.form.get("amount", "")), _text("remark")
    at, how = _credited(), request.form.get("how", "once")
    made: list[tuple[str, str, str]] = []
    for _ in range(2 if how == "paid-twice" else 1):
        move = Move(
            number,
            house.account,
            amount,
            remark,
            f"counter:{secrets.token_hex(16)}",
            at=at,
            over_the_counter=True,
            from_name=name,
        )
        serial = held.office.run(move_money, move)
        outcome = deliver(held.office, house, held.files)[serial]
        made.append((serial, *outcome_words(outcome)))
        if how == "told-twice":
            again = held.office.read(partial(tell_again, serial=serial))
            outcome = held.office.run(book_notice, BookNotice(again, held.files))
            made.append((serial, *outcome_words(outcome)))
    return made


def _counter(lines: list[tuple[str, str, str]], refused: str) -> Response:
    held = place()
    language = _language()
    page = render_template(
        "trialbank/counter.html",
        t=itemgetter({"zh": 0, "en": 1}[language]),
        words=WORDS,
        language=language,
        house=held.settings.house,
        accounts=held.office.read(accounts),
        form=request.values,
        lines=lines,
        refused=refused,
    )
    response = make_response(page)
    response.headers["Content-Security-Policy"] = POLICY
    return response


def _language() -> str:
    """The language that was chosen on the page, else the first that the browser asks for."""
    chosen = request.values.get("language")
    if chosen in LANGUAGES:
        return chosen
    return request.accept_languages.best_match(LANGUAGES, default="zh")


def _credited() -> datetime | None:
    typed = request.form.get("credited_at", "").strip()
    if not typed:
        return None
    try:
        return datetime.fromisoformat(typed).replace(tzinfo=BEIJING)
    except ValueError:
        raise BadInput(
            "bad-moment",
            zh="到账时间写法如 2026-03-05T09:30:00",
            en="Write the moment of the credit like 2026-03-05T09:30:00",
        ) from None


def _text(name: str) -> str:
    return request.form.get(name, "").strip()[:REMARK_LIMIT]


def _own_account() -> str:
    given = request.headers.get("Authorization", "")
    if not given.startswith(_BEARER):
        raise NotSignedIn
    held = place()
    machine_now = held.office.machine.now()
    token = given.removeprefix(_BEARER).strip()
    return held.office.read(lambda session: account_of(session, token, machine_now))
