"""The catalogue of services, and an agency at every stage of its entry."""

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID, uuid4

import typst
from sqlalchemy.orm import Session

from intermediaries.agencies.commands import applying, checking, files, sanctions
from intermediaries.agencies.commands.applying import OwnAgency
from intermediaries.agencies.commands.checking import FileObjection, NameEntry, RejectEntry
from intermediaries.agencies.commands.files import (
    AddPractitioner,
    AddQualification,
    Certified,
    DeclareInterests,
    NamePart,
    OfferService,
)
from intermediaries.agencies.commands.sanctions import DecideAgency, RecordBad, SuspendAgency
from intermediaries.agencies.feature import FEATURE as AGENCIES
from intermediaries.agencies.rules.grounds import Ground, Reason
from intermediaries.catalogue.commands import EnterItem, enter_item
from intermediaries.catalogue.rules import Level, Qualification
from market.accounts.queries import organisations, people
from market.accounts.queries.entrances import roles_in
from market.accounts.roles import permissions
from market.accounts.vault import Purpose, Vault, make_vault
from market.command import SEQUENCER, Actor, Work
from market.demo.people.everybody import Everybody, everybody
from market.demo.people.kinds import Duty
from market.demo.people.kinds import OrganisationKind as Part
from market.demo.seed.house import account_of
from market.demo.seed.service_items import ITEMS
from market.factory import build_office
from market.files.commands import KeepDocument
from market.files.store import FileStore
from market.kernel.money import Money
from market.kernel.workdays import SHANGHAI
from market.settings import read

FIRST_DAY: Final = date(2026, 1, 5)
"""From when on the catalogue is in force."""
_Q, _L = Qualification, Level
_FAR: Final = date(2028, 12, 31)
_NEAR: Final = date(2026, 3, 20)
_OVER: Final = date(2026, 2, 20)


@dataclass(frozen=True, slots=True)
class Plan:
    """What one agency offers and shows: codes with prices in yuan, certificates, people."""

    offers: Sequence[tuple[str, int, int]]
    shows: Sequence[tuple[Qualification, Level, date]] = ()
    professions: Sequence[str] = ()


PLANS: Final = (
    Plan(
        [("IC11-001", 12_000, 6), ("IC11-003", 18_000, 4), ("IC11-004", 9_000, 4)],
        [(_Q.SURVEYING, _L.A, _FAR)],
    ),
    Plan(
        [("IC03-001", 160_000, 25), ("IC03-002", 32_000, 10), ("IC03-004", 18_000, 9)],
        [(_Q.TESTING_LABORATORY, _L.ONE, _NEAR)],
    ),
    Plan(
        [("IC06-001", 68_000, 15), ("IC06-002", 60_000, 15)],
        [(_Q.SAFETY_ASSESSMENT, _L.ONE, _OVER)],
        ["一级安全评价师", "注册安全工程师", "注册安全工程师"],
    ),
    Plan([("IC12-005", 36_000, 8)], [(_Q.CONSTRUCTION_TESTING, _L.SPECIAL, _FAR)]),
    Plan([("IC08-002", 6_000, 5)], [(_Q.LIGHTNING_TESTING, _L.B, _FAR)]),
    Plan([("IC04-001", 58_000, 15), ("IC05-001", 42_000, 12)]),
    Plan([("IC01-001", 45_000, 15)]),
    Plan([("IC09-004", 33_000, 12)]),
    Plan([("IC10-001", 28_000, 12)], [(_Q.DRAWING_REVIEW, _L.FIRST, _FAR)]),
    Plan([("IC12-003", 48_000, 15)], [(_Q.AUDIT_FIRM, _L.ONE, _FAR)], ["注册会计师"]),
    Plan([("IC02-001", 38_000, 12)]),
    Plan([("IC01-001", 52_000, 18), ("IC12-001", 30_000, 12)]),
    Plan([("IC12-004", 26_000, 10)], [(_Q.VALUATION_FIRM, _L.ONE, _FAR)]),
)
"""In the order of the agencies of the cast."""


@dataclass(slots=True)
class Scene:
    """Who acts in one transaction, and at which moment the story stands."""

    work: Work
    centre: Actor
    regulator: Actor
    objector: Actor
    clerks: Sequence[Actor]
    paper: KeepDocument
    vault: Vault
    at: datetime

    def do(self, handler: Callable[[Work, Any], Any], command: object, actor: Actor) -> Any:  # noqa: ANN401  what any command answers
        """Carry out one command at the moment of the story, and go on by a minute."""
        # A desk of its own for each: an official act in one command is one.
        own = Work(self.work.session, self.at, actor, self.work.calendar, self.work.listeners)
        done = handler(own, command)
        self.work.session.flush()
        self.at += timedelta(minutes=1)
        return done

    def begun(self, place: int) -> str:
        """An application with everything that its plan holds; its number."""
        actor, plan = self.clerks[place], PLANS[place]
        no = str(self.do(applying.apply_for_entry, OwnAgency(), actor)["no"])
        for number, (kind, level, last) in enumerate(plan.shows, start=1):
            self.certificate(actor, Certified(kind, level, f"{no}-{number}", "主管部门", last))
        for code, yuan, days in plan.offers:
            offer = OfferService(code, Money.from_yuan(str(yuan)), days)
            self.do(files.offer_service, offer, actor)
        for profession in plan.professions:
            key = uuid4()
            name = self.vault.seal(Purpose.NAME, key, "评审人员")
            licence = self.vault.seal(Purpose.CITIZEN_ID, key, f"ZY{key.int % 10**8:08d}")
            sealed = AddPractitioner(key, profession, name, licence)
            self.do(files.add_practitioner, sealed, actor)
        self.do(files.declare_interests, DeclareInterests((), "无 / None"), actor)
        return no

    def certificate(self, actor: Actor, says: Certified) -> UUID:
        """A certificate with its file; its id."""
        done = self.do(files.add_qualification, AddQualification(says, self.paper), actor)
        return UUID(str(done["qualification"]))

    def handed_in(self, place: int) -> str:
        """An application that waits for its check."""
        no = self.begun(place)
        self.do(applying.hand_in, OwnAgency(), self.clerks[place])
        return no

    def passed(self, place: int) -> str:
        """An entry in publicity."""
        no = self.handed_in(place)
        self.do(checking.pass_entry, NameEntry(no), self.centre)
        return no


def enter() -> None:
    """Fill in catalogue and agencies; the moments lie before the demonstration's first morning."""
    settings = read()
    office = build_office(settings, AGENCIES.listeners)
    cast = everybody()
    centre = office.read(
        lambda s: _actor(s, cast, cast.the(Part.TRADING_CENTRE).uscc, Duty.REGISTER_KEEPER)
    )
    regulator = office.read(
        lambda s: _actor(s, cast, cast.the(Part.SUPERVISOR).uscc, Duty.COMPLAINT_OFFICER)
    )
    objector = office.read(lambda s: _actor(s, cast, cast.the(Part.AGENT).uscc, Duty.AGENT_MANAGER))
    firms = [one.uscc for one in cast.of_kind(Part.AGENCY)]
    clerks = office.read(lambda s: [_actor(s, cast, uscc, Duty.AGENCY_CLERK) for uscc in firms])
    stored = FileStore(settings.files).put(io.BytesIO(_pdf()))
    paper = KeepDocument(stored, "资质证书.pdf", uuid4())

    def everything(work: Work, command: None) -> None:
        del command
        scene = Scene(
            work, centre, regulator, objector, clerks, paper, make_vault(settings.keys), _at(1, 5)
        )
        _catalogue(scene)
        _long_ago(scene)
        _lately(scene, firms)

    office.run(everything, None, SEQUENCER)


def _catalogue(scene: Scene) -> None:
    for category, items in ITEMS.items():
        for terms in items:
            entry = EnterItem(category, terms, FIRST_DAY, "目录首次公布 / First publication")
            scene.do(enter_item, entry, scene.centre)


def _long_ago(scene: Scene) -> None:
    """Those that entered in January, and what became of them."""
    scene.at = _at(1, 12)
    nos = [scene.passed(place) for place in range(8)]
    scene.at = _at(1, 16)
    for place in range(8):  # publicity is over: the first command of each writes it down
        scene.do(applying.check_again, OwnAgency(), scene.clerks[place])
    scene.at = _at(2, 10)
    removal = DecideAgency(nos[6], "云中管〔2026〕3号：出具虚假报告 / False report")
    scene.do(sanctions.remove_agency, removal, scene.regulator)
    scene.do(applying.leave, OwnAgency(), scene.clerks[7])
    scene.at = _at(2, 26)
    until = SuspendAgency(
        nos[5], "云中管〔2026〕5号：两次中选后放弃 / Gave up twice", date(2026, 3, 31)
    )
    scene.do(sanctions.suspend_agency, until, scene.regulator)
    scene.at = _at(2, 27)
    says = Certified(_Q.SAFETY_ASSESSMENT, _L.ONE, f"{nos[2]}-2", "省应急管理厅", _FAR)
    renewal = scene.certificate(scene.clerks[2], says)
    scene.do(files.hand_in_qualification, NamePart(renewal), scene.clerks[2])


def _lately(scene: Scene, codes: Sequence[str]) -> None:
    """Those on their way in on the demonstration's first morning."""
    scene.at = _at(2, 27)
    no = scene.passed(8)
    scene.at = _at(2, 28)
    objection = FileObjection(no, "其审查人员同时在设计单位任职 / Its reviewers work for designers")
    scene.do(checking.file_objection, objection, scene.objector)
    scene.at = _at(2, 26)
    scene.handed_in(9)
    scene.at = _at(2, 27, 14)
    no = scene.handed_in(10)
    reasons = (
        Reason(Ground.LICENCE_DIFFERS, "单位名称与营业执照不一致，请更正登记"),
        Reason(Ground.INTEREST_UNDECLARED, "未列明控股股东，请补充声明"),
    )
    scene.do(checking.reject_entry, RejectEntry(no, reasons), scene.centre)
    scene.at = _at(2, 28)
    scene.begun(11)
    bad = RecordBad(
        codes[12], "东陆恒估资产评估有限公司", "云财罚〔2025〕41号", date(2025, 6, 1),
        date(2026, 5, 31),
    )  # fmt: skip
    scene.do(sanctions.record_bad, bad, scene.regulator)
    scene.do(applying.apply_for_entry, OwnAgency(), scene.clerks[12])


def _actor(session: Session, cast: Everybody, uscc: str, duty: Duty) -> Actor:
    person = cast.with_duty(duty, uscc)[0]
    key = people.person_by_account(session, account_of(person))
    where = organisations.organisation_by_uscc(session, uscc).id
    return Actor(account_of(person), permissions(roles_in(session, key, where)), key, where)


def _pdf() -> bytes:
    source = "#set page(width: 210mm, height: 297mm)\n= 资质证书 / Certificate\n虚构 / Fictional\n"
    return bytes(typst.compile(source.encode(), format="pdf"))


def _at(month: int, day: int, hour: int = 10) -> datetime:
    return datetime(2026, month, day, hour, tzinfo=SHANGHAI)
