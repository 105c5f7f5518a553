"""An active agency, the management office with two people, and a ledger to write in."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from intermediaries.agencies.feature import FEATURE as AGENCIES
from intermediaries.credit import queries
from intermediaries.credit.casework import PenaltyCase, case
from intermediaries.credit.commands.deciding import (
    DecidePenalty,
    SayOnPenalty,
    appeal,
    decide,
    decide_appeal,
    make_statement,
)
from intermediaries.credit.commands.notices import GiveNotice, give_notice
from intermediaries.credit.feature import FEATURE
from intermediaries.credit.queries import CreditFacts
from intermediaries.rulebook.penalties import Act
from market.accounts.roles import Role
from market.command import HOUSE, Actor
from market.kernel.workdays import SHANGHAI
from tests.support.supermarket_cast import Supermarket, make_supermarket

INSTANT = timedelta(microseconds=1)


def at(month: int, day: int, hour: int = 10) -> datetime:
    """A moment of 2026 by the wall."""
    return datetime(2026, month, day, hour, tzinfo=SHANGHAI)


class Bureau:
    """The supermarket with an agency that has entered, and those who decide about credit."""

    def __init__(self, engine: Engine) -> None:
        self.place: Supermarket = make_supermarket(engine)
        cast = self.place.cast
        cast.staffed("bureau", "guan", Role.CMO)
        cast.enrol("hong")
        cast.appoint("bureau", "guan", "hong", Role.CMO)
        listeners = (*AGENCIES.listeners, *FEATURE.listeners)
        cast.house.office = replace(cast.office, listeners=listeners)
        self.agency_no = self.place.entered()
        self.agency: UUID = cast.organisations["surveyors"]
        self.guan: Actor = cast.actor("guan", "bureau")
        self.hong: Actor = cast.actor("hong", "bureau")

    @property
    def now(self) -> datetime:
        """The moment by the law's clock."""
        return self.place.now

    def ask(self, question):
        """Ask the database something."""
        with Session(self.place.engine) as session:
            return question(session)

    def standing(self) -> CreditFacts:
        """The agency's credit now."""
        return self.ask(lambda session: queries.standing(session, self.agency, self.now))

    def case(self, no: str) -> PenaltyCase:
        """A penalty as those see it who decide."""
        return self.ask(lambda session: case(session, no))

    def notice(self, act: Act = Act.BREAKS_CONTRACT, *, late: int = 0, day: date | None = None):
        """A notice by the management office; its number."""
        command = GiveNotice(
            agency_no=self.agency_no,
            act=act,
            occurred=day or self.place.today,
            facts="未按合同提交成果",
            evidence="合同第七条",
            overdue_days=late,
        )
        return str(self.place.run(give_notice, command, self.guan)["no"])

    def state(self, no: str) -> None:
        """The agency's statement."""
        self.place.run(make_statement, SayOnPenalty(no, "成果已于当日提交"))

    def decide(self, no: str, *, stands: bool = True, by: Actor | None = None) -> None:
        """The decision."""
        self.place.run(decide, DecidePenalty(no, stands, "事实清楚"), by or self.guan)

    def final(self, act: Act = Act.BREAKS_CONTRACT, *, late: int = 0) -> str:
        """A penalty that was noticed, answered and decided now; its number."""
        no = self.notice(act, late=late)
        self.state(no)
        self.decide(no)
        return no

    def appeal(self, no: str) -> None:
        """The agency's appeal."""
        self.place.run(appeal, SayOnPenalty(no, "事实认定有误"))

    def answer(self, no: str, *, stands: bool, by: Actor | None = None) -> None:
        """The decision on the appeal."""
        self.place.run(decide_appeal, DecidePenalty(no, stands, "复核意见"), by or self.hong)

    def beat(self) -> dict[str, int]:
        """One beat of the room's ticks: how much of each was carried out."""
        done = {}
        for tick in FEATURE.ticks:
            due = self.ask(lambda session, tick=tick: list(tick.due(session, self.now, 100)))
            for key in due:
                self.place.cast.office.run(tick.handler, key, HOUSE)
            done[tick.name] = len(due)
        return done
