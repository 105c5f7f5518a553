"""What the room of challenges and complaints hands to the factory."""

from typing import Final

from bidding.complaints.cases import pages as case_pages
from bidding.complaints.complaining import end_suspension, let_go_after_lapse, suspensions_over
from bidding.complaints.desk import desk
from bidding.complaints.web import pages
from market.command import Listener
from market.feature import Feature, Tick

LISTENERS: Final = (Listener("award.lapsed", "complaints.lapsed", let_go_after_lapse),)

FEATURE: Final = Feature(
    "complaints",
    pages=(pages, case_pages),
    ticks=(Tick("complaints.suspension", suspensions_over, end_suspension),),
    listeners=LISTENERS,
    desk=desk,
)
