"""What the room of openings hands to the factory."""

from typing import Final

from bidding.opening.api import pages, supply_pages
from bidding.opening.closing import close, due_closings
from bidding.opening.numbers import publish_numbers, start_numbers, take_numbers
from bidding.opening.officer_pages import pages as officer_pages
from bidding.opening.queries import bidders, known_bidders
from bidding.opening.record import fail_overdue
from bidding.opening.rounds import open_rounds
from bidding.opening.seats import desk
from bidding.opening.shares import overdue
from bidding.opening.web import pages as hall_pages
from bidding.panels.feature import late_recusal_check, recusal_check
from market.command import Listener
from market.feature import Feature, Job, Tick

FEATURE: Final = Feature(
    "opening",
    pages=(pages, hall_pages, officer_pages),
    anonymous_pages=(supply_pages,),
    ticks=(
        Tick("opening.close", due_closings, close),
        Tick("opening.overdue", overdue, fail_overdue),
    ),
    jobs=(
        Job("opening.rounds", open_rounds),
        Job("opening.start-numbers", start_numbers),
        Job("opening.take-numbers", take_numbers),
    ),
    listeners=(
        recusal_check(bidders),
        late_recusal_check(known_bidders),
        Listener("evaluation.locked", "opening.publish-numbers", publish_numbers),
    ),
    desk=desk,
)
