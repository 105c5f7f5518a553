"""What the room of tenders hands to the factory."""

from typing import Final

from bidding.tenders.api import ANONYMOUS_ASKING, ANONYMOUS_READING, PUBLIC
from bidding.tenders.commands import publish_ending
from bidding.tenders.course import pages as course_pages
from bidding.tenders.desk import desk, titles
from bidding.tenders.planning import pages as planning_pages
from bidding.tenders.release import pages as release_pages
from bidding.tenders.seating import pages as officer_pages
from bidding.tenders.watching import pages as watching_pages
from bidding.tenders.web import anonymous_pages, pages
from bidding.tenders.wizard import pages as desk_pages
from market.command import Listener
from market.feature import Feature

FEATURE: Final = Feature(
    "tenders",
    pages=(
        pages,
        desk_pages,
        planning_pages,
        release_pages,
        course_pages,
        officer_pages,
        watching_pages,
        PUBLIC,
    ),
    anonymous_pages=(anonymous_pages, ANONYMOUS_READING, ANONYMOUS_ASKING),
    listeners=(
        Listener("tender.failed", "tenders.ending-notice", publish_ending),
        Listener("tender.cancelled", "tenders.ending-notice", publish_ending),
    ),
    desk=desk,
    titles=titles,
)
