"""What the room of challenges and complaints hands to the factory."""

from typing import Final

from bidding.complaints.cases import pages as case_pages
from bidding.complaints.complaining import end_suspension, let_go_after_lapse, suspensions_over
from bidding.complaints.desk import desk
from bidding.complaints.remedies import pages as remedy_pages
from bidding.complaints.remedying import follow_end, follow_lapse
from bidding.complaints.web import pages
from market.command import Listener
from market.feature import Feature, Tick

LISTENERS: Final = (
    Listener("award.lapsed", "complaints.lapsed", let_go_after_lapse),
    Listener("award.lapsed", "challenges.lapsed", follow_lapse),
    Listener("tender.cancelled", "challenges.cancelled", follow_end),
    Listener("tender.failed", "challenges.failed", follow_end),
    Listener("tender.terminated", "challenges.terminated", follow_end),
)

FEATURE: Final = Feature(
    "complaints",
    pages=(pages, case_pages, remedy_pages),
    ticks=(Tick("complaints.suspension", suspensions_over, end_suspension),),
    listeners=LISTENERS,
    desk=desk,
)
