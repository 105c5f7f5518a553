"""What the room of evaluations hands to the factory."""

from typing import Final

from bidding.evaluation.anonymous import anonymous_calls
from bidding.evaluation.api import calls
from bidding.evaluation.commands.determining import deem_determined, undetermined
from bidding.evaluation.commands.low_prices import expire_question, silent
from bidding.evaluation.commands.price_corrections import expire_correction, unconfirmed
from bidding.evaluation.commands.reporting import deem_signed, overdue_signatures
from bidding.evaluation.commands.starting import open_evaluation, seat_panel
from bidding.evaluation.commands.substitution import follow_invitation
from bidding.evaluation.commands.ties import finish_draws, start_draws
from bidding.evaluation.course_pages import course_pages
from bidding.evaluation.desk import desk
from bidding.evaluation.price_pages import price_pages
from bidding.evaluation.supervision_pages import supervision_pages
from bidding.evaluation.web import pages
from market.command import Listener
from market.feature import Feature, Job, Tick

LISTENERS: Final = (
    Listener("tender.opened", "evaluation.open", open_evaluation),
    Listener("opening.numbered", "evaluation.open-numbered", open_evaluation),
    Listener("panel.seated", "evaluation.seat", seat_panel),
    Listener("invitation.ended", "evaluation.member-left", follow_invitation),
    Listener("invitation.signed-in", "evaluation.member-came", follow_invitation),
)

FEATURE: Final = Feature(
    "evaluation",
    pages=(pages, course_pages, price_pages, supervision_pages, calls),
    anonymous_pages=(anonymous_calls,),
    ticks=(
        Tick("evaluation.silent-supplier", silent, expire_question),
        Tick("evaluation.silent-bidder", unconfirmed, expire_correction),
        Tick("evaluation.silent-member", overdue_signatures, deem_signed),
        Tick("evaluation.silent-purchaser", undetermined, deem_determined),
    ),
    jobs=(
        Job("evaluation.tie-start", start_draws),
        Job("evaluation.tie-order", finish_draws),
    ),
    listeners=LISTENERS,
    desk=desk,
)
