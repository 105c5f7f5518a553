"""What the room of offers hands to the factory."""

from typing import Final

from intermediaries.offers import reviewing
from intermediaries.offers.api import pages as api_pages
from intermediaries.offers.commands.course import begin, follow_withdrawal
from intermediaries.offers.desk import desk
from intermediaries.offers.jobs import (
    ask_recipients,
    choose_ready,
    fetch_releases,
    take_up_keepers,
)
from intermediaries.offers.ticks import TICKS
from intermediaries.offers.waiting import waits_of
from intermediaries.offers.web import enrolments, own, picking, public, rounds
from intermediaries.offers.web import schemes as scheme_pages
from market.command import Listener
from market.feature import Feature, Job, Part

LISTENERS: Final = (
    Listener("demand.published", "offers.begin", begin),
    Listener("demand.withdrawn", "offers.withdraw", follow_withdrawal),
)

FEATURE: Final = Feature(
    "offers",
    pages=(
        public.pages,
        own.pages,
        picking.pages,
        rounds.pages,
        scheme_pages.pages,
        enrolments.pages,
        api_pages,
    ),
    ticks=(*TICKS, reviewing.TICK),
    jobs=(
        Job("offers.keepers", take_up_keepers),
        Job("offers.keys", ask_recipients),
        Job("offers.releases", fetch_releases),
        reviewing.JOB,
        reviewing.WATCH,
        Job("offers.choose", choose_ready),
    ),
    listeners=LISTENERS,
    desk=desk,
    parts=(Part("demands.demand", "offers/waits.html", waits_of),),
)
"""A selection follows its demand, its timekeepers and its draw."""
