"""The head of a department: more time for a case, granted or declined."""

from enum import StrEnum
from typing import Final

from flask import render_template, url_for
from flask.typing import ResponseReturnValue

from market.approvals.commands.extending import DecideExtension, decide_extension
from market.approvals.rules.cases import TEXT_LIMIT
from market.approvals.web import shown
from market.approvals.web.department import known
from market.kernel.errors import NotFound
from market.kernel.permissions import Permission
from market.web.access import needs
from market.web.fields import LinesField, Maybe
from market.web.forms import Form, submit
from market.web.language import lazy_gettext
from market.web.pages import Pages
from market.web.site import site
from market.web.typed_fields import ChoiceField
from market.web.words import words_of


class Answer(StrEnum):
    """What the head says."""

    GRANT = "grant"
    DECLINE = "decline"


WORDS: Final = words_of(
    Answer,
    {Answer.GRANT: ("批准延长", "grant it"), Answer.DECLINE: ("不同意", "decline it")},
)
pages = Pages("approval_heads", "market.approvals", words=(WORDS,))


class AnswerForm(Form):
    """Whether more time is granted."""

    answer = ChoiceField(lazy_gettext("Decision"), Answer)
    words = Maybe(LinesField(lazy_gettext("Remark"), longest=TEXT_LIMIT))


@pages.route("/desk/approvals/<no>/extension-decision", methods=["GET", "POST"])
@needs(Permission.APPROVALS_EXTENSION_DECIDE)
def decision(no: str) -> ResponseReturnValue:
    """Grant or decline more time; the applicant is told the reason."""
    facts, item = known(no)
    if facts.extension is None:
        raise NotFound
    form = AnswerForm()

    def again() -> str:
        return render_template(
            "approvals/extension.html",
            form=form,
            case=facts,
            item=item,
            rows=shown.timetable_rows(facts),
        )

    if not form.is_sent:
        return again()
    return submit(
        form,
        site().office,
        decide_extension,
        lambda: DecideExtension(no, form.answer is Answer.GRANT, form.words or ""),
        again=again,
        to=lambda _: url_for("approval_desk.case", no=no),
    )
