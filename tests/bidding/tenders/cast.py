"""A project let in by the centre and a draft tender that may be published, by real commands."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from uuid import UUID

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from bidding.officers.model import OfficerPanel
from bidding.officers.rules import PanelState
from bidding.rulebook.amendments import AmendmentKind
from bidding.tenders.amending import AmendTender, amend_tender
from bidding.tenders.preparing import (
    AddDocument,
    DescribeTender,
    PrepareTender,
    SetScheme,
    SetTerms,
    SetTimetable,
    add_document,
    describe_tender,
    prepare_tender,
    set_scheme,
    set_terms,
    set_timetable,
)
from bidding.tenders.publishing import PublishTender, publish_tender
from bidding.tenders.queries import draft, facts
from market.accounts.roles import Role
from market.command import Actor, Listener
from market.files.commands import KeepDocument
from market.files.media import MediaType
from market.files.store import Stored
from market.kernel.ids import Track
from market.kernel.money import Money
from market.projects.commands.course import NameProject, admit_project, submit_project
from market.projects.commands.entry import CreateProject, create_project
from market.projects.commands.papers import (
    RecordApproval,
    RecordFunds,
    record_approval,
    record_funds,
)
from market.projects.tracks import FundSource, Subject
from market.protocol.encoding import digest
from tests.bidding.evaluation.makers import scheme
from tests.support import protocol_cast
from tests.support.people_cast import Cast, make_cast
from tests.support.prepared import prepared

BUDGET = Money.from_yuan("3280000")
BOND = Money(protocol_cast.BOND)
MORNING = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)  # 09:00 in Shanghai, a Monday


def paper(label: str) -> Stored:
    """A document that lies in the folder."""
    return Stored(digest(label.encode()), 1000 + len(label), MediaType.PDF)


@dataclass
class TenderCast:
    """The centre, the owner's clerk `wang`, a stranger `zhao` of another owner, one project."""

    cast: Cast
    engine: Engine
    clerk: Actor
    stranger: Actor
    project: UUID

    @property
    def office(self):
        return self.cast.office

    @property
    def clock(self):
        return self.cast.house.clock

    # --- what the clerk does ----------------------------------------------------------------------

    def run(self, handler, command, actor: Actor | None = None, **kwargs):
        """Carry out a command as the clerk, or as somebody else."""
        return self.office.run(handler, command, actor or self.clerk, **kwargs)

    def prepared(self) -> str:
        """A bare draft."""
        return self.run(prepare_tender, PrepareTender(self.project))["no"]

    def complete(self, *, papers: tuple[str, ...] = ("招标文件",)) -> str:
        """A draft with all its pieces and a settled manifest."""
        no = self.prepared()
        self.run(describe_tender, description(no))
        self.run(set_terms, SetTerms(no, Money.from_yuan("3200000"), BOND, 90))
        self.run(set_scheme, SetScheme(no, scheme().as_json()))
        self.run(set_timetable, SetTimetable(no=no))
        for name in papers:
            self.run(add_document, AddDocument(no, paper(name), name))
        self.settle(no)
        return no

    def settle(self, no: str, bond: int = protocol_cast.BOND) -> None:
        """The officers' manifest of this tender, journaled."""
        made = replace(protocol_cast.manifest(), tender=no, bond=bond)
        with Session(self.engine) as session, session.begin():
            session.add(
                OfficerPanel(
                    tender_no=no,
                    state=PanelState.READY,
                    owner=self.cast.organisations["owner"],
                    agent=None,
                    k=made.k,
                    rehearsal=b"{}",
                    manifest=made.write(),
                    manifest_hash=made.hash,
                )
            )

    def published(self) -> str:
        """A tender that takes bids since the morning of 2026-03-02."""
        no = self.complete()
        self.run(publish_tender, PublishTender(no))
        return no

    def amend(self, no: str, kind=AmendmentKind.EXPLAINS, **changes):
        """An amendment of the version now in force."""
        values = {"zh": "交货地点改为院内", "en": "Delivery inside the hospital"} | changes
        seen = self.facts(no).amendment
        return self.run(
            amend_tender, AmendTender(**{"no": no, "seen": seen, "kind": kind, **values})
        )

    # --- what is known ----------------------------------------------------------------------------

    def facts(self, no: str):
        """The public facts."""
        return self.office.read(lambda session: facts(session, no))

    def draft(self, no: str):
        """The draft as the owner sees it."""
        mine = self.clerk.organisation
        return self.office.read(lambda session: draft(session, no, mine))

    def ask(self, question, *arguments):
        """Any question of the room."""
        return self.office.read(lambda session: question(session, *arguments))


def description(no: str, **changes) -> DescribeTender:
    """What the notice says in words."""
    values = {
        "title_zh": "清河区中心医院彩色多普勒超声诊断系统采购项目",
        "title_en": "Colour Doppler ultrasound for Qinghe Central Hospital",
        "need_zh": "彩色多普勒超声诊断系统 4 台，含安装与三年保修",
        "need_en": "Four colour Doppler ultrasound systems, installed, three years of warranty",
        "qualification_zh": "具有医疗器械经营许可",
        "qualification_en": "Licensed to deal in medical devices",
        "qualification_subjects": ("medical-device-licence",),
        "consortium": False,
        "contact": "0534-0000000",
    }
    return DescribeTender(**{"no": no, **values, **changes})


def admitted_project(cast: Cast, clerk: Actor, **changes) -> UUID:
    """A project with approval and money, let in by the centre."""
    values = {
        "region": "371400",
        "track": Track.GOVERNMENT,
        "kind": Subject.GOODS,
        "funds": FundSource.FISCAL,
        "tendered": True,
        "in_catalogue": True,
        "name_zh": "超声诊断系统采购",
        "name_en": "Ultrasound systems",
        "budget": BUDGET,
    }
    made = cast.office.run(create_project, CreateProject(**(values | changes)), clerk)
    project = UUID(made["project"])
    kept = KeepDocument(paper("approval"), "批复.pdf", clerk.organisation)
    approval = RecordApproval(project, "德发改〔2026〕1号", "发展改革委", date(2026, 1, 5), kept)
    cast.office.run(record_approval, approval, clerk)
    money = KeepDocument(paper("funds"), "资金.pdf", clerk.organisation)
    cast.office.run(record_funds, RecordFunds(project, BUDGET, "本级财政", money), clerk)
    cast.office.run(submit_project, NameProject(project), clerk)
    cast.office.run(admit_project, NameProject(project), cast.actor("ceng", "centre"))
    return project


@prepared
def make_tender_cast(engine: Engine, listeners: tuple[Listener, ...] = ()) -> TenderCast:
    """The people, and one project that may be tendered."""
    cast = make_cast(engine)
    cast.house.office = replace(cast.house.office, listeners=listeners)
    cast.found()
    clerk = cast.staffed("owner", "wang", Role.OWNER)
    stranger = cast.staffed("other", "zhao", Role.OWNER)
    return TenderCast(cast, engine, clerk, stranger, admitted_project(cast, clerk))
