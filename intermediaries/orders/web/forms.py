"""The forms of orders: one thing a page."""

from typing import Final

from intermediaries.orders.commands.rows import TEXT_LIMIT
from intermediaries.orders.rules.supplement import MOST_DAYS
from intermediaries.rulebook.clock.events import PauseCode
from intermediaries.rulebook.clock.parties import Party
from market.approvals.rules.cases import Outcome
from market.kernel.money import Money
from market.reviews.rules import LEAST, MOST
from market.web.fields import FileField, LinesField, Maybe, TextField, TickField
from market.web.forms import Form
from market.web.language import lazy_gettext
from market.web.typed_fields import ChoiceField, IntegerField, MoneyField, PickField, PicksField

PAPERS: Final = (".pdf", ".docx", ".xlsx", ".png", ".jpg", ".jpeg")
STATEMENT_LIMIT: Final = 60_000
MOST_OFF: Final = Money(-(10**15))


class WordsForm(Form):
    """An act with its reason or words."""

    words = LinesField(lazy_gettext("Reason"), longest=TEXT_LIMIT)


class ContractForm(Form):
    """What the template leaves to the owner."""

    inputs = Maybe(
        LinesField(
            lazy_gettext("What the owner gives"),
            longest=TEXT_LIMIT,
            hint=lazy_gettext("One input on each line, all of them now: the list is made once."),
        )
    )
    clauses = LinesField(
        lazy_gettext("Clauses of the contract"),
        longest=TEXT_LIMIT,
        hint=lazy_gettext("Price and working days are those of the result and cannot differ."),
    )


class SignatureForm(Form):
    """The signed statement."""

    statement = LinesField(
        lazy_gettext("Signed statement"),
        longest=STATEMENT_LIMIT,
        hint=lazy_gettext(
            "Choose the key file above, or sign the text with your own program and paste it here."
        ),
    )


class SupplementForm(Form):
    """What one side proposes to change."""

    price_change = MoneyField(
        lazy_gettext("Change of the price, in yuan"),
        least=MOST_OFF,
        hint=lazy_gettext(
            "0 where it stays; less with a minus sign. All supplements together move it by a"
            " tenth of the contract's price at most."
        ),
    )
    deliverables = LinesField(
        lazy_gettext("Deliverables from now on"),
        longest=TEXT_LIMIT,
        hint=lazy_gettext("The whole list, one on each line."),
    )
    more_days = IntegerField(
        lazy_gettext("More working days for the agency"),
        most=MOST_DAYS,
        hint=lazy_gettext("0 where time stays. They are the one extension of the clock."),
    )
    reason = LinesField(lazy_gettext("Reason"), longest=TEXT_LIMIT)


class ItemsForm(Form):
    """Things given, with one file."""

    items = PicksField(lazy_gettext("What is given"), least=1)
    paper = Maybe(FileField(lazy_gettext("File"), endings=PAPERS))


class MissingInputsForm(Form):
    """Inputs that are missing or not usable."""

    items = PicksField(lazy_gettext("What is missing or not usable"), least=1)


class RequestForm(Form):
    """What the agency asks the owner for."""

    items = LinesField(
        lazy_gettext("What is needed"),
        longest=TEXT_LIMIT,
        hint=lazy_gettext("One thing on each line."),
    )
    knowable = Maybe(
        TickField(
            lazy_gettext("It could have been known before"),
            hint=lazy_gettext("From the second request on, that is the agency's own time."),
        )
    )


class PaperForm(Form):
    """A file that is the act."""

    paper = FileField(lazy_gettext("File"), endings=PAPERS)


class RevisionForm(Form):
    """The revised file."""

    words = LinesField(lazy_gettext("What was changed"), longest=TEXT_LIMIT)
    paper = FileField(lazy_gettext("File"), endings=PAPERS)


class TimeForm(Form):
    """More time."""

    hours = IntegerField(lazy_gettext("Working hours"), least=1, most=400)
    reason = LinesField(lazy_gettext("Reason"), longest=TEXT_LIMIT)


class SupplyForm(Form):
    """A missing material; without a file it had been there before."""

    material = PickField(lazy_gettext("Material"))
    paper = Maybe(
        FileField(
            lazy_gettext("File"),
            endings=PAPERS,
            hint=lazy_gettext("Leave it empty if it had been handed in before the notice."),
        )
    )


class ExpertsForm(Form):
    """What the department asks of a review: how many experts are drawn, from where, and why."""

    seats = IntegerField(
        lazy_gettext("How many experts"),
        least=LEAST,
        most=MOST,
        hint=lazy_gettext("An odd number, three at least."),
    )
    specialties = PicksField(
        lazy_gettext("Specialties of the register"),
        least=1,
        hint=lazy_gettext("Whoever has one of them may be drawn; in brackets how many have it."),
    )
    reason = LinesField(lazy_gettext("What is to be judged"), longest=TEXT_LIMIT)
    within = Maybe(IntegerField(lazy_gettext("Working hours each has"), least=1, most=80))


class FillForm(Form):
    """From where the empty seats of a review are drawn."""

    specialties = PicksField(
        lazy_gettext("Specialties of the register"),
        least=1,
        hint=lazy_gettext("Whoever has one of them may be drawn; in brackets how many have it."),
    )


class FirstOpinionForm(Form):
    """Everything that has to be changed."""

    issues = LinesField(
        lazy_gettext("What has to be changed"),
        longest=TEXT_LIMIT,
        hint=lazy_gettext("One point on each line, all of them now."),
    )


class LaterOpinionForm(Form):
    """A later round: what was left, and why each new point comes only now."""

    unsolved = Maybe(PicksField(lazy_gettext("Left unsolved from earlier lists")))
    visible = Maybe(
        LinesField(
            lazy_gettext("New, and visible before"),
            longest=TEXT_LIMIT,
            hint=lazy_gettext("The time of this round is the department's."),
        )
    )
    arisen = Maybe(LinesField(lazy_gettext("New, arose since"), longest=TEXT_LIMIT))
    scope = Maybe(LinesField(lazy_gettext("From a change of scope"), longest=TEXT_LIMIT))


class DecisionForm(Form):
    """The decision."""

    outcome = ChoiceField(lazy_gettext("Decision"), Outcome)
    paper_no = TextField(lazy_gettext("Number of the decision"), longest=100)
    reasons = LinesField(lazy_gettext("Reasons"), longest=TEXT_LIMIT)


class PauseForm(Form):
    """A pause with its evidence."""

    code = ChoiceField(lazy_gettext("Why the clock should stand still"), PauseCode)
    reason = LinesField(lazy_gettext("Reason"), longest=TEXT_LIMIT)
    evidence = FileField(lazy_gettext("Evidence"), endings=PAPERS)


class AnswerForm(Form):
    """Yes or no, with words."""

    granted = PickField(lazy_gettext("Decision"))
    words = Maybe(
        LinesField(
            lazy_gettext("Words"),
            longest=TEXT_LIMIT,
            hint=lazy_gettext("Needed to decline; both sides read them."),
        )
    )


class ComplaintDecisionForm(Form):
    """The decision on a complaint about a result."""

    complaint = PickField(lazy_gettext("Complaint"))
    granted = PickField(lazy_gettext("Decision"))
    decision = LinesField(
        lazy_gettext("Decision in words"),
        longest=TEXT_LIMIT,
        hint=lazy_gettext("It is published: no trade secret and no name of a person."),
    )


class ComplaintHoldForm(Form):
    """Why the signing is held back."""

    complaint = PickField(lazy_gettext("Complaint"))
    reason = LinesField(lazy_gettext("Reason"), longest=TEXT_LIMIT)


class SegmentForm(Form):
    """An objection about hours."""

    segment = PickField(lazy_gettext("Which stretch"))
    reason = LinesField(lazy_gettext("Reason"), longest=TEXT_LIMIT)


class RulingForm(Form):
    """A ruling on an objection about hours."""

    objection = PickField(lazy_gettext("Objection"))
    liable = PickField(lazy_gettext("Whose hours these are"))
    reason = LinesField(lazy_gettext("Reason"), longest=TEXT_LIMIT)


class ReturnedForm(Form):
    """A decision that a higher level sent back."""

    party = ChoiceField(lazy_gettext("For whose reason"), Party)
    reason = LinesField(lazy_gettext("Reason"), longest=TEXT_LIMIT)


class ReportForm(Form):
    """What was put right."""

    side = PickField(lazy_gettext("Towards whom"))
    report = LinesField(lazy_gettext("What was put right"), longest=TEXT_LIMIT)
