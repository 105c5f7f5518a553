"""What owners and agents fill in: one form for each piece of a tender."""

from collections.abc import Mapping, Sequence
from typing import ClassVar, Final

from flask import request

from bidding.rulebook.amendments import AmendmentKind
from bidding.rulebook.bonds import DENOMINATIONS
from bidding.rulebook.criteria import Deductions, LowPriceTriggers, Scheme, TieRule
from bidding.rulebook.figures import read_figure
from bidding.rulebook.limits import Category, Method
from bidding.tenders.preparing import VALIDITY_LEAST, VALIDITY_MOST
from bidding.tenders.scheme_lines import read_lines
from market.kernel.money import Money
from market.web.fields import (
    FileField,
    HiddenField,
    LinesField,
    Option,
    ReadField,
    TextField,
    TickField,
    Wrong,
    maybe,
)
from market.web.forms import Form
from market.web.language import lazy_gettext
from market.web.typed_fields import (
    ChoiceField,
    ChoicesField,
    DateField,
    IntegerField,
    MomentField,
    MoneyField,
    PickField,
)

ENDINGS: Final = (".pdf", ".docx", ".xlsx", ".png", ".jpg", ".jpeg")
SCHEME_LENGTH: Final = 30_000  # characters of all criteria


class ReckonedForm(Form):
    """A form whose page says what would follow before anything is sent.

    The fields in `live` may stand in the address as well: so a script, or a link that offers a
    date, asks for the page with them filled in, and nothing is written.
    """

    live: ClassVar[tuple[str, ...]] = ()

    def __init__(
        self,
        *,
        initial: Mapping[str, object] | None = None,
        options: Mapping[str, Sequence[Option]] | None = None,
    ) -> None:
        super().__init__(initial=initial, options=options)
        asked = [key for key in self.live if key in request.args]
        if asked and not self.is_sent and "kept" not in request.args:
            self._texts |= {key: request.args.getlist(key)[:1] for key in asked}

    @property
    def only_reckons(self) -> bool:
        """Whether it was sent to see what would follow, and not to be carried out."""
        return self.is_sent and "reckon" in request.form

    def chosen(self) -> dict[str, object]:
        """What the live fields say; one that cannot be read is pointed at and left out."""
        found: dict[str, object] = {}
        for key in self.live:
            sent = self._sent(key, self.fields[key])
            if self.fields[key].required and sent.is_blank and self.fields[key].widget != "tick":
                continue
            try:
                found[key] = self.fields[key].take(sent)
            except Wrong as wrong:
                self.wrong(key, str(wrong))
        return found

    def typed(self) -> dict[str, str]:
        """The texts in the live fields, for an address that shows this page with them."""
        return {key: text for key in self.live if (text := self[key].text)}


class NewTender(Form):
    """Which project is to be tendered."""

    project = PickField(lazy_gettext("Project"))
    title_zh = maybe(TextField(lazy_gettext("Title in Chinese")))
    title_en = maybe(TextField(lazy_gettext("Title in English")))


class DescriptionForm(Form):
    """What is bought, from whom, whom to ask."""

    title_zh = TextField(lazy_gettext("Title in Chinese"))
    title_en = TextField(lazy_gettext("Title in English"))
    need_zh = LinesField(lazy_gettext("What is needed, in Chinese"))
    need_en = LinesField(lazy_gettext("What is needed, in English"))
    qualification_zh = LinesField(lazy_gettext("Qualification of suppliers, in Chinese"))
    qualification_en = LinesField(lazy_gettext("Qualification of suppliers, in English"))
    qualification_subjects = maybe(
        TextField(
            lazy_gettext("Codes of the qualification"),
            hint=lazy_gettext("Such as iso-9001, separated by commas; they cannot be scored."),
        )
    )
    consortium = TickField(lazy_gettext("Consortia may bid"))
    contact = TextField(lazy_gettext("Contact"), longest=300)


class TermsForm(Form):
    """Ceiling, bond, validity."""

    ceiling = MoneyField(lazy_gettext("Ceiling"), least=Money(1))
    bond = PickField(
        lazy_gettext("Bid bond"),
        hint=lazy_gettext("One of a few amounts for all tenders, so that none gives one away."),
    )
    validity_days = IntegerField(
        lazy_gettext("Days a bid stays valid"), least=VALIDITY_LEAST, most=VALIDITY_MOST
    )


def bond_options() -> list[Option]:
    """The amounts that a bond can have."""
    return [Option(str(amount.fen), f"¥ {amount}") for amount in DENOMINATIONS]


class TimetableForm(ReckonedForm):
    """The dates somebody chooses; what stays empty follows by rule."""

    live = (
        "intention_on",
        "notice_until",
        "documents_from",
        "documents_until",
        "questions_until",
        "bid_deadline",
        "evaluation_at",
    )

    intention_on = maybe(DateField(lazy_gettext("Intention published on")))
    notice_until = maybe(DateField(lazy_gettext("Notice until the end of")))
    documents_from = maybe(MomentField(lazy_gettext("Documents from")))
    documents_until = maybe(DateField(lazy_gettext("Documents until the end of")))
    questions_until = maybe(MomentField(lazy_gettext("Questions until")))
    bid_deadline = maybe(MomentField(lazy_gettext("Bid deadline, then opening")))
    evaluation_at = maybe(MomentField(lazy_gettext("Start of evaluation")))


class SchemeForm(Form):
    """How bids are compared."""

    method = ChoiceField(lazy_gettext("Method"), Method)
    price_weight = ReadField(lazy_gettext("Points of the price"), read_figure)
    criteria = maybe(
        LinesField(
            lazy_gettext("Criteria and their levels"),
            longest=SCHEME_LENGTH,
            hint=lazy_gettext("One line for each criterion, then its levels; see the example."),
        )
    )
    ties = ChoicesField(lazy_gettext("Equal bids are ordered by"), TieRule)
    small = maybe(ReadField(lazy_gettext("Percent off for small and micro firms"), read_figure))
    joint = maybe(ReadField(lazy_gettext("Percent off for consortia with them"), read_figure))
    national = maybe(ReadField(lazy_gettext("Percent off for national products"), read_figure))
    reserved = TickField(lazy_gettext("Reserved for small and medium firms"))
    low_mean = ReadField(lazy_gettext("Review below this percent of the mean"), read_figure)
    low_second = ReadField(
        lazy_gettext("Review below this percent of the second-lowest"), read_figure
    )
    low_ceiling = ReadField(lazy_gettext("Review below this percent of the ceiling"), read_figure)

    def scheme(self, category: Category) -> Scheme:
        """The scheme that was filled in; `BadInput` for lines that cannot be read."""
        return Scheme(
            method=self.method,
            category=category,
            price_weight=self.price_weight,
            criteria=read_lines(self.criteria or ""),
            tie_rules=self.ties,
            deductions=Deductions(self.small, self.joint, self.national),
            low_price=LowPriceTriggers(self.low_mean, self.low_second, self.low_ceiling),
            reserved=self.reserved,
        )


SCHEME_START: Final[dict[str, object]] = {
    "method": Method.COMPREHENSIVE,
    "price_weight": "30",
    "small": "15",
    "joint": "5",
    "low_mean": "50",
    "low_second": "50",
    "low_ceiling": "45",
}


class DocumentForm(Form):
    """One document."""

    file = FileField(
        lazy_gettext("Document"),
        endings=ENDINGS,
        hint=lazy_gettext("PDF, DOCX, XLSX or a picture, at most 30 MB"),
    )


class PlainForm(Form):
    """A confirmation: nothing to fill in."""


class AnswerForm(Form):
    """The answer to a question."""

    zh = LinesField(lazy_gettext("Answer in Chinese"))
    en = LinesField(lazy_gettext("Answer in English"))


class AmendmentForm(ReckonedForm):
    """What changes and what that does to bids."""

    live = ("kind", "unaffected", "deadline")

    seen = HiddenField(lazy_gettext("Amendment"))
    kind = ChoiceField(lazy_gettext("Bids handed in"), AmendmentKind)
    zh = LinesField(lazy_gettext("What changes, in Chinese"))
    en = LinesField(lazy_gettext("What changes, in English"))
    unaffected = TickField(lazy_gettext("It changes nothing that a bidder prepares"))
    deadline = maybe(
        MomentField(
            lazy_gettext("Later bid deadline"),
            hint=lazy_gettext("Left empty, it moves as far as the rules make it."),
        )
    )
    document = maybe(FileField(lazy_gettext("New document"), endings=ENDINGS))
    replaces = maybe(PickField(lazy_gettext("In place of")))


class TerminationForm(Form):
    """Why the tender ends before its deadline."""

    zh = LinesField(lazy_gettext("Cause, in Chinese"))
    en = LinesField(lazy_gettext("Cause, in English"))
    sure = TickField(lazy_gettext("All bids and tokens are released; this is final"), must=True)
