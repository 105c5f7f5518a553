"""What the custodian goes by: states of a deposit and of a payment, reasons, windows, interest.

A deposit knows its owner and its key and nothing of any tender until the platform shows, after a
closing, that it stands behind a bid.
"""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Final

from market.kernel.errors import Refusal
from market.kernel.law import Article, Standing, platform_rule
from market.kernel.money import Money
from market.kernel.permissions import Permission
from market.kernel.rounding import Rounding
from market.kernel.transitions import Move, Table
from market.protocol.bondkeys import BEIJING, BondKey


class DepositState(StrEnum):
    """Where a deposit stands, as its holder is told."""

    AWAITED = "AWAITED"
    PAID = "PAID"
    EXPIRED = "EXPIRED"
    LINKED = "LINKED"
    REFUNDED = "REFUNDED"
    FORFEITED = "FORFEITED"
    RETURNED = "RETURNED"


class DepositAction(StrEnum):
    """What can happen to a deposit."""

    BOOK = "book"
    EXPIRE = "expire"
    LINK = "link"
    REFUND = "refund"
    RELEASE = "release"
    FORFEIT = "forfeit"
    SUNSET = "sunset"


class DepositKind(StrEnum):
    """What stands behind a deposit; told to the platform in the answer about a link alone."""

    CASH = "cash"
    GUARANTEE = "guarantee"
    ADMISSION = "admission"


PROTOCOL: Final = platform_rule("信任协议第二节", "trust protocol, section 2")
RETURN: Final = Article(
    "政府采购法实施条例第三十三条", "Regulation on the Government Procurement Law art. 33"
)
FORFEITURE: Final = Article(
    "招标投标法实施条例第三十五条、第七十四条",
    "Regulation implementing the Bidding Law arts. 35 and 74",
)
BASIC_ACCOUNT: Final = Article(
    "招标投标法实施条例第二十六条", "Regulation implementing the Bidding Law art. 26"
)

_S, _A, _BY = DepositState, DepositAction, Permission.HOUSE_ACT

DEPOSIT_TABLE: Final = Table(
    "deposit",
    start=_S.AWAITED,
    moves=[
        Move(_S.AWAITED, _A.BOOK, _S.PAID, _BY, PROTOCOL),
        Move(_S.AWAITED, _A.EXPIRE, _S.EXPIRED, _BY, PROTOCOL),
        # The bank credited it in time and told us late: the payer loses nothing by our beat.
        Move(_S.EXPIRED, _A.BOOK, _S.PAID, _BY, PROTOCOL),
        Move(_S.PAID, _A.LINK, _S.LINKED, _BY, PROTOCOL),
        Move(_S.PAID, _A.REFUND, _S.REFUNDED, _BY, RETURN),
        Move(_S.PAID, _A.SUNSET, _S.RETURNED, _BY, PROTOCOL),
        Move(_S.LINKED, _A.RELEASE, _S.REFUNDED, _BY, RETURN),
        Move(_S.LINKED, _A.FORFEIT, _S.FORFEITED, _BY, FORFEITURE),
    ],
)


class PaymentState(StrEnum):
    """Money on its way out."""

    DUE = "DUE"
    PAID = "PAID"


class PaymentAction(StrEnum):
    """What can happen to it."""

    PAY = "pay"


PAYMENT_TABLE: Final = Table(
    "payment",
    start=PaymentState.DUE,
    moves=[Move(PaymentState.DUE, PaymentAction.PAY, PaymentState.PAID, _BY, PROTOCOL)],
)


class Source(StrEnum):
    """Which account of the custodian a payment leaves: others' money, or its own for interest."""

    BONDS = "bonds"
    OWN = "own"


class Purpose(StrEnum):
    """Why money goes out; never more than this is written into a remark."""

    MISDIRECTED = "misdirected"
    PROOF = "proof"
    REFUND = "refund"
    RELEASE = "release"
    INTEREST = "interest"
    SUNSET = "sunset"
    FORFEIT = "forfeit"


REMARKS: Final = {
    Purpose.MISDIRECTED: "款项退回",
    Purpose.PROOF: "账户验证退款",
    Purpose.REFUND: "保证金退还",
    Purpose.RELEASE: "保证金退还",
    Purpose.INTEREST: "保证金利息",
    Purpose.SUNSET: "保证金到期退还",
    Purpose.FORFEIT: "不予退还保证金上缴",
}


class Misdirected(StrEnum):
    """Why money that came in goes straight back."""

    NO_ORDER = "no-order"
    ANOTHER_ACCOUNT = "another-account"
    ANOTHER_AMOUNT = "another-amount"
    LATE = "late"
    PAID_BEFORE = "paid-before"


MISDIRECTED_WORDS: Final = {
    Misdirected.NO_ORDER: (
        "附言中没有可识别的缴款码，款项已原路退回；请核对缴款码后重新转账",
        "No known payment code in the remark; the money went back: check the code, pay again",
    ),
    Misdirected.ANOTHER_ACCOUNT: (
        "付款账户不是本单位登记的基本账户，款项已原路退回；请从基本账户转账",
        "Not from the registered basic account; the money went back: pay from that account",
    ),
    Misdirected.ANOTHER_AMOUNT: (
        "金额与缴款单不一致，款项已全额原路退回；请按缴款单金额一次转账",
        "The amount is not that of the order, so all of it went back; pay the exact amount at once",
    ),
    Misdirected.LATE: (
        "到账时缴款单已过期，款项已原路退回；请重新取得缴款单",
        "The order had lapsed when the money came, so it went back; ask for a new order",
    ),
    Misdirected.PAID_BEFORE: (
        "该缴款单此前已到账，重复款项已原路退回",
        "This order was paid before, so the second payment went back",
    ),
}

ORDER_LIFE: Final = timedelta(days=3)
"""How long a payment order waits, its last moment included."""
ADMISSIONS_A_QUARTER: Final = 200
"""Admission tokens of one organisation and key: more than it can bid, few enough not to flood."""
OPEN_ORDERS: Final = 100
"""Payment orders of one organisation that may wait at once."""
CROWD: Final = 20
"""Organisations with unspent tokens of a key below which it hides nobody well (protocol, 2)."""
PROOF_AMOUNT: Final = Money(1)
PAY_RUN_HOUR: Final = 10
"""The hour of Beijing time of the one run a day in which refunds go out together."""
SESSION: Final = timedelta(hours=8)
"""How long a sign-in holds, on the machine's clock."""


def order_lapses(at: datetime, key: BondKey) -> datetime:
    """The last moment at which money for an order is in time: three days, never past the key."""
    return min(at + ORDER_LIFE, key.windows.issue_until - timedelta(microseconds=1))


def next_pay_run(at: datetime) -> datetime:
    """The first run of refunds after a moment; a run at that very moment has begun without it."""
    run = at.astimezone(BEIJING).replace(hour=PAY_RUN_HOUR, minute=0, second=0, microsecond=0)
    return (run if at < run else run + timedelta(days=1)).astimezone(UTC)


def is_sunset(key: BondKey, at: datetime) -> bool:
    """Whether deposits of a bidding key go back by themselves.

    Twelve months after the last day of spending a lost wallet and a kept one look alike.
    """
    last = key.windows.spend_until.astimezone(BEIJING)
    return at >= last.replace(year=last.year + 1)


# --- Interest -------------------------------------------------------------------------------------

DEMAND_YEAR: Final = 360
"""Days of a bank's year for demand deposits: bank practice, text not verified."""
OVERDUE_YEAR: Final = 365
"""Days of a year for late refunds: rule of this platform."""
OVERDUE_SURCHARGE: Final = Fraction(12, 10)
"""The base rate and a fifth: MOF Order 87 art. 38, text not verified."""
OVERDUE: Final = Article(
    "政府采购货物和服务招标投标管理办法第三十八条",
    "Ministry of Finance order 87 art. 38",
    Standing.MEMORY,
)


def legal_day(at: datetime) -> date:
    """The day of Beijing time in which a moment lies."""
    return at.astimezone(BEIJING).date()


def demand_interest(principal: Money, rate: Decimal, since: date, until: date) -> Money:
    """`P × r × days / 360`, whole fen, half up; days from the day of booking to that of payment."""
    return _interest(principal, Fraction(rate), (until - since).days, DEMAND_YEAR)


def overdue_interest(principal: Money, base_rate: Decimal, due: date, paid: date) -> Money:
    """`P × r_base × 1.2 × days / 365` for each day after the due day; nothing on or before it."""
    days = max(0, (paid - due).days)
    return _interest(principal, Fraction(base_rate) * OVERDUE_SURCHARGE, days, OVERDUE_YEAR)


def _interest(principal: Money, rate: Fraction, days: int, year: int) -> Money:
    if days < 0 or rate < 0:
        raise ValueError("interest runs forward, at no negative rate")
    return principal.times(rate * days / year, Rounding.HALF_UP)


# --- Refusals -------------------------------------------------------------------------------------


def refuse_other_owner() -> Refusal:
    """The refusal of a blinded value that another organisation brought first."""
    return Refusal(
        "blinded-taken",
        zh="此盲化值已由其他单位使用，请重新生成",
        en="Another organisation brought this blinded value before; make a fresh one",
    )


def refuse_not_open() -> Refusal:
    """The refusal of a deposit that is not the holder's own, not of the key, or not open."""
    return Refusal(
        "no-open-deposit",
        zh="没有可退还的对应缴存：须为本单位同面额同季度且未关联投标的缴存",
        en="There is no such open deposit: it must be your own, of the same amount and quarter, "
        "and not stand behind a bid",
    )
