"""Ledgers of credit: notices, decisions, an appeal, points for something good."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any, Final

from sqlalchemy.orm import Session

from intermediaries.agencies.queries import agency_names
from intermediaries.credit.commands.deciding import (
    DecidePenalty,
    SayOnPenalty,
    appeal,
    decide,
    make_statement,
)
from intermediaries.credit.commands.notices import AddBonus, GiveNotice, add_bonus, give_notice
from intermediaries.rulebook.penalties import Act
from market.accounts.queries import organisations, people
from market.accounts.queries.entrances import roles_in
from market.accounts.roles import permissions
from market.command import SEQUENCER, Actor, Work
from market.demo.people.everybody import Everybody, everybody
from market.demo.people.kinds import Duty
from market.demo.people.kinds import OrganisationKind as Part
from market.demo.seed.house import account_of
from market.factory import build_office
from market.kernel.workdays import SHANGHAI
from market.settings import read

EVIDENCE: Final = "合同和送达回执 / Contract and receipts"


class Scene:
    """Who acts in one transaction, and at which moment the story stands."""

    def __init__(self, work: Work, cast: Everybody, at: datetime) -> None:
        self.work, self.at = work, at
        session = work.session
        head = cast.the(Part.SUPERVISOR).uscc
        self.office = _actor(session, cast, head, Duty.PERSON_IN_CHARGE)
        firms = [one.uscc for one in cast.of_kind(Part.AGENCY)]
        self.clerks = [_actor(session, cast, uscc, Duty.AGENCY_CLERK) for uscc in firms]

    def do(self, handler: Callable[[Work, Any], Any], command: object, actor: Actor) -> Any:  # noqa: ANN401  what any command answers
        """Carry out one command at the moment of the story, and go on by a minute."""
        done = handler(Work(self.work.session, self.at, actor, self.work.calendar), command)
        self.work.session.flush()
        self.at += timedelta(minutes=1)
        return done

    def agency(self, place: int) -> str:
        """The number of an agency."""
        own = self.clerks[place].organisation
        if own is None:
            raise AssertionError("a clerk acts for an agency")
        return agency_names(self.work.session, [own])[own].no

    def notice(self, place: int, act: Act, day: date, facts: str, late: int = 0) -> str:
        """A notice; its number."""
        command = GiveNotice(
            agency_no=self.agency(place),
            act=act,
            occurred=day,
            facts=facts,
            evidence=EVIDENCE,
            overdue_days=late,
        )
        return str(self.do(give_notice, command, self.office)["no"])

    def final(self, place: int, act: Act, day: date, facts: str, late: int = 0) -> str:
        """A penalty that was answered and decided; its number."""
        no = self.notice(place, act, day, facts, late)
        said = SayOnPenalty(no, "情况属实，已整改 / It is so, and put right")
        self.do(make_statement, said, self.clerks[place])
        self.do(decide, DecidePenalty(no, True, "事实清楚 / The facts are clear"), self.office)  # noqa: FBT003  it stands
        return no


def enter() -> None:
    """Fill in the ledgers; the moments lie before the demonstration's first morning."""
    cast = everybody()

    def everything(work: Work, command: None) -> None:
        del command
        _ledgers(Scene(work, cast, _at(1, 26)))

    build_office(read(), ()).run(everything, None, SEQUENCER)


def _ledgers(scene: Scene) -> None:
    day = date(2026, 1, 20)
    scene.final(1, Act.OVERDUE, day, "逾期四个工作日交付 / Four working days late", 4)
    scene.final(4, Act.CHARGES_MORE, day, "中选后加收费用 / Charged more than its price")
    scene.final(4, Act.BELOW_STANDARD, day, "成果被审批部门退回 / Returned by the department")
    bonus = "免费承担防汛应急测绘 / Surveys for flood relief without charge"
    command = AddBonus(agency_no=scene.agency(0), points=5, reason=bonus)
    scene.do(add_bonus, command, scene.office)
    scene.at = _at(2, 24)
    no = scene.final(1, Act.BREAKS_CONTRACT, date(2026, 2, 11), "未派合同约定的人员 / Other staff")
    said = SayOnPenalty(no, "业主书面同意换人 / The owner agreed in writing")
    scene.do(appeal, said, scene.clerks[1])
    scene.at = _at(2, 26)
    facts = "中选后两个工作日内未确认 / Not confirmed within two working days"
    scene.notice(3, Act.GIVES_UP, date(2026, 2, 24), facts)
    no = scene.notice(0, Act.NOT_FILED, date(2026, 2, 20), "成果未备案 / Not filed in time")
    said = SayOnPenalty(no, "备案系统故障，已补报 / The system failed; filed since")
    scene.do(make_statement, said, scene.clerks[0])


def _actor(session: Session, cast: Everybody, uscc: str, duty: Duty) -> Actor:
    person = cast.with_duty(duty, uscc)[0]
    key = people.person_by_account(session, account_of(person))
    where = organisations.organisation_by_uscc(session, uscc).id
    return Actor(account_of(person), permissions(roles_in(session, key, where)), key, where)


def _at(month: int, day: int, hour: int = 10) -> datetime:
    return datetime(2026, month, day, hour, tzinfo=SHANGHAI)
