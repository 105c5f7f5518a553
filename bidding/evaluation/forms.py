"""Forms of an evaluation; those with a row for each bid are made for the bids at hand."""

from collections.abc import Sequence
from typing import Final, cast

from bidding.evaluation.commands.checking import Fault
from bidding.evaluation.commands.scoring import TypedMark
from bidding.evaluation.facts import MemberView
from bidding.evaluation.rules.reasons import REJECTIONS, CancelReason, Finder, RejectionCause
from bidding.rulebook.criteria import Criterion, Kind
from bidding.rulebook.figures import write_figure
from market.web.fields import Field, HiddenField, LinesField, Option, TextField, TickField, maybe
from market.web.forms import Form
from market.web.language import language, lazy_gettext
from market.web.typed_fields import ChoiceField, PickField

CLAUSE: Final = 1000
"""Characters of a clause."""


class PlainForm(Form):
    """A confirmation: nothing to fill in."""


class AnswerForm(Form):
    """A supplier's answer about its price."""

    answer = LinesField(lazy_gettext("How the price is made up, with evidence"), longest=20_000)


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
        if row.finder is finder and cause is not RejectionCause.LOW_PRICE_NOT_PROVED
    ]


def check_form(rows: Sequence[tuple[str, str]], finder: Finder) -> Form:
    """A cause and a clause for each bid; `rows` are table numbers with what names the row."""
    made: dict[str, Field[object]] = {}
    options: dict[str, Sequence[Option]] = {}
    for number, label in rows:
        cause = maybe(PickField(f"{label} – {_said('无效情形', 'cause of invalidity')}"))
        clause = maybe(TextField(f"{label} – {_said('条款', 'clause')}", longest=CLAUSE))
        made[f"cause_{number}"] = cast("Field[object]", cause)
        made[f"clause_{number}"] = cast("Field[object]", clause)
        options[f"cause_{number}"] = causes_of(finder)
    return _made("CheckForm", made, options)


def faults_of(form: Form, numbers: Sequence[str]) -> tuple[Fault, ...]:
    """The faults that were filled in."""
    found = []
    for number in numbers:
        cause = form.value_of(f"cause_{number}")
        if cause is not None:
            clause = str(form.value_of(f"clause_{number}") or "")
            found.append(Fault(number, RejectionCause(str(cause)), clause))
    return tuple(found)


def score_form(view: MemberView) -> Form:
    """The grid of one member: a level for each bid and subjective criterion, kept or locked."""
    made: dict[str, Field[object]] = {"seen": cast("Field[object]", HiddenField("seen"))}
    options: dict[str, Sequence[Option]] = {}
    start: dict[str, object] = {"seen": str(view.sheet.version) if view.sheet else "0"}
    marks = view.sheet.marks if view.sheet else {}
    for key, number, row in _cells(view):
        label = f"{number} · {row.code} {row.zh if language() == 'zh' else row.en}"
        made[key] = cast("Field[object]", maybe(PickField(label)))
        options[key] = [
            Option(points, f"{points} – {level.zh if language() == 'zh' else level.en}")
            for level in row.levels
            for points in (write_figure(level.points),)
        ]
        if row.code in marks.get(number, {}):
            start[key] = marks[number][row.code]
    made["lock"] = cast(
        "Field[object]",
        TickField(lazy_gettext("Lock my sheet: nobody changes it afterwards, I cannot either")),
    )
    return _made("ScoreForm", made, options, start)


def marks_of(form: Form, view: MemberView) -> tuple[TypedMark, ...]:
    """The marks that were filled in; empty cells take earlier marks back."""
    return tuple(
        TypedMark(number, row.code, str(form.value_of(key) or ""))
        for key, number, row in _cells(view)
    )


def _cells(view: MemberView) -> list[tuple[str, str, Criterion]]:
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
