"""Sending bonds back: decided by the day, carried out by the custodian, written down here."""

from typing import Final

import structlog

from bidding.bonds.custodian import Custodian, CustodianSilent
from bidding.bonds.links import KeepSettlement, keep_settlement, release_order
from bidding.bonds.queries import OrderedBond, ordered_bonds
from market.command import HOUSE, Office
from market.kernel.errors import MarketError

log = structlog.get_logger()

BATCH: Final = 200


def settle_ordered(office: Office, custodian: Custodian) -> int:
    """Have the custodian return every bond whose release was decided; how many went back.

    One request for each tender. What is not answered stays decided and is asked again: the same
    order has the same answer, so a lost answer pays nobody twice.
    """
    by_tender: dict[str, list[OrderedBond]] = {}
    for bond in office.read(lambda session: ordered_bonds(session, BATCH)):
        by_tender.setdefault(bond.tender_no, []).append(bond)
    done = 0
    for tender_no, bonds in by_tender.items():
        orders = [release_order(bond.h_blinded, bond.due_on) for bond in bonds]
        try:
            settled = {item.h_blinded: item for item in custodian.settle(tender_no, orders)}
        except CustodianSilent:
            log.warning("bonds.custodian_silent", tender=tender_no)
            continue
        for bond in bonds:
            try:
                command = KeepSettlement(bond.id, settled[bond.h_blinded])
                office.run(keep_settlement, command, HOUSE)
            except MarketError as refusal:
                log.warning("bonds.settlement_refused", bond=str(bond.id), code=refusal.code)
            else:
                done += 1
    return done
