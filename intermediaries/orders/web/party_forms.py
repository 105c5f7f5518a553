"""What owner, agency and any party fill in."""

from collections.abc import Callable
from typing import Any, cast

from intermediaries.orders.commands import (
    contracting,
    department,
    finishing,
    management,
    serving,
    supplements,
)
from intermediaries.orders.commands.rows import TEXT_LIMIT
from intermediaries.orders.rules.states import (
    Purpose,
    RectificationState,
    Side,
)
from intermediaries.orders.web import forms
from intermediaries.orders.web.places import Filled, Place, lines_of, options_of
from intermediaries.orders.web.shown import named
from intermediaries.rulebook.clock import events
from intermediaries.rulebook.ratings import DepartmentItem, OwnerItem
from market.kernel.errors import NotFound
from market.kernel.money import Money
from market.web.fields import Field, LinesField, Maybe, Option
from market.web.forms import Form
from market.web.language import gettext, language, lazy_gettext
from market.web.site import site
from market.web.typed_fields import IntegerField


def contract_form(place: Place) -> Filled:
    """What the template leaves to the owner."""
    row = place.order.row
    initial: dict[str, object] = {}
    if row.ready_at is not None:
        initial = {"inputs": "\n".join(row.inputs or ()), "clauses": row.clauses or ""}
    form = forms.ContractForm(initial=initial)
    return Filled(
        form,
        contracting.prepare_contract,
        lambda: contracting.PrepareContract(place.no, lines_of(form.inputs), form.clauses),
        gettext("Both sides sign exactly what stands here; it can be changed until one has."),
    )


def signature_form(place: Place) -> Filled:
    """The signed statement."""
    form = forms.SignatureForm()
    return Filled(
        form,
        contracting.sign_contract,
        lambda: contracting.SignContract(place.no, form.statement.strip().encode()),
    )


def supplement_form(place: Place) -> Filled:
    """A supplement that one side proposes; filled in with what stands."""
    form = forms.SupplementForm(
        initial={
            "price_change": Money(0),
            "deliverables": "\n".join(place.order.deliverables),
            "more_days": 0,
        }
    )
    return Filled(
        form,
        supplements.offer_supplement,
        lambda: supplements.OfferSupplement(
            no=place.no,
            price_change=form.price_change,
            deliverables=lines_of(form.deliverables),
            more_days=form.more_days,
            reason=form.reason,
        ),
        gettext("It binds nobody before both have signed: you first, then the other side."),
    )


def supplement_signature_form(place: Place) -> Filled:
    """The signed statement of a supplement."""
    form, number = forms.SignatureForm(), _waiting(place)
    return Filled(
        form,
        supplements.sign_supplement,
        lambda: supplements.SignSupplement(place.no, number, form.statement.strip().encode()),
    )


def supplement_end_form(place: Place) -> Filled:
    """Why a supplement comes to nothing."""
    form, number = forms.WordsForm(), _waiting(place)
    return Filled(
        form,
        supplements.end_supplement,
        lambda: supplements.EndSupplement(place.no, number, form.words),
        gettext("The contract stays as it is; both sides read the reason."),
    )


def _waiting(place: Place) -> int:
    """The number of the supplement that waits; of the last one for a form that came too late."""
    known = place.order.supplement or next(iter(place.order.supplements[::-1]), None)
    if known is None:
        raise NotFound
    return known.number


def inputs_form(place: Place) -> Filled:
    """Inputs given."""
    form = forms.ItemsForm(options={"items": options_of(place.order.row.inputs or ())})
    return Filled(
        form,
        serving.deliver_inputs,
        lambda: serving.GiveItems(place.no, form.items, place.files(form.paper, Purpose.INPUT)),
    )


def inputs_missing_form(place: Place) -> Filled:
    """Inputs that are missing."""
    form = forms.MissingInputsForm(options={"items": options_of(place.order.row.inputs or ())})
    return Filled(form, serving.object_to_inputs, lambda: serving.GiveItems(place.no, form.items))


def request_form(place: Place) -> Filled:
    """A request to the owner."""
    form = forms.RequestForm()
    return Filled(
        form,
        serving.ask_owner,
        lambda: serving.AskOwner(place.no, lines_of(form.items), bool(form.knowable)),
    )


def answer_form(place: Place) -> Filled:
    """What was asked for."""
    asked = [one for one in place.order.facts if isinstance(one, events.OwnerAsked)]
    form = forms.ItemsForm(options={"items": options_of(asked[-1].items if asked else ())})
    return Filled(
        form,
        serving.answer_owner,
        lambda: serving.GiveItems(place.no, form.items, place.files(form.paper, Purpose.ANSWER)),
    )


def draft_form(place: Place) -> Filled:
    """A draft."""
    form = forms.PaperForm()
    return Filled(
        form,
        serving.deliver_draft,
        lambda: serving.BringPaper(place.no, place.file(form.paper, Purpose.DRAFT)),
        gettext("The owner has two working days; silence accepts it."),
    )


def extension_form(place: Place) -> Filled:
    """More time."""
    form = forms.TimeForm()
    return Filled(
        form,
        serving.ask_time,
        lambda: serving.AskTime(place.no, form.hours, form.reason),
        gettext("Once, and before the limit is used up; the owner agrees or declines."),
    )


def supply_form(place: Place) -> Filled:
    """A missing material."""
    notices = [one for one in place.order.facts if isinstance(one, events.CorrectionNotified)]
    listed = {one.name for one in notices[-1].items} if notices else set()
    options = [
        Option(str(number), one.zh if language() == "zh" else one.en)
        for number, one in enumerate(place.item.content.materials if place.item else (), 1)
        if one.zh in listed
    ]
    form = forms.SupplyForm(options={"material": options})
    return Filled(
        form,
        department.supply,
        lambda: department.Supply(
            place.no,
            int(form.material),
            None if form.paper is None else place.file(form.paper, Purpose.SUPPLY),
        ),
    )


def revision_form(place: Place) -> Filled:
    """The revised file."""
    form = forms.RevisionForm()
    return Filled(
        form,
        department.revise,
        lambda: department.Revise(place.no, form.words, place.file(form.paper, Purpose.REVISION)),
    )


def pause_form(place: Place) -> Filled:
    """A pause."""
    form = forms.PauseForm()
    return Filled(
        form,
        management.ask_pause,
        lambda: management.AskPause(
            place.no, form.code, form.reason, place.file(form.evidence, Purpose.EVIDENCE)
        ),
        gettext("The clock runs on until the management office approves it."),
    )


def objection_form(place: Place) -> Filled:
    """An objection about hours."""
    options = [
        Option(
            str(one.no),
            f"{one.no}. {named(one.shows)} · {named(one.liable)}",
        )
        for one in place.order.reading.segments
    ]
    form = forms.SegmentForm(options={"segment": options})
    return Filled(
        form,
        serving.object_to_segment,
        lambda: serving.ObjectToSegment(place.no, int(form.segment), form.reason),
        gettext("Within two working days of the end of the stretch; nothing is ever edited."),
    )


def rating_form(place: Place) -> Filled:
    """Stars for each item of the side that rates."""
    items = OwnerItem if place.order.side is Side.OWNER else DepartmentItem
    say = site().vocabulary.say
    fields: dict[str, Field[Any]] = {
        one.value: IntegerField(say(one, language()), least=1, most=5) for one in items
    }
    fields["reason"] = Maybe(
        LinesField(
            lazy_gettext("Reason"),
            longest=TEXT_LIMIT,
            hint=lazy_gettext("Needed where something gets two stars or fewer."),
        )
    )
    form = cast("Callable[[], Form]", type("RatingForm", (Form,), fields))()

    def stars() -> dict[str, int]:
        return {one.value: cast("int", form.value_of(one.value)) for one in items}

    return Filled(
        form,
        finishing.rate,
        lambda: finishing.Rate(place.no, stars(), str(form.value_of("reason") or "")),
        gettext("One to five stars for each; five is best."),
    )


def rectification_form(place: Place) -> Filled:
    """What was put right."""
    say = site().vocabulary.say
    options = [
        Option(one.side.value, say(one.side, language()))
        for one in place.order.rectifications
        if one.state is RectificationState.OPEN
    ]
    form = forms.ReportForm(options={"side": options})
    return Filled(
        form,
        finishing.report_rectified,
        lambda: finishing.Report(place.no, Side(form.side), form.report),
    )


def filing_form(place: Place) -> Filled:
    """What is filed."""
    form = forms.PaperForm()
    return Filled(
        form,
        finishing.file_order,
        lambda: finishing.FileOrder(place.no, place.file(form.paper, Purpose.ARCHIVE)),
    )
