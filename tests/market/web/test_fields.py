"""Typed text becomes a value of the right type, or words that say what to type."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from io import BytesIO

import pytest
from flask import Flask

from market.kernel.errors import BadInput
from market.kernel.money import Money
from market.web.fields import (
    FileField,
    LinesField,
    Option,
    ReadField,
    SecretField,
    Sent,
    TextField,
    TickField,
    Wrong,
    maybe,
)
from market.web.sent_file import SentFile
from market.web.typed_fields import (
    ChoiceField,
    ChoicesField,
    DateField,
    DecimalField,
    IntegerField,
    MomentField,
    MoneyField,
    PickField,
    PicksField,
)
from tests.market.web.conftest import Browser
from tests.market.web.trial import Method

TWO = (Option("a", "A"), Option("b", "B"))


@pytest.fixture(autouse=True)
def reader(paper_app: Flask) -> Iterator[None]:
    with paper_app.test_request_context(headers={"Accept-Language": "en"}):
        yield


def typed(*texts: str, options=()) -> Sent:
    return Sent(texts, None, options)


def a_file(name: str = "a.pdf", size: int = 10) -> Sent:
    return Sent((), SentFile(name, size, b"", BytesIO()))


@pytest.mark.parametrize(
    ("field", "text", "value"),
    [
        (TextField(""), " 清河  医院 ", "清河  医院"),
        (TextField(""), "e\u0301", "\u00e9"),
        (TextField("", longest=3), "abc", "abc"),
        (LinesField(""), "a\r\nb\rc", "a\nb\nc"),
        (MoneyField(""), "1,234,567.89", Money(123_456_789)),
        (MoneyField(""), "¥ １２３４．５", Money(123_450)),
        (MoneyField(""), "100元", Money(10_000)),
        (MoneyField(""), "0", Money(0)),
        (MoneyField("", least=Money(100), most=Money(200)), "1", Money(100)),
        (MoneyField("", least=Money(100), most=Money(200)), "2.00", Money(200)),
        (IntegerField("", least=1, most=20), "1", 1),
        (IntegerField("", least=1, most=20), "２０", 20),
        (IntegerField(""), "1,000", 1000),
        (DecimalField("", places=3), "0.125", Decimal("0.125")),
        (DecimalField("", least=Decimal(-1)), "-0.50", Decimal("-0.50")),
        (DateField(""), "2026-03-24", date(2026, 3, 24)),
        (DateField(""), "2026年3月24日", date(2026, 3, 24)),
        (DateField(""), "2028/2/29", date(2028, 2, 29)),
        (MomentField(""), "2026-03-24T09:30", datetime(2026, 3, 24, 1, 30, tzinfo=UTC)),
        (MomentField(""), "2026年3月24日 00:00:01", datetime(2026, 3, 23, 16, 0, 1, tzinfo=UTC)),
        (SecretField(""), " a b ", " a b "),
        (TickField(""), "yes", True),
    ],
)
def test_what_is_typed_is_understood(field, text: str, value: object) -> None:
    assert field.take(typed(text)) == value


@pytest.mark.parametrize(
    ("field", "text", "words"),
    [
        (TextField(""), "", "This is needed."),
        (TextField(""), " \n", "This is needed."),
        (TextField("", longest=3), "abcd", "Use at most 3 characters."),
        (TextField(""), "a\nb", "Write this on one line."),
        (TextField(""), "a\x00b", "cannot be kept"),
        (TextField(""), "a\ud800", "cannot be kept"),
        (MoneyField(""), "much", "Not an amount"),
        (MoneyField(""), "1.005", "two decimals"),
        (MoneyField(""), "1e3", "Not an amount"),
        (MoneyField(""), "-1", "at least 0.00"),
        (MoneyField("", least=Money(100), most=Money(200)), "0.99", "at least 1.00"),
        (MoneyField("", least=Money(100), most=Money(200)), "2.01", "at most 2.00"),
        (IntegerField("", least=1, most=20), "0", "from 1 to 20"),
        (IntegerField("", least=1, most=20), "21", "from 1 to 20"),
        (IntegerField(""), "1.5", "whole number"),
        (IntegerField(""), "NaN", "Type a number"),
        (DecimalField("", places=2), "0.125", "at most 2 decimals"),
        (DecimalField(""), "9" * 16, "Type a number"),
        (DateField(""), "2026-02-29", "no such day"),
        (DateField(""), "24.3.2026", "Type a day"),
        (DateField(""), "0000-01-01", "no such day"),
        (MomentField(""), "2026-03-24", "a day and a time"),
        (MomentField(""), "2026-03-24T24:00", "no such time"),
        (MomentField(""), "0001-01-01 00:00", "no such time"),
        (SecretField(""), "", "This is needed."),
        (TickField("", must=True), "", "Tick this box"),
    ],
)
def test_what_cannot_be_understood_says_what_to_type(field, text: str, words: str) -> None:
    with pytest.raises(Wrong, match=words):
        field.take(typed(text))


def test_nothing_sent_at_all_is_no_crash() -> None:
    for field in (TextField(""), MoneyField(""), DateField(""), PickField(""), FileField("")):
        with pytest.raises(Wrong):
            field.take(Sent())


def test_a_field_that_may_stay_empty_is_none() -> None:
    field = maybe(MoneyField(""))
    assert field.take(typed(" ")) is None
    assert field.take(typed("1")) == Money(100)
    assert (field.widget, field.required) == ("money", False)
    with pytest.raises(Wrong):
        field.take(typed("much"))


def test_only_options_shown_are_taken() -> None:
    assert PickField("").take(typed("b", options=TWO)) == "b"
    assert PicksField("").take(typed("b", "a", "b", options=TWO)) == ("b", "a")
    for field in (PickField(""), PicksField("")):
        with pytest.raises(Wrong, match="options shown"):
            field.take(typed("c", options=TWO))
    with pytest.raises(Wrong, match="at least 1"):
        PicksField("", least=1).take(typed(options=TWO))


def test_choices_of_an_enum_carry_its_words() -> None:
    field = ChoiceField("", Method)
    assert [option.label for option in field.options()] == ["open", "by invitation"]
    assert field.take(typed("open", options=field.options())) is Method.OPEN
    many = ChoicesField("", Method, least=1)
    assert many.take(typed("open", "invited", options=many.options())) == tuple(Method)
    with pytest.raises(Wrong, match="options shown"):
        field.take(typed("OPEN", options=field.options()))


def test_the_kernels_refusal_is_the_fields() -> None:
    def read(text: str) -> int:
        if text == "x":
            raise BadInput("bad", zh="不对", en="Not this")
        return len(text)

    field = ReadField("", read)
    assert field.take(typed("abc")) == 3
    with pytest.raises(Wrong, match="Not this"):
        field.take(typed("x"))


def test_a_file_has_a_known_ending_and_both_limits() -> None:
    field = FileField("", endings=(".pdf",), largest=10)
    assert field.take(a_file("A.PDF", 10)).name == "A.PDF"
    for sent, words in (
        (a_file("a.exe"), r"\.pdf"),
        (a_file(size=11), "at most"),
        (a_file(size=0), "empty"),
    ):
        with pytest.raises(Wrong, match=words):
            field.take(sent)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        (TextField(""), "a"),
        (MoneyField(""), Money(123_456_789)),
        (IntegerField(""), 7),
        (DecimalField("", places=3), Decimal("0.125")),
        (DateField(""), date(2026, 3, 24)),
        (MomentField(""), datetime(2026, 3, 24, 1, 30, tzinfo=UTC)),
        (MomentField(""), datetime(2026, 3, 24, 1, 30, 5, tzinfo=UTC)),
        (TickField(""), True),
    ],
)
def test_what_is_shown_is_understood_again(field, value: object) -> None:
    assert field.take(typed(*field.show(value))) == value


def test_a_whole_form_is_read(browser: Browser) -> None:
    marks = browser.marks(browser.open("/trial/wide?lang=en"), "WideForm")
    answer = browser.client.post(
        "/trial/wide",
        data={
            **marks,
            "title": "桥梁",
            "budget": "12.5",
            "lots": "3",
            "rate": "1.25",
            "opens_on": "2026-03-02",
            "closes_at": "2026-03-24T09:30",
            "method": "open",
            "accepts": ["open", "invited"],
            "agency": "8",
            "sure": "yes",
            "paper": (BytesIO(b"%PDF"), "..\\x/../标书.pdf"),
        },
    )
    assert "桥梁|12.50|3|1.25|2026-03-02|2026-03-24 01:30:00+00:00|open|" in answer.text
    assert "|8|None|True|标书.pdf 4" in answer.text
