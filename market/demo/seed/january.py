"""A month of bundled assessment: cases of two departments and three agencies, decided in January.

Each says when it was handed on, so that every point of its scores has its reason: an owner who
gave its papers late, a second round that is the department's, a department over its promise, an
agency over its contract, and one case that no department took, which is not scored.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final

from intermediaries.assessment.commands import ComputeMonth, compute_month
from intermediaries.assessment.rules import Month
from intermediaries.orders.commands import awarding, contracting, department, finishing, serving
from intermediaries.orders.commands.rows import NameOrder
from intermediaries.orders.queries import contract_terms
from intermediaries.orders.rules.states import Purpose, Side
from market.approvals.rules.cases import IssueKind, Outcome
from market.command import HOUSE, Actor, Office
from market.demo.seed.orders import CLAUSES, GROUNDS, INPUTS, Job, Play
from market.kernel.workdays import SHANGHAI
from market.protocol.encoding import canonical
from market.protocol.signing import signed

JANUARY: Final = Month(date(2026, 1, 1))
OPENED: Final = datetime(2026, 1, 8, 10, tzinfo=SHANGHAI)
SIGNED: Final = datetime(2026, 1, 12, 10, tzinfo=SHANGHAI)
"""The first morning on which keys were registered."""
RATED: Final = datetime(2026, 2, 3, 10, tzinfo=SHANGHAI)
FILED: Final = datetime(2026, 2, 9, 10, tzinfo=SHANGHAI)
HEALTH: Final = ("清河区残疾人康复中心", "Qinghe rehabilitation centre")
POOL: Final = ("清河区游泳馆", "Qinghe swimming hall")
OWNER_ITEMS: Final = ("quality", "time", "norms", "attitude", "charge")


class Clerk(StrEnum):
    """Whose department decides."""

    REFORM = "reform"
    HOUSING = "housing"


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One case: its order, who serves and who decides, and the wall times of January, as "12 10".

    `rounds`: when an opinion was given, what it said, where it comes from, when it was revised.
    `stars`: of the owner's five items and of the department's two; a reason where they are low.
    """

    job: Job
    place: int
    clerk: Clerk
    project: tuple[str, str]
    given: str
    drafted: str
    submitted: str
    accepted: str
    decided: str
    rounds: tuple[tuple[str, str, IssueKind, str], ...] = ()
    stars: tuple[str, str] = ("55555", "55")
    reason: str = ""
    outcome: Outcome = Outcome.APPROVED
    filed: bool = False


def _job(number: int, item: str, zh: str, en: str, approval: str, days: int, yuan: str) -> Job:
    return Job(f"ZJ-2026-{number:06d}", item, zh, en, approval, days, yuan)


CASES: Final = (
    Told(
        job=_job(21, "IC01-001", "康复中心可行性研究报告编制",
                 "Feasibility study of the rehabilitation centre", "LX-02", 8, "62000"),
        place=0, clerk=Clerk.REFORM, project=HEALTH,
        given="12 15", drafted="20 11", submitted="20 16", accepted="21 10", decided="28 15",
    ),
    Told(
        job=_job(24, "IC02-001", "康复中心节能报告编制",
                 "Energy report of the rehabilitation centre", "LX-05", 5, "41000"),
        place=0, clerk=Clerk.REFORM, project=HEALTH,
        given="19 10", drafted="23 15", submitted="26 10", accepted="26 14", decided="30 11",
        stars=("45554", "44"),
    ),
    Told(
        job=_job(27, "IC09-002", "康复中心建筑方案与初步设计",
                 "Preliminary design of the rehabilitation centre", "GH-01", 6, "185000"),
        place=1, clerk=Clerk.REFORM, project=HEALTH,
        given="12 16", drafted="21 17", submitted="22 10", accepted="22 15", decided="29 16",
        rounds=(("23 16", "概算未列无障碍设施费用", IssueKind.FIRST, "26 11"),),
        stars=("43443", "43"),
    ),
    Told(
        job=_job(29, "IC07-001", "康复中心抗震设防专项论证",
                 "Seismic study of the rehabilitation centre", "GH-03", 5, "93000"),
        place=0, clerk=Clerk.HOUSING, project=HEALTH,
        given="12 14", drafted="16 16", submitted="19 9", accepted="19 11", decided="28 10",
        rounds=(
            ("20 15", "补充场地类别判定依据", IssueKind.FIRST, "21 16"),
            ("22 11", "隔震支座选型应附试验报告", IssueKind.NEW_VISIBLE, "26 10"),
        ),
        stars=("55454", "54"),
    ),
    Told(
        job=_job(33, "IC09-003", "康复中心海绵城市专项设计",
                 "Sponge-city design of the rehabilitation centre", "GH-04", 4, "56000"),
        place=1, clerk=Clerk.HOUSING, project=HEALTH,
        given="12 14", drafted="14 17", submitted="15 9", accepted="15 10", decided="29 17",
        stars=("55555", "55"),
    ),
    Told(
        job=_job(36, "IC10-001", "游泳馆施工图审查",
                 "Review of the swimming hall's drawings", "SG-01", 5, "48000"),
        place=2, clerk=Clerk.HOUSING, project=POOL,
        given="12 15", drafted="19 11", submitted="19 15", accepted="20 9", decided="22 11",
    ),
    Told(
        job=_job(38, "IC12-005", "游泳馆消防设计复核检测",
                 "Check of the swimming hall's fire design", "SG-02", 5, "37000"),
        place=1, clerk=Clerk.HOUSING, project=POOL,
        given="12 14", drafted="15 11", submitted="15 15", accepted="16 9", decided="22 17",
        stars=("55545", "55"), filed=True,
    ),
    Told(
        job=_job(41, "IC11-003", "游泳馆竣工联合测绘",
                 "Joint surveying of the swimming hall", "JG-02", 5, "52000"),
        place=0, clerk=Clerk.HOUSING, project=POOL,
        given="12 15", drafted="19 17", submitted="20 9", accepted="20 15", decided="27 11",
        stars=("32344", "32"), reason="面积成果两次更正", outcome=Outcome.REFUSED,
    ),
)  # fmt: skip
NOT_TAKEN: Final = Told(
    job=_job(44, "IC12-001", "游泳馆档案造价核对", "Check of the swimming hall's costs", "JG-04",
             4, "18000"),
    place=2, clerk=Clerk.HOUSING, project=POOL,
    given="12 15", drafted="15 11", submitted="15 15", accepted="", decided="19 10",
)  # fmt: skip
"""The case that the department did not take."""


@dataclass(frozen=True, slots=True)
class Stagehands:
    """Departments' clerks, and a play for each agency by its place."""

    clerks: Mapping[Clerk, Actor]
    plays: tuple[Play, ...]


def tell(stage: Stagehands, region: str) -> None:
    """Every case of January, each at its own moments."""
    first = stage.plays[0]
    first.at = datetime(2026, 1, 6, 9, tzinfo=SHANGHAI)
    projects = {names: first.create(region, names) for names in (HEALTH, POOL)}
    for told in (*CASES, NOT_TAKEN):
        play = replace(
            stage.plays[told.place], clerk=stage.clerks[told.clerk], project=projects[told.project]
        )
        _submitted(play, told)
        if told is NOT_TAKEN:
            play.at = _at(told.decided)
            reasons = department.GiveReasons(told.job.no, "工程尚未竣工，不属于档案验收范围")
            play.do(department.not_accept, reasons, play.clerk)
            continue
        _decided(play, told)
        _rated(play, told)


def compute(office: Office) -> None:
    """Compute the month, unless the beat has; both give the same bytes."""
    office.run(compute_month, ComputeMonth(JANUARY), HOUSE)


def _submitted(play: Play, told: Told) -> None:
    """Awarded, signed on the twelfth, and brought to the department at the times that are told."""
    no = told.job.no
    play.at = OPENED
    play.opened(told.job)
    play.at = OPENED + timedelta(days=1)
    play.do(awarding.confirm_award, NameOrder(no), play.agency)
    terms = contracting.PrepareContract(no, INPUTS, CLAUSES)
    play.do(contracting.prepare_contract, terms, play.owner)
    play.at = SIGNED
    said = contract_terms(play.work.session, no)
    for side, actor in ((Side.OWNER, play.owner), (Side.AGENCY, play.agency)):
        raw = canonical(signed(said.statement(side), play.keys[side]))
        play.do(contracting.sign_contract, contracting.SignContract(no, raw), actor)
    play.at = _at(told.given)
    items = serving.GiveItems(no, INPUTS, (play.brought(Purpose.INPUT, "资料"),))
    play.do(serving.deliver_inputs, items, play.owner)
    play.do(serving.confirm_inputs, NameOrder(no), play.agency)
    play.at = _at(told.drafted)
    draft = serving.BringPaper(no, play.brought(Purpose.DRAFT, "成果"))
    play.do(serving.deliver_draft, draft, play.agency)
    play.at = _at(told.submitted)
    play.do(serving.accept_draft, NameOrder(no), play.owner)
    play.do(department.submit, NameOrder(no), play.owner)


def _decided(play: Play, told: Told) -> None:
    no = told.job.no
    play.at = _at(told.accepted)
    play.do(department.accept, NameOrder(no), play.clerk)
    for given, words, kind, revised in told.rounds:
        play.at = _at(given)
        play.opinion(told.job, words, kind)
        play.at = _at(revised)
        play.revised(told.job)
    if told.rounds:
        play.do(department.finalise, NameOrder(no), play.clerk)
    play.at = _at(told.decided)
    paper = f"云清审〔2026〕{int(no[-3:])}号"
    play.do(department.decide, department.Decide(no, told.outcome, GROUNDS, paper), play.clerk)


def _rated(play: Play, told: Told) -> None:
    owner, office = told.stars
    play.at = RATED
    given = {one: int(star) for one, star in zip(OWNER_ITEMS, owner, strict=True)}
    play.do(finishing.rate, finishing.Rate(told.job.no, given, told.reason), play.owner)
    rest = {"quality": int(office[0]), "time": int(office[1])}
    play.do(finishing.rate, finishing.Rate(told.job.no, rest, told.reason), play.clerk)
    if told.filed:
        play.at = FILED
        archive = play.brought(Purpose.ARCHIVE, "成果与合同")
        play.do(finishing.file_order, finishing.FileOrder(told.job.no, archive), play.agency)


def _at(text: str) -> datetime:
    """A wall time of January: day and hour."""
    day, hour = text.split()
    return datetime(2026, 1, int(day), int(hour), tzinfo=SHANGHAI)
