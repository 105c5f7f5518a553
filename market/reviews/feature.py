"""What the room of reviews hands to the factory."""

from typing import Final

from market.command import HOUSE, Office
from market.draws.sealing import sealer
from market.feature import Feature, Job, Tick
from market.reviews import queries
from market.reviews.commands.answering import lapse_seat
from market.reviews.commands.ending import publish_one
from market.reviews.commands.seating import SeatDrawn, remind_seat, seat_drawn
from market.reviews.desk import desk
from market.reviews.web import PAGES
from market.settings import Settings

AT_ONCE: Final = 200


def seat_all(office: Office, settings: Settings) -> int:
    """Call whoever was drawn for a review and may judge; how many steps that took."""
    held, done = sealer(settings.keys), 0
    for key in office.read(lambda session: queries.waiting_for_seats(session, AT_ONCE)):
        while office.run(seat_drawn, SeatDrawn(key, held), HOUSE):
            done += 1
    return done


FEATURE: Final = Feature(
    "reviews",
    pages=(PAGES,),
    ticks=(
        Tick("reviews.lapse", queries.silent, lapse_seat),
        Tick("reviews.remind", queries.unreminded, remind_seat),
        Tick("reviews.publish", queries.unpublished, publish_one),
    ),
    jobs=(Job("reviews.seat", seat_all),),
    desk=desk,
)
"""Experts are called by the beat; silence or delay passes a seat on; draws are published last."""
