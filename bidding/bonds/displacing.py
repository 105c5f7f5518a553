"""A deposit that the custodian gave to a tender that closed earlier (PROTOCOL section 2.5).

Deposits of one organisation and key are interchangeable, and who closed first comes first. The bid
of the later tender then has no bond: while it is being opened it is refused with the next round,
after that its purchaser finds it invalid. Everybody whose business it is has a letter.
"""

from uuid import UUID

from sqlalchemy import select

from bidding.bonds.model import LinkedBond
from bidding.bonds.rules import LINK_TABLE, LinkAction, LinkState
from bidding.tenders import queries as tenders
from market.accounts.queries import organisations, people
from market.accounts.roles import Role
from market.command import Work


def displace(work: Work, h_blinded: bytes) -> None:
    """Take a deposit from the bond of a tender that closed later, if one holds it."""
    later = work.session.scalar(
        select(LinkedBond)
        .where(LinkedBond.h_blinded == h_blinded, LinkedBond.state != LinkState.DISPLACED)
        .with_for_update()
    )
    if later is not None:
        work.move(later, LINK_TABLE, LinkAction.DISPLACE)
        later.difference = None
        work.session.flush()
        work.state_fact("bond.displaced", later.id)


def tell_displaced(work: Work, bond: UUID) -> None:
    """Letters to the purchaser and its agent, without a name, and to the bidder."""
    row = work.session.get_one(LinkedBond, bond)
    tender = tenders.facts(work.session, row.tender_no)
    bidder = organisations.organisation_by_uscc(work.session, row.uscc)
    for address in people.addresses_of_role(work.session, bidder.id, Role.BIDDER):
        work.letter(
            address,
            "bond-displaced",
            key=f"bond-displaced:{row.id}:{address}",
            zh=f"{tender.no}：贵单位的保证金已由先截止的项目占用，该投标不再有保证金，可能被认定无效",
            en=f"{tender.no}: a tender that closed earlier took your deposit; this bid has no bond"
            " any more and may be found invalid",
            link="/desk/bonds",
        )
    for organisation, role in ((tender.owner, Role.OWNER), (tender.agent, Role.AGENT)):
        if organisation is None:
            continue
        for address in people.addresses_of_role(work.session, organisation, role):
            work.letter(
                address,
                "bond-displaced",
                key=f"bond-displaced:{row.id}:{address}",
                zh=f"{tender.no}：一份投标的保证金已由先截止的项目占用，请登录处理",
                en=f"{tender.no}: a tender that closed earlier took the deposit behind a bid;"
                " sign in to see what follows",
                link=f"/desk/tenders/{tender.no}/evaluation",
            )
