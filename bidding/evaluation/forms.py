"""Forms of an evaluation; those with a row for each bid are made for the bids at hand."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from fractions import Fraction
from typing import Final, cast

from typing_extensions import override

from bidding.evaluation.commands.checking import Fault
from bidding.evaluation.commands.scoring import CELL_LIMIT, TypedMark
from bidding.evaluation.facts import MemberView
from bidding.evaluation.rules.reasons import (
    BY_PROCEDURE,
    REJECTIONS,
    CancelReason,
    Finder,
    RejectionCause,
)
from bidding.rulebook.criteria import Criterion, Kind
from bidding.rulebook.figures import write_figure
from market.web.fields import (
    Field,
    HiddenField,
    LinesField,
    Option,
    Sent,
    TextField,
    TickField,
    Wrong,
    maybe,
)
from market.web.forms import Form
from market.web.language import gettext, language, lazy_gettext
from market.web.typed_fields import ChoiceField, PickField

CLAUSE: Final = 1000
"""Characters of a clause."""
_PLAIN: Final = re.compile(r"\d{1,6}(\.\d{1,6})?", re.ASCII)


class PlainForm(Form):
    """A confirmation: nothing to fill in."""


class AnswerForm(Form):
    """A supplier's answer about its price."""

    answer = LinesField(lazy_gettext("How the price is made up, with evidence"), longest=20_000)


class AskForm(Form):
    """A member finds an offer too low that fires no trigger."""

    number = PickField(lazy_gettext("Bid"))
    reason = LinesField(
        lazy_gettext("Professional grounds"),
        hint=lazy_gettext("Why this price may harm quality or performance."),
        longest=CLAUSE,
    )


class IndicatorForm(Form):
    """A figure that a bid states nowhere in readable form, found by the panel in its documents."""

    place = PickField(lazy_gettext("Bid and criterion"))
    value = TextField(lazy_gettext("Figure"), longest=19)


class VoteForm(Form):
    """A member's vote on one answer."""

    number = HiddenField(lazy_gettext("Number"))
    proved = TickField(lazy_gettext("The answer proves the price"))


class SignForm(Form):
    """A member's word on the report."""

    seen = HiddenField(lazy_gettext("Report"))
    dissent = maybe(
        LinesField(
            lazy_gettext("Dissent"),
            hint=lazy_gettext("Left empty, you agree with the report."),
        )
    )


class DetermineForm(Form):
    """The purchaser's choice."""

    number = HiddenField(lazy_gettext("Number"))
    sure = TickField(lazy_gettext("The first in the ranking is the winner"), must=True)


class CancelForm(Form):
    """Why a tender ends without a winner."""

    reason = ChoiceField(lazy_gettext("Reason"), CancelReason)
    clause = maybe(LinesField(lazy_gettext("What happened"), longest=CLAUSE))
    sure = TickField(lazy_gettext("The tender ends; this is final"), must=True)


def causes_of(finder: Finder) -> list[Option]:
    """The causes that somebody may find, in the reader's language."""
    return [
        Option(cause.value, row.zh if language() == "zh" else row.en)
        for cause, row in REJECTIONS.items()
        if row.finder is finder and cause not in BY_PROCEDURE
    ]


def check_form(rows: Sequence[tuple[str, str]], finder: Finder) -> Form:
    """A cause and a clause for each bid; `rows` are table numbers with what names the row."""
    made: dict[str, Field[object]] = {}
    options: dict[str, Sequence[Option]] = {}
    start: dict[str, object] = {}
    sound = Option(
        "",
        _said("资格合格", "qualified")
        if finder is Finder.PURCHASER
        else _said("响应招标文件", "responds to the documents"),
    )
    for number, label in rows:
        cause = maybe(PickField(f"{label} – {_said('无效情形', 'cause of invalidity')}"))
        clause = maybe(TextField(f"{label} – {_said('条款', 'clause')}", longest=CLAUSE))
        made[f"cause_{number}"] = cast("Field[object]", cause)
        made[f"clause_{number}"] = cast("Field[object]", clause)
        options[f"cause_{number}"] = [sound, *causes_of(finder)]
        start[f"cause_{number}"] = ""
    return _made("CheckForm", made, options, start)


def faults_of(form: Form, numbers: Sequence[str]) -> tuple[Fault, ...]:
    """The faults that were filled in."""
    found = []
    for number in numbers:
        cause = form.value_of(f"cause_{number}")
        if cause is not None:
            clause = str(form.value_of(f"clause_{number}") or "")
            found.append(Fault(number, RejectionCause(str(cause)), clause))
    return tuple(found)


@dataclass(eq=False)
class MarkField(TextField):
    """A score typed as a figure: one of the levels of its criterion, full-width digits too."""

    levels: tuple[str, ...] = dataclass_field(default=(), kw_only=True)

    @property
    @override
    def attributes(self) -> Mapping[str, str]:
        return {
            "maxlength": str(CELL_LIMIT),
            "autocomplete": "off",
            "inputmode": "decimal",
            "data-levels": " ".join(self.levels),
        }

    @override
    def take(self, sent: Sent) -> str:
        typed = unicodedata.normalize("NFKC", sent.text).strip()
        try:
            points = write_figure(Fraction(typed)) if _PLAIN.fullmatch(typed) else ""
        except ValueError:
            points = ""
        if points not in self.levels:
            raise Wrong(
                gettext("Give one of these scores: %(levels)s.", levels=" · ".join(self.levels))
            )
        return points


def score_form(view: MemberView) -> Form:
    """The grid of one member: a score for each bid and subjective criterion, kept or locked."""
    made: dict[str, Field[object]] = {"seen": cast("Field[object]", HiddenField("seen"))}
    start: dict[str, object] = {"seen": str(view.sheet.version) if view.sheet else "0"}
    marks = view.sheet.marks if view.sheet else {}
    for key, number, row in cells(view):
        label = f"{number} · {row.code} {row.zh if language() == 'zh' else row.en}"
        levels = tuple(write_figure(level.points) for level in row.levels)
        made[key] = cast("Field[object]", maybe(MarkField(label, levels=levels)))
        if row.code in marks.get(number, {}):
            start[key] = marks[number][row.code]
    made["lock"] = cast(
        "Field[object]",
        TickField(lazy_gettext("Lock my sheet: nobody changes it afterwards, I cannot either")),
    )
    return _made("ScoreForm", made, {}, start)


def marks_of(form: Form, view: MemberView) -> tuple[TypedMark, ...]:
    """The marks that were filled in; empty cells take earlier marks back."""
    return tuple(
        TypedMark(number, row.code, str(form.value_of(key) or ""))
        for key, number, row in cells(view)
    )


def cells(view: MemberView) -> list[tuple[str, str, Criterion]]:
    """The cells that a member fills in: name of the field, table number, criterion."""
    return [
        (f"mark_{offer.number}_{row.code}", offer.number, row)
        for offer in view.offers
        for row in view.scheme.criteria
        if row.kind is Kind.SUBJECTIVE
    ]


def _made(
    name: str,
    fields: dict[str, Field[object]],
    options: dict[str, Sequence[Option]],
    initial: dict[str, object] | None = None,
) -> Form:
    kind = cast("type[Form]", type(name, (Form,), dict(fields)))
    return kind(options=options, initial=initial)


def _said(zh: str, en: str) -> str:
    return zh if language() == "zh" else en
