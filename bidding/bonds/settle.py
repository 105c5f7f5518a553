"""Sending bonds back and keeping them: decided here, carried out by the custodian, written down.

Each bond for itself: one that the custodian leaves as it is holds no other up and is named to the
people of the centre.
"""

from typing import Final
from uuid import UUID

import structlog

from bidding.bonds.custodian import Custodian, CustodianSilent
from bidding.bonds.late import KeptToken, closing_proof, kept_tokens
from bidding.bonds.links import (
    KeepDifference,
    KeepLateLink,
    KeepSettlement,
    keep_difference,
    keep_late_link,
    keep_settlement,
    order_of,
)
from bidding.bonds.queries import OrderedBond, ordered_bonds
from market.command import HOUSE, Office
from market.kernel.errors import MarketError
from market.protocol.settlements import SettlementAnswer

log = structlog.get_logger()

BATCH: Final = 200


def settle_ordered(office: Office, custodian: Custodian) -> int:
    """Have the custodian carry out what was decided about bonds; how many are done.

    One request for each tender. What is not answered stays decided and is asked again: the same
    order has the same answer, so a lost answer pays nobody twice.
    """
    by_tender: dict[str, list[OrderedBond]] = {}
    for bond in office.read(lambda session: ordered_bonds(session, BATCH)):
        by_tender.setdefault(bond.tender_no, []).append(bond)
    done = 0
    for tender_no, bonds in by_tender.items():
        try:
            answer = custodian.settle(tender_no, [order_of(bond) for bond in bonds])
        except CustodianSilent:
            log.warning("bonds.custodian_silent", tender=tender_no)
            continue
        done += _write_down(office, bonds, answer)
    return done


def _write_down(office: Office, bonds: list[OrderedBond], answer: SettlementAnswer) -> int:
    settled = {item.h_blinded: item for item in answer.settled}
    refused = {item.h_blinded: item.code for item in answer.refused}
    done = 0
    for bond in bonds:
        try:
            if bond.h_blinded in settled:
                office.run(keep_settlement, KeepSettlement(bond.id, settled[bond.h_blinded]), HOUSE)
                done += 1
            else:
                _differ(office, bond.id, refused[bond.h_blinded])
        except MarketError as refusal:
            _differ(office, bond.id, refusal.code)
    return done


def _differ(office: Office, bond: UUID, code: str) -> None:
    log.warning("bonds.settlement_refused", bond=str(bond), code=code)
    office.run(keep_difference, KeepDifference(bond, code), HOUSE)


def link_late(office: Office, custodian: Custodian) -> int:
    """Ask for the deposits behind held tokens whose bond is to be kept; how many were found."""
    return sum(_link(office, custodian, kept) for kept in office.read(kept_tokens))


def _link(office: Office, custodian: Custodian, kept: KeptToken) -> int:
    found = office.read(lambda session: closing_proof(session, kept.held.tender))
    if found is None:
        return 0
    proof, closing_hash = found
    try:
        linked = custodian.late_link(proof, closing_hash, kept.held, kept.shown)
    except CustodianSilent:
        log.warning("bonds.custodian_silent", tender=kept.held.tender)
        return 0
    command = KeepLateLink(kept.hearing, kept.nullifier, kept.amount, linked)
    office.run(keep_late_link, command, HOUSE)
    return int(linked.good)
