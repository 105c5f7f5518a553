"""The end of a choice that others kept from its opening or its draw for too long."""

from collections.abc import Mapping
from typing import Final
from uuid import UUID

from intermediaries.demands.commands.recording import record_failed
from intermediaries.offers.commands.closing import tell
from intermediaries.offers.lapsing import unmet
from intermediaries.offers.rows import locked
from intermediaries.offers.rules.lapsing import Unmet, last_moment
from intermediaries.offers.rules.states import SELECTION_TABLE, SelectionAction
from market.command import Work
from market.kernel.permissions import Permission
from market.protocol.encoding import b64u, stamp

LACKED: Final[Mapping[Unmet, tuple[str, str]]] = {
    Unmet.PARTIES: ("抽取方没有可用的签名密钥", "too few drawing parties had a signing key"),
    Unmet.NUMBERS: ("抽取方没有完成抽取", "the draw's parties did not complete it"),
    Unmet.RELEASES: ("守时人没有公开密钥", "two timekeepers did not release their keys"),
}


def lapse(work: Work, key: UUID) -> None:
    """End a round without a result; nothing of what was sealed is opened, nobody is charged.

    What was lacking stands in the journal, where anybody can see that it was: no release, no number
    and no frozen draw of this round is there. Nothing where it came meanwhile, or there is time.
    """
    work.need(Permission.HOUSE_ACT)
    row = locked(work, key)
    lacked = unmet(work.session, row, work.now)
    if lacked is None or work.now <= last_moment(row):
        return
    row.published_at = work.now
    work.move(row, SELECTION_TABLE, SelectionAction.LAPSE)
    record_failed(work, row.demand_no, lacked.value)
    work.publish(
        "selection-lapse",
        row.subject,
        {
            "demand": row.demand_no,
            "round": row.round,
            "terms": b64u(row.terms_hash),
            "draw": row.draw_no,
            "lacked": lacked.value,
            "until": stamp(last_moment(row)),
        },
    )
    zh, en = LACKED[lacked]
    tell(
        work,
        row,
        f"{row.demand_no}：本次选取逾期终止：{zh}，报价未开启，业主可重新发起",
        f"{row.demand_no}: the choice ended without a result: {en}; no quote was opened, and the"
        " owner may begin again",
    )
    work.state_fact("offers.failed", row.demand)
