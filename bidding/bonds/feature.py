"""What the room of bonds hands to the factory."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy.orm import Session

from bidding.bonds import queries
from bidding.bonds.api import ANONYMOUS_PAGES, PUBLIC_PAGES, claim_pages, surrender_pages
from bidding.bonds.commands import PublishKey, publish_key
from bidding.bonds.custodian import Custodian, CustodianSilent
from bidding.bonds.desk import desk
from bidding.bonds.displacing import tell_displaced
from bidding.bonds.late import kept_tokens
from bidding.bonds.links import order_release
from bidding.bonds.settle import link_late, settle_ordered
from bidding.bonds.waiting import return_unproposed, waited_out
from bidding.bonds.web import pages
from market.command import HOUSE, Listener, Office
from market.feature import Feature, Job, Tick
from market.journal.keys import load
from market.protocol.bondkeys import epoch_of
from market.protocol.encoding import canonical
from market.protocol.trust import read_trust
from market.settings import Settings

AHEAD: Final = timedelta(days=30)
"""How long before a quarter its keys must be known; until then the custodian is asked."""


def custodian(settings: Settings) -> Custodian:
    """The custodian whose key the trust file pins last."""
    trust = read_trust(settings.trust_file.read_bytes())
    platform = load(settings.keys).platform
    return Custodian(settings.custodian_url, trust.custodians[-1], platform)


def _due(session: Session, now: datetime, limit: int) -> Sequence[UUID]:
    del now  # a bond with a day goes back at once: the day is the last one allowed, not the first
    return queries.bonds_with_day(session, limit)


def _settle(office: Office, settings: Settings) -> int:
    ordered = office.read(lambda session: queries.ordered_bonds(session, 1))
    late = office.read(kept_tokens)
    if not ordered and not late:
        return 0
    asked = custodian(settings)
    return link_late(office, asked) + settle_ordered(office, asked)


def take_up_keys(office: Office, settings: Settings) -> int:
    """Journal every bond key the custodian publishes that is not journaled yet."""
    known = {key["epoch"] for key in office.read(queries.published_keys)}
    now = office.clock.now()
    if {epoch_of(now), epoch_of(now + AHEAD)} <= known:
        return 0
    try:
        keys = custodian(settings).keys()
    except CustodianSilent:
        return 0
    return sum(office.run(publish_key, PublishKey(canonical(key.to_json())), HOUSE) for key in keys)


LISTENERS: Final = (Listener("bond.displaced", "bonds.displaced", tell_displaced),)

FEATURE: Final = Feature(
    "bonds",
    pages=(PUBLIC_PAGES, claim_pages, pages),
    anonymous_pages=(ANONYMOUS_PAGES, surrender_pages),
    ticks=(
        Tick("bonds.waited-out", waited_out, return_unproposed),
        Tick("bonds.release", _due, order_release),
    ),
    jobs=(Job("bonds.keys", take_up_keys), Job("bonds.settle", _settle)),
    listeners=LISTENERS,
    desk=desk,
)
