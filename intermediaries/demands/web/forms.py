"""What owners fill in: one form for each page of a demand."""

import re
from datetime import time
from typing import Final

from intermediaries.demands.rules.contents import (
    CHOOSE_MOST,
    DAYS_MOST,
    ENROL_MOST,
    PAY_MOST,
    ContractTemplate,
)
from intermediaries.rulebook.selection.modes import Funds, Mode
from intermediaries.rulebook.selection.scheme_plan import LEAST, MOST
from market.kernel.errors import BadInput
from market.kernel.ids import uscc
from market.kernel.money import Money
from market.web.fields import Field, LinesField, ReadField, TextField, TickField, maybe
from market.web.forms import Form
from market.web.language import lazy_gettext
from market.web.typed_fields import ChoiceField, IntegerField, MoneyField, PickField, PicksField

HOUR: Final = re.compile(r"([01]?[0-9]|2[0-3])[:：]([0-5][0-9])", re.ASCII)
LONG: Final = 4000


def read_hour(text: str) -> time:
    """A wall time such as 10:00; `BadInput` "bad-hour"."""
    found = HOUR.fullmatch(text.strip())
    if found is None:
        raise BadInput("bad-hour", zh="请写成 10:00 的形式", en="Write it like 10:00")
    return time(int(found[1]), int(found[2]))


class ItemForm(Form):
    """Which service, under which title."""

    item = PickField(lazy_gettext("Service of the catalogue"))
    title_zh = TextField(lazy_gettext("Title in Chinese"))
    title_en = TextField(lazy_gettext("Title in English"))
    project = maybe(
        PickField(
            lazy_gettext("Project it belongs to"),
            hint=lazy_gettext("One of your own, if it is for an approval of that project."),
        )
    )


class NeedForm(Form):
    """Why, what, what is handed over."""

    background = LinesField(lazy_gettext("Background"), longest=LONG)
    scope = LinesField(lazy_gettext("Scope of the service"), longest=LONG)
    deliverables = LinesField(
        lazy_gettext("Deliverables"), hint=lazy_gettext("One on each line."), longest=LONG
    )
    staff = maybe(
        LinesField(
            lazy_gettext("People the service needs"),
            hint=lazy_gettext("Only where a law asks for practitioners."),
            longest=1000,
        )
    )

    def lines(self) -> tuple[str, ...]:
        """The deliverables."""
        return tuple(line.strip() for line in self.deliverables.splitlines() if line.strip())


class MoneyForm(Form):
    """Whose money, and the ceiling."""

    funds = ChoiceField(lazy_gettext("Funds"), Funds)
    ceiling = MoneyField(
        lazy_gettext("Ceiling"),
        least=Money(1),
        hint=lazy_gettext("The most that may be asked, tax included."),
    )


class TimeForm(Form):
    """How long the service takes; the time for a revision is the clock's own for everybody."""

    working_days = IntegerField(
        lazy_gettext("Working days for the service"), least=1, most=DAYS_MOST
    )


class ModeForm(Form):
    """How one agency is chosen; below it what single modes need."""

    mode = PickField(lazy_gettext("Mode of choice"))
    fixed = maybe(
        MoneyField(
            lazy_gettext("Price you set"),
            least=Money(1),
            hint=lazy_gettext("For a random draw, where agencies name no price."),
        )
    )
    named = maybe(
        ReadField(
            lazy_gettext("Credit code of the agency you name"),
            uscc,
            hint=lazy_gettext("For a direct choice."),
        )
    )
    reason = maybe(
        LinesField(
            lazy_gettext("Why this agency"),
            longest=2000,
            hint=lazy_gettext("For a direct choice; everybody reads it."),
        )
    )
    list_size = maybe(
        IntegerField(
            lazy_gettext("Agencies on the list"),
            least=2,
            most=100,
            hint=lazy_gettext("For a choice by credit."),
        )
    )
    short_size = maybe(
        IntegerField(
            lazy_gettext("Agencies on the short list"),
            least=1,
            most=100,
            hint=lazy_gettext("For a choice by credit."),
        )
    )
    choose_days = maybe(
        IntegerField(
            lazy_gettext("Working days for your pick"),
            least=1,
            most=CHOOSE_MOST,
            hint=lazy_gettext("For a choice by credit."),
        )
    )
    rounds_time = maybe(
        ReadField(
            lazy_gettext("Hour at which the rounds begin"),
            read_hour,
            hint=lazy_gettext("For bidding in rounds, the working day after enrolment: 10:00"),
        )
    )
    scheme_weight = maybe(
        IntegerField(
            lazy_gettext("Points of the scheme, of 100"),
            least=1,
            most=99,
            hint=lazy_gettext("For a choice by scheme; 60 is usual."),
        )
    )
    criteria = maybe(
        LinesField(
            lazy_gettext("What reviewers look at"),
            longest=LONG,
            hint=lazy_gettext(
                "For a choice by scheme. One criterion a line: what is looked at; its points. All"
                " together make the points of the scheme."
            ),
        )
    )
    reviewers = maybe(
        IntegerField(
            lazy_gettext("Reviewers"),
            least=LEAST,
            most=MOST,
            hint=lazy_gettext("For a choice by scheme: an odd number, drawn from the register."),
        )
    )
    specialties = maybe(
        PicksField(
            lazy_gettext("Specialties of the reviewers"),
            hint=lazy_gettext("For a choice by scheme; in brackets how many experts have it."),
        )
    )


OF_MODES: Final[dict[str, frozenset[Mode]]] = {
    "fixed": frozenset({Mode.RANDOM, Mode.CREDIT}),
    "named": frozenset({Mode.DIRECT}),
    "reason": frozenset({Mode.DIRECT}),
    "list_size": frozenset({Mode.CREDIT}),
    "short_size": frozenset({Mode.CREDIT}),
    "choose_days": frozenset({Mode.CREDIT}),
    "rounds_time": frozenset({Mode.MULTIROUND}),
    "scheme_weight": frozenset({Mode.SCHEME}),
    "criteria": frozenset({Mode.SCHEME}),
    "reviewers": frozenset({Mode.SCHEME}),
    "specialties": frozenset({Mode.SCHEME}),
}
"""For which modes a field is shown."""


class WindowForm(Form):
    """How long agencies enrol."""

    enrol_days = IntegerField(lazy_gettext("Working days to enrol"), least=1, most=ENROL_MOST)


class ContractForm(Form):
    """Contract, payment, rating."""

    contract = ChoiceField(lazy_gettext("Contract"), ContractTemplate)
    contract_terms = maybe(
        LinesField(
            lazy_gettext("Terms beside those of the template"),
            longest=LONG,
            hint=lazy_gettext("They stand in the contract word for word."),
        )
    )
    payment = LinesField(lazy_gettext("How it is paid"), longest=1000)
    payment_days = IntegerField(
        lazy_gettext("Days from acceptance to payment"),
        least=1,
        most=PAY_MOST,
        hint=lazy_gettext("Public money: at most 30 days."),
    )
    rating_rule = maybe(
        LinesField(
            lazy_gettext("What the rating looks at besides"),
            longest=1000,
            hint=lazy_gettext(
                "Owner and department rate every service by the platform's items; say here what"
                " matters to you."
            ),
        )
    )


class ApprovalForm(Form):
    """Which approval uses the deliverable."""

    approval_item = maybe(
        PickField(
            lazy_gettext("Approval that uses the deliverable"),
            hint=lazy_gettext(
                "Its department hears of the agency only when the deliverable is handed in."
            ),
        )
    )


class DeclarationForm(Form):
    """That no department was asked."""

    nobody = TickField(
        lazy_gettext(
            "I declare: no employee of the approving department recommended, named or was asked"
            " about an agency."
        ),
        must=True,
    )


class SubmissionForm(Form):
    """Handing it in."""

    separate = maybe(
        LinesField(
            lazy_gettext("Why this is no part of the other demands"),
            longest=1000,
            hint=lazy_gettext("Operator and supervisor read it."),
        )
    )


class WithdrawalForm(Form):
    """Why a demand ends before its enrolment does."""

    reason = LinesField(
        lazy_gettext("Reason"), longest=1000, hint=lazy_gettext("Everybody reads it.")
    )


class DropForm(Form):
    """Giving up a draft: nothing to fill in."""


def shown_fields(form: ModeForm, modes: tuple[Mode, ...]) -> list[str]:
    """The fields that the offered modes need."""
    known: dict[str, Field[object]] = dict(form.fields)
    return [name for name in known if name == "mode" or OF_MODES[name] & set(modes)]
