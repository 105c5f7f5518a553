"""What of agencies stands in the public journal: publicity, entry, sanctions."""

from datetime import date
from typing import Final
from uuid import UUID

from intermediaries.agencies.model import Agency, AgencyEvent
from market.accounts.queries import organisations
from market.command import Work
from market.kernel.workdays import legal_day
from market.protocol.encoding import Json, stamp

ENTRY: Final = "agency-entry"
SANCTION: Final = "agency-sanction"


def publish_publicity(work: Work, agency: Agency) -> None:
    """An entry is in publicity: whose, and until when somebody may object."""
    ends = agency.publicity_ends
    until = None if ends is None else stamp(ends)
    work.publish(ENTRY, agency.no, {**_named(work, agency), "stage": "publicity", "until": until})


def publish_entry(work: Work, line: UUID) -> None:
    """An agency has entered: `line` is the public line that says so.

    A listener, for whatever command notices it may have an act of its own.
    """
    event = work.session.get_one(AgencyEvent, line)
    agency = work.session.get_one(Agency, event.agency)
    said: dict[str, Json] = {
        **_named(work, agency),
        "stage": "entered",
        "from": stamp(event.at),
    }
    work.publish(ENTRY, agency.no, said)


def publish_sanction(
    work: Work, agency: Agency, measure: str, *, ground: str, until: date | None = None
) -> None:
    """A measure: `ground` is "decision", or the number of the penalty that it follows from."""
    said: dict[str, Json] = {
        **_named(work, agency),
        "measure": measure,
        "ground": ground,
        "day": legal_day(work.now).isoformat(),
        "until": None if until is None else until.isoformat(),
    }
    work.publish(SANCTION, agency.no, said)


def _named(work: Work, agency: Agency) -> dict[str, Json]:
    facts = organisations.organisation(work.session, agency.organisation)
    return {"agency": agency.no, "uscc": facts.uscc, "name": facts.name_zh}
