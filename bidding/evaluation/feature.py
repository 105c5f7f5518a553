"""What the room of evaluations hands to the factory."""

from typing import Final

from bidding.evaluation.commands.determining import deem_determined, undetermined
from bidding.evaluation.commands.low_prices import expire_question, silent
from bidding.evaluation.commands.reporting import deem_signed, overdue_signatures
from bidding.evaluation.commands.starting import open_evaluation, seat_panel
from bidding.evaluation.web import pages
from market.command import Listener
from market.feature import Feature, Tick

LISTENERS: Final = (
    Listener("tender.opened", "evaluation.open", open_evaluation),
    Listener("panel.seated", "evaluation.seat", seat_panel),
)

FEATURE: Final = Feature(
    "evaluation",
    pages=(pages,),
    ticks=(
        Tick("evaluation.silent-supplier", silent, expire_question),
        Tick("evaluation.silent-member", overdue_signatures, deem_signed),
        Tick("evaluation.silent-purchaser", undetermined, deem_determined),
    ),
    listeners=LISTENERS,
)
