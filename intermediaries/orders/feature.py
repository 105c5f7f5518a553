"""What the room of orders hands to the factory."""

from typing import Final

from intermediaries.orders.commands.opening import end_demand, open_selected
from intermediaries.orders.commands.reviewing import begin_review, replace_expert
from intermediaries.orders.commands.syncing import follow_case
from intermediaries.orders.desk import desk
from intermediaries.orders.listing import titles
from intermediaries.orders.record import agency_record
from intermediaries.orders.ticks import TICKS
from intermediaries.orders.web import desk as desk_pages
from intermediaries.orders.web import public
from market.command import Listener
from market.feature import Feature, Part

FEATURE: Final = Feature(
    "orders",
    pages=(public.pages, desk_pages.pages),
    ticks=TICKS,
    listeners=(
        Listener("offers.selected", "orders.open", open_selected),
        Listener("order.failed", "orders.demand-failed", end_demand),
        Listener("case.accepted", "orders.case-accepted", follow_case),
        Listener("review.called", "orders.review-called", begin_review),
        Listener("review.seated", "orders.review-seated", replace_expert),
        Listener("case.decided", "orders.case-decided", follow_case),
    ),
    desk=desk,
    titles=titles,
    parts=(Part("agencies.agency", "orders/record.html", agency_record),),
)
