"""Letters to agencies that a demand fits, after it was published."""

from datetime import timedelta
from typing import Final
from uuid import UUID

from intermediaries.agencies.queries import offering
from intermediaries.demands.reading import facts_of, row_by_id
from intermediaries.demands.rules.states import DemandState
from intermediaries.demands.ties import Sides
from market.accounts.queries import people
from market.accounts.roles import Role
from market.command import Listener, Work
from market.kernel.workdays import legal_day


def tell_agencies(work: Work, key: UUID) -> None:
    """Write to every agency that offers the service and may enrol now, whoever it is.

    All of them alike, at once: nobody is told earlier than another. Who is tied to the owner or to
    the department is not: it may not enrol.
    """
    row = row_by_id(work.session, key)
    if row.state is not DemandState.ENROLLING or row.enrol_closes is None:
        return
    facts = facts_of(work.session, row)
    # Enrolment closes at the end of a day, which people write as that day's 24:00.
    until = f"{legal_day(row.enrol_closes - timedelta(seconds=1)).isoformat()} 24:00"
    sides = Sides.of(work.session, row.owner, row.department, legal_day(work.now))
    for agency in offering(work.session, facts.item, work.now):
        if sides.tie(work.session, agency) is not None:
            continue
        for address in people.addresses_of_role(work.session, agency, Role.AGENCY):
            work.letter(
                address,
                "SM19",
                key=f"demand:{row.no}:fits:{address}",
                zh=f"{row.no}：有一项采购需求与贵单位登记的服务事项相符，报名至{until}",
                en=f"{row.no}: a demand fits a service you offer; enrolment until {until}",
                link=f"/demands/{row.no}",
            )
    work.note(row.no, "demand.told-agencies")


ALERT: Final = Listener("demand.published", "demands.tell-agencies", tell_agencies)
