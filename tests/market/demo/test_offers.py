"""The direct choice that the demonstration tells of February, on an empty house."""

from datetime import datetime
from functools import partial

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from intermediaries.agencies.commands import applying, checking, files
from intermediaries.agencies.commands.checking import NameEntry
from intermediaries.agencies.commands.files import DeclareInterests, OfferService
from intermediaries.catalogue.commands import EnterItem, enter_item
from intermediaries.demands.model import Demand
from intermediaries.demands.queries import facts
from intermediaries.offers import listing, queries
from market.accounts.roles import Role
from market.command import SEQUENCER, Actor
from market.demo.seed.offers import BASEMENT, ITEM, PRICES, _at, _Firm, _key_counts, _selected
from market.demo.seed.service_items import ITEMS
from market.demo.seed.supermarket import FIRST_DAY
from market.kernel.money import Money
from market.kernel.workdays import SHANGHAI
from tests.support.people_cast import Cast, founded


def entered(cast: Cast, centre: Actor) -> _Firm:
    """An agency that was let in in January, with its key."""
    cast.register("anqing", "anqing")
    clerk = cast.appoint("anqing", "anqing", "anqing", Role.AGENCY)
    cast.confirm("anqing", "anqing", cast.bank_key)
    key = cast.give_key("anqing", "anqing")
    no = str(cast.office.run(applying.apply_for_entry, applying.OwnAgency(), clerk)["no"])
    cast.office.run(files.offer_service, OfferService(ITEM, Money.from_yuan("48000"), 15), clerk)
    cast.office.run(files.declare_interests, DeclareInterests((), "无"), clerk)
    cast.office.run(applying.hand_in, applying.OwnAgency(), clerk)
    cast.office.run(checking.pass_entry, NameEntry(no), centre)
    return _Firm(clerk, cast.usccs["anqing"], key)


def test_the_choice_of_february_is_published_with_its_file(engine: Engine) -> None:
    cast = founded(engine)
    cast.house.clock.at = datetime(2026, 1, 5, 9, tzinfo=SHANGHAI)
    key = cast.bank()
    owner = cast.staffed("estate", "wang", Role.OWNER)
    cast.confirm("estate", "wang", key)
    centre = cast.actor("ceng", "centre")
    for category, items in ITEMS.items():
        for terms in items:
            cast.office.run(enter_item, EnterItem(category, terms, FIRST_DAY, "首次公布"), centre)
    firm = entered(cast, centre)
    with Session(engine) as session:
        assert not _key_counts(session, firm, datetime(2026, 1, 1, tzinfo=SHANGHAI))
        assert _key_counts(session, firm, _at(2, 20))
    cast.house.clock.at = datetime(2026, 3, 2, 9, tzinfo=SHANGHAI)
    cast.office.run(partial(_selected, owner=owner, centre=centre), firm, SEQUENCER)
    with Session(engine) as session:
        (line,) = listing.own_rounds(session, firm.clerk.organisation, 10)
        assert (line.state.value, line.closes < _at(3, 2)) == ("selected", True)
        assert facts(session, line.no).state.value == "selected"
        found = queries.selected(session, line.no)
        shown = queries.result(session, line.no)
    assert found is not None
    assert (found.agency, found.price) == (firm.clerk.organisation, Money.from_yuan("24800"))
    assert shown is not None
    assert shown.winner is not None
    told = partial(_selected, owner=owner, centre=centre, wish=BASEMENT)
    cast.office.run(told, firm, SEQUENCER)
    with Session(engine) as session:
        (failed,) = session.scalars(select(Demand).where(Demand.title_zh == BASEMENT.zh))
        none = queries.result(session, failed.no)
    assert (failed.state.value, none is not None and none.winner) == ("failed", None)
    assert len(PRICES) >= 3  # fiscal funds need three where prices decide
