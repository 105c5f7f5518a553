"""What the department fills in for a review by drawn experts."""

from intermediaries.orders.commands import reviewing
from intermediaries.orders.web import forms
from intermediaries.orders.web.places import Filled, Place
from market.command import HOUSE
from market.draws.sealing import sealer
from market.experts.commands.register import TakeSnapshot, take_snapshot
from market.experts.library import specialties_held
from market.web.fields import Option
from market.web.language import gettext
from market.web.site import site


def experts_form(place: Place) -> Filled:
    """A review is asked for; its experts are drawn."""
    form = forms.ExpertsForm(options={"specialties": _specialties()})

    def command() -> reviewing.AskExperts:
        _renew_register()
        return reviewing.AskExperts(
            place.no,
            form.seats,
            form.specialties,
            form.reason,
            sealer(site().settings.keys),
            form.within,
        )

    return Filled(
        form,
        reviewing.ask_experts,
        command,
        gettext(
            "Nobody names an expert: supervisor, notary and trading centre draw from everybody of"
            " the register who belongs to no party and is tied to none. Until all are called the"
            " time is yours, then it is the experts', within their allowance."
        ),
    )


def fill_form(place: Place) -> Filled:
    """Empty seats are drawn once more."""
    form = forms.FillForm(options={"specialties": _specialties()})

    def command() -> reviewing.FillExperts:
        _renew_register()
        return reviewing.FillExperts(place.no, form.specialties, sealer(site().settings.keys))

    return Filled(
        form,
        reviewing.fill_experts,
        command,
        gettext("The drawn order is used up. A second draw fills exactly the empty seats."),
    )


def _specialties() -> list[Option]:
    found = site().office.read(specialties_held)
    return [Option(code, f"{code} ({count})") for code, count in found]


def _renew_register() -> None:
    """Whoever changed since the morning stands in the register's root before a pool is frozen."""
    renewal = TakeSnapshot(sealer(site().settings.keys), renew=True)
    site().office.run(take_snapshot, renewal, HOUSE)
