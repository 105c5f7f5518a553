"""A new demand in place of one whose selection came to nothing."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import select

from intermediaries.demands.commands import rows
from intermediaries.demands.model import Demand
from intermediaries.demands.rules.contents import Section
from intermediaries.demands.rules.states import ORDERLY, DemandState
from market.accounts.queries.organisations import refuse_unless_confirmed
from market.command import Work
from market.kernel.errors import Refusal
from market.protocol.encoding import stamp

_SAME: Final = (
    *("owner", "project", "project_code", "item", "item_code", "category"),
    *("title_zh", "title_en", "background", "scope", "staff", "funds", "ceiling"),
    *("working_days", "mode", "fixed", "list_size", "short_size"),
    *("choose_days", "rounds_time", "scheme_weight", "scheme", "named", "reason"),
    *("enrol_days", "rating_rule", "contract", "contract_terms", "payment", "payment_days"),
    *("department", "approval_item"),
)
"""What the new draft takes over; the declaration is made anew, for this choice."""


@dataclass(frozen=True, slots=True)
class BeginAgain:
    """A demand of one's own that failed, by its number."""

    no: str


def begin_again(work: Work, cmd: BeginAgain) -> Mapping[str, Any]:
    """Begin a draft with the contents of a failed demand; `{"no"}` is the new one's number.

    Pressed again it is the same draft, unless that was given up. Whether its service, mode and
    agency may still be had is asked when it is handed in. `Refusal` "demand-not-failed".
    """
    old = rows.own(work, cmd.no)
    refuse_unless_confirmed(work.session, old.owner)
    if old.state is not DemandState.FAILED:
        raise Refusal(
            "demand-not-failed",
            zh="只有选取失败的采购需求可以据此重新发起",
            en="Only a demand that failed is begun again from what it said",
            article=ORDERLY,
        )
    known = work.session.scalar(
        select(Demand.no).where(Demand.follows == old.id, Demand.state != DemandState.WITHDRAWN)
    )
    if known is not None:
        return {"no": known}
    new = Demand(
        **{name: getattr(old, name) for name in _SAME},
        no=rows.free_number(work),
        deliverables=list(old.deliverables),
        state=DemandState.DRAFT,
        touched={section.value: stamp(work.now) for section in Section},
        started_at=work.now,
        round=1,
        amendment=0,
        follows=old.id,
    )
    work.session.add(new)
    work.session.flush()
    work.note(new.no, "demand.begun-again", after=old.no)
    return {"no": new.no}
