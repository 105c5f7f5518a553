"""What the page of patterns shows: one invented tender, so that every pattern stands in context."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Any, Final

from market.feature import DeskItem
from market.kernel.law import Article
from market.kernel.money import Money
from market.kernel.workdays import NotYetPublished
from market.web.desks import grouped
from market.web.fields import LinesField, TextField, maybe
from market.web.forms import Form
from market.web.language import gettext, language, lazy_gettext
from market.web.patterns import (
    Column,
    Fact,
    Holding,
    Progress,
    Proof,
    Step,
    StepState,
    TimetableRow,
    stretches,
)
from market.web.typed_fields import MoneyField

AMOUNT: Final = Money(328_000_000)
BOND: Final = Money(5_000_000)
TWENTY_DAYS: Final = Article("招标投标法第二十四条", "Tendering and Bidding Law art. 24")
FILE: Final = 2_202_010  # bytes
STEPS: Final = (
    (lazy_gettext("Notice"), StepState.DONE, -22),
    (lazy_gettext("Questions"), StepState.DONE, -12),
    (lazy_gettext("Bids"), StepState.NOW, 0),
    (lazy_gettext("Opening"), StepState.NEXT, 0),
    (lazy_gettext("Evaluation"), StepState.NEXT, 0),
    (lazy_gettext("Result"), StepState.NEXT, 7),
    (lazy_gettext("Contract"), StepState.NEXT, 37),
)
HELD: Final = (
    ("owner", "owner", 17, "17.0"),
    ("agency", "agency", Fraction(121, 2), "60.5"),
    ("department", "department", Fraction(25, 2), "12.5"),
    ("expert", "expert", Fraction(25, 2), "12.5"),
    ("agency", "department", Fraction(25, 2), "12.5"),
)


class Sample(Form):
    """A form with the kinds of fields that recur."""

    title = TextField(lazy_gettext("Name of the project"))
    budget = MoneyField(lazy_gettext("Budget"))
    remark = maybe(LinesField(lazy_gettext("Remark")))


def samples(now: datetime, root: bytes) -> Mapping[str, Any]:
    """Everything the page draws, for this reader, around this moment; the record has this root."""
    deadline = now + timedelta(minutes=50)
    return {
        "steps": [Step(str(words), _day(now, days), state) for words, state, days in STEPS],
        "facts": _facts(),
        "rows": _rows(now, deadline),
        "proof": Proof(0, "/log/proof/0", 1, root),
        "waiting_proof": Proof(None, "/demo/patterns"),
        "bar": stretches([Holding(a, b, Fraction(h), said) for a, b, h, said in HELD]),
        "deadline": deadline,
        "far": now + timedelta(days=5, hours=18, minutes=17),
        "amount": AMOUNT,
        "columns": [Column(gettext("Document")), Column(gettext("Size"), is_number=True)],
        "size": FILE,
        "groups": grouped(_items(now), now),
        "progress": Progress(3, 5, gettext("3 of 5 shares are in")),
    }


def refused_sample() -> Sample:
    """The form as it comes back after a refusal, with what was typed."""
    form = Sample(initial={"title": gettext("Colour Doppler ultrasound systems")})
    form.wrong("budget", gettext("Type an amount in yuan, such as 1,234.56."))
    return form


def _day(now: datetime, days: int) -> str:
    day = now + timedelta(days=days)
    if language() == "zh":
        return f"{day.month} 月 {day.day} 日"
    return f"{day:%d %b}".lstrip("0")


def _facts() -> list[Fact]:
    return [
        Fact(gettext("Ceiling"), f"¥ {AMOUNT}", gettext("tax included"), is_number=True),
        Fact(
            gettext("Evaluation"),
            gettext("by points: technical 50, business 15, price 35, lowest price first"),
        ),
        Fact(gettext("Bond"), f"¥ {BOND}", gettext("anonymous"), is_number=True),
        Fact(gettext("Opening officers"), gettext("any 3 of 5, of 5 organisations")),
    ]


def _rows(now: datetime, deadline: datetime) -> list[TimetableRow]:
    return [
        TimetableRow(
            now - timedelta(days=20),
            gettext("Notice published"),
            gettext("shown for 5 working days"),
        ),
        TimetableRow(
            deadline,
            gettext("Bids close, the opening begins"),
            gettext("at least 20 days after the documents were issued"),
            TWENTY_DAYS,
            gettext("50 minutes left"),
            is_current=True,
        ),
        TimetableRow(
            (now + timedelta(days=7)).date(),
            gettext("Winner determined"),
            gettext("5 working days after the report came in"),
        ),
        TimetableRow(
            NotYetPublished(now.year + 1),
            gettext("Acceptance"),
            gettext("200 working days after the contract was signed"),
        ),
    ]


def _items(now: datetime) -> list[DeskItem]:
    due = (-timedelta(hours=3), timedelta(hours=3), timedelta(days=3), timedelta(days=30), None)
    words = (
        ("回复提问", "Answer a question"),
        ("公布开标清单", "Publish the opening manifest"),
        ("确认中标结果", "Confirm the award"),
        ("签订合同", "Sign the contract"),
        ("接受角色", "Accept a role"),
    )
    return [
        DeskItem(zh, en, "#", None if span is None else now + span, f"ZC-2026-00010{place}")
        for place, (span, (zh, en)) in enumerate(zip(due, words, strict=True))
    ]
