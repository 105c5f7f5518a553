"""Fields for what is counted, dated or chosen: amounts, numbers, days, moments, choices."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from enum import StrEnum
from typing import Final, TypeVar

from typing_extensions import override

from market.kernel.errors import BadInput, MarketError
from market.kernel.money import Money
from market.kernel.workdays import SHANGHAI, at_time
from market.web.fields import Field, Option, Sent, Wrong, need
from market.web.language import gettext, language
from market.web.site import site

E = TypeVar("E", bound=StrEnum)

ZERO: Final = Money(0)
_NUMBER = re.compile(r"[+-]?\d{1,15}(\.\d{1,12})?", re.ASCII)
_DAY = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?", re.ASCII)
_MOMENT = re.compile(r"(.+?)(?:T|\s+)(\d{1,2}):(\d{2})(?::(\d{2}))?", re.ASCII)


def _half_width(text: str) -> str:
    """Full-width digits and marks as plain ones; blanks at the ends gone."""
    return unicodedata.normalize("NFKC", text).strip()


def _number(sent: Sent, places: int) -> Decimal:
    text = _half_width(need(sent)).replace(",", "")
    if _NUMBER.fullmatch(text) is None:
        raise Wrong(gettext("Type a number, such as 1,234.56."))
    number = Decimal(text)
    if number != number.quantize(Decimal(1).scaleb(-places)):
        if places == 0:
            raise Wrong(gettext("Type a whole number."))
        raise Wrong(gettext("Use at most %(places)s decimals.", places=places))
    return number


@dataclass(eq=False)
class MoneyField(Field[Money]):
    """An amount in yuan with at most two decimals; both limits are allowed values."""

    least: Money = field(default=ZERO, kw_only=True)
    most: Money | None = field(default=None, kw_only=True)
    widget = "money"

    @property
    @override
    def attributes(self) -> Mapping[str, str]:
        return {"inputmode": "decimal", "autocomplete": "off"}

    @override
    def take(self, sent: Sent) -> Money:
        typed = _half_width(need(sent)).removeprefix("¥").removesuffix("元")
        try:
            amount = Money.from_yuan(typed.strip())
        except BadInput as refusal:
            raise Wrong(refusal.words(language())) from None
        if amount.fen < self.least.fen:
            raise Wrong(gettext("Type at least %(amount)s yuan.", amount=self.least))
        if self.most is not None and amount.fen > self.most.fen:
            raise Wrong(gettext("Type at most %(amount)s yuan.", amount=self.most))
        return amount


@dataclass(eq=False)
class IntegerField(Field[int]):
    """A whole number; both limits are allowed values."""

    least: int = field(default=0, kw_only=True)
    most: int = field(default=10**9, kw_only=True)
    widget = "number"

    @property
    @override
    def attributes(self) -> Mapping[str, str]:
        return {"inputmode": "numeric", "autocomplete": "off"}

    @override
    def take(self, sent: Sent) -> int:
        number = int(_number(sent, 0))
        _within(Decimal(number), Decimal(self.least), Decimal(self.most))
        return number


@dataclass(eq=False)
class DecimalField(Field[Decimal]):
    """A number with at most `places` decimals; both limits are allowed values."""

    places: int = field(default=2, kw_only=True)
    least: Decimal = field(default=Decimal(0), kw_only=True)
    most: Decimal = field(default=Decimal(10**9), kw_only=True)
    widget = "number"

    @property
    @override
    def attributes(self) -> Mapping[str, str]:
        return {"inputmode": "decimal", "autocomplete": "off"}

    @override
    def take(self, sent: Sent) -> Decimal:
        number = _number(sent, self.places)
        _within(number, self.least, self.most)
        return number

    @override
    def show(self, value: Decimal) -> Sequence[str]:
        return [f"{value:f}"]


def _within(number: Decimal, least: Decimal, most: Decimal) -> None:
    if not least <= number <= most:
        raise Wrong(gettext("Type a number from %(least)s to %(most)s.", least=least, most=most))


@dataclass(eq=False)
class DateField(Field[date]):
    """A legal day in Asia/Shanghai."""

    widget = "date"

    @override
    def take(self, sent: Sent) -> date:
        return _day(_half_width(need(sent)))

    @override
    def show(self, value: date) -> Sequence[str]:
        return [value.isoformat()]


@dataclass(eq=False)
class MomentField(Field[datetime]):
    """A wall time in Asia/Shanghai, to the second; the value is aware and in UTC."""

    widget = "moment"

    @override
    def take(self, sent: Sent) -> datetime:
        found = _MOMENT.fullmatch(_half_width(need(sent)))
        if found is None:
            raise Wrong(gettext("Type a day and a time, such as 2026-03-24 09:30."))
        day = _day(found[1])
        try:
            return at_time(day, time(int(found[2]), int(found[3]), int(found[4] or 0)))
        except (ValueError, MarketError):
            raise Wrong(gettext("There is no such time. Type one such as 09:30.")) from None

    @override
    def show(self, value: datetime) -> Sequence[str]:
        wall = value.astimezone(SHANGHAI)
        return [wall.strftime("%Y-%m-%dT%H:%M:%S" if wall.second else "%Y-%m-%dT%H:%M")]


def _day(text: str) -> date:
    found = _DAY.fullmatch(text)
    if found is None:
        raise Wrong(gettext("Type a day such as 2026-03-24."))
    try:
        return date(int(found[1]), int(found[2]), int(found[3]))
    except ValueError:
        raise Wrong(gettext("There is no such day in the calendar.")) from None


def _chosen(sent: Sent, text: str) -> str:
    if text not in {option.value for option in sent.options}:
        raise Wrong(gettext("Choose one of the options shown."))
    return text


@dataclass(eq=False)
class PickField(Field[str]):
    """One of the options that the page gives this form (`options=` of the form)."""

    widget = "choice"

    @override
    def take(self, sent: Sent) -> str:
        if sent.is_blank:
            raise Wrong(gettext("Choose one."))
        return _chosen(sent, sent.text)


@dataclass(eq=False)
class PicksField(Field[tuple[str, ...]]):
    """Any number of the options that the page gives this form, at least `least`."""

    least: int = field(default=0, kw_only=True)
    widget = "choices"

    @override
    def take(self, sent: Sent) -> tuple[str, ...]:
        chosen = tuple(dict.fromkeys(_chosen(sent, text) for text in sent.texts))
        if len(chosen) < self.least:
            raise Wrong(gettext("Choose at least %(count)s.", count=self.least))
        return chosen

    @override
    def show(self, value: tuple[str, ...]) -> Sequence[str]:
        return value


def _options_of(states: type[StrEnum]) -> list[Option]:
    vocabulary = site().vocabulary
    return [Option(state.value, vocabulary.say(state, language())) for state in states]


@dataclass(eq=False)
class ChoiceField(Field[E]):
    """One member of an enum whose words a room has registered."""

    of: type[E]
    widget = "choice"

    @override
    def options(self) -> Sequence[Option]:
        return _options_of(self.of)

    @override
    def take(self, sent: Sent) -> E:
        if sent.is_blank:
            raise Wrong(gettext("Choose one."))
        return self.of(_chosen(sent, sent.text))

    @override
    def show(self, value: E) -> Sequence[str]:
        return [value.value]


@dataclass(eq=False)
class ChoicesField(Field[tuple[E, ...]]):
    """Members of an enum whose words a room has registered, at least `least` of them."""

    of: type[E]
    least: int = field(default=0, kw_only=True)
    widget = "choices"

    @override
    def options(self) -> Sequence[Option]:
        return _options_of(self.of)

    @override
    def take(self, sent: Sent) -> tuple[E, ...]:
        chosen = dict.fromkeys(_chosen(sent, text) for text in sent.texts)
        if len(chosen) < self.least:
            raise Wrong(gettext("Choose at least %(count)s.", count=self.least))
        return tuple(self.of(value) for value in chosen)

    @override
    def show(self, value: tuple[E, ...]) -> Sequence[str]:
        return [one.value for one in value]
