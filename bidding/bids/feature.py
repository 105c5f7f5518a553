"""What the room of sealed bids hands to the factory."""

from typing import Final
from uuid import UUID

from bidding.bids.api import pages
from bidding.bids.commands import end_live
from bidding.bids.store import SealedStore
from bidding.bids.uploads import ForgetUploads, forget_uploads
from bidding.bonds.commands import move_token, release_all
from bidding.bonds.rules import TokenAction
from bidding.rulebook.amendments import AmendmentKind
from bidding.tenders.queries import amendments, facts_by_id
from market.command import Actor, Listener, Office, Work
from market.feature import Feature, Job
from market.settings import Settings

BATCH: Final = 100
UNSEEN: Final = Actor("house", unrecorded=True)
"""The house where it leaves no line: how many uploads die is nobody's to count."""


def release_for_new(work: Work, tender: UUID) -> None:
    """An amendment asks for new bids: what was live is withdrawn, its tokens may serve again."""
    no = facts_by_id(work.session, tender).no
    work.hold(f"tender:{no}")
    asked = [
        line.version
        for line in amendments(work.session, tender)
        if line.kind is AmendmentKind.REQUIRES_NEW
    ]
    # Bids for the amended documents may have come before this ran: they stay.
    for name in end_live(work, no, max(asked)):
        move_token(work, name, TokenAction.WITHDRAW)


def release_ended(work: Work, tender: UUID) -> None:
    """The owner ended the tender before its deadline: bids are gone, tokens are free."""
    no = facts_by_id(work.session, tender).no
    end_live(work, no)
    release_all(work, no)


def forget(office: Office, settings: Settings) -> int:
    """Destroy ciphertexts that no standing act names, when their time is over."""
    command = ForgetUploads(SealedStore(settings.sealed_files), BATCH)
    return office.run(forget_uploads, command, UNSEEN)


FEATURE: Final = Feature(
    "bids",
    jobs=(Job("bids.uploads", forget),),
    anonymous_pages=(pages,),
    listeners=(
        Listener("tender.amended-requires-new", "bids.release", release_for_new),
        Listener("tender.terminated", "bids.end", release_ended),
    ),
)
