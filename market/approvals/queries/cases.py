"""Cases as their department, their applicant, the public and the rooms above may read them.

What has followed by itself by the moment of asking stands in every answer, written down or not.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from market.approvals.courses import SILENCE_WORDS, course_of
from market.approvals.model import (
    ApprovalCase,
    ApprovalExtension,
    ApprovalItem,
    ApprovalMissing,
    ApprovalPaper,
    ApprovalPause,
    ApprovalRound,
)
from market.approvals.queries.facts import (
    CaseFacts,
    CaseLine,
    ExtensionFacts,
    MissingFacts,
    PaperFacts,
    PauseFacts,
    RoundFacts,
)
from market.approvals.rules.cases import (
    AT_DEPARTMENT,
    CaseState,
    ExtensionState,
    Issue,
    IssueKind,
    Missing,
    Outcome,
)
from market.approvals.rules.course import (
    Course,
    Crossed,
    crossed,
    crossings,
    due_day,
    left,
)
from market.approvals.rules.timetable import timetable
from market.kernel.errors import NotFound
from market.kernel.workdays import WorkCalendar

LISTED: Final = 200
"""Cases of one list; a desk with more is read by its most urgent."""


def case_at_desk(
    session: Session, no: str, department: UUID, calendar: WorkCalendar, now: datetime
) -> CaseFacts:
    """A case of this department that was handed in; `NotFound` otherwise."""
    row = _row(session, no)
    if row.department != department or row.received_at is None:
        raise _no_case()
    return _case(session, row, calendar, now)


def case_of_owner(
    session: Session, no: str, owner: UUID, calendar: WorkCalendar, now: datetime
) -> CaseFacts:
    """A case of this applicant; `NotFound` otherwise."""
    row = _row(session, no)
    if row.owner != owner:
        raise _no_case()
    return _case(session, row, calendar, now)


def case_by_id(session: Session, key: UUID, calendar: WorkCalendar, now: datetime) -> CaseFacts:
    """Any case, for rooms above that have decided who may know it; `NotFound`."""
    row = session.get(ApprovalCase, key)
    if row is None:
        raise _no_case()
    return _case(session, row, calendar, now)


def desk_cases(
    session: Session, department: UUID, calendar: WorkCalendar, now: datetime
) -> list[CaseLine]:
    """What waits at a department, the least time left first; what waits for others stands last."""
    rows = session.scalars(
        select(ApprovalCase)
        .where(ApprovalCase.department == department, ApprovalCase.state.in_(AT_DEPARTMENT))
        .order_by(ApprovalCase.due_at.asc().nulls_last(), ApprovalCase.no)
        .limit(LISTED)
    ).all()
    lines = _lines(session, rows, calendar, now)
    return sorted(lines, key=lambda line: (_rank(line), line.no))


def _rank(line: CaseLine) -> tuple[int, date]:
    known = isinstance(line.due, date)
    return (0 if known else 1, line.due if isinstance(line.due, date) else date.max)


def owner_cases(
    session: Session,
    owner: UUID,
    calendar: WorkCalendar,
    now: datetime,
    project: UUID | None = None,
) -> list[CaseLine]:
    """The cases of an applicant, newest first; of one project where it is named."""
    question = select(ApprovalCase).where(ApprovalCase.owner == owner)
    if project is not None:
        question = question.where(ApprovalCase.project == project)
    ordered = question.order_by(ApprovalCase.opened_at.desc(), ApprovalCase.no).limit(LISTED)
    return _lines(session, session.scalars(ordered).all(), calendar, now)


def progress(
    session: Session, project_code: str, calendar: WorkCalendar, now: datetime
) -> list[CaseLine]:
    """What everybody may know of a project's cases: those handed in; `NotFound` where none is.

    Neither the project's name nor its owner, no paper and no reason is in it.
    """
    rows = session.scalars(
        select(ApprovalCase)
        .where(
            ApprovalCase.project_code == project_code,
            ApprovalCase.received_at.is_not(None),
            ApprovalCase.state != CaseState.WITHDRAWN,
        )
        .order_by(ApprovalCase.received_at, ApprovalCase.no)
        .limit(LISTED)
    ).all()
    if not rows:
        raise NotFound(
            "no-progress",
            zh="没有以此编号申请的审批事项，请核对项目编号",
            en="Nothing was applied for under this number; check the project's number",
        )
    return _lines(session, rows, calendar, now)


def extensions_waiting(session: Session, department: UUID) -> list[tuple[str, datetime | None]]:
    """Numbers of the cases whose request for more time waits for the head, with what is due."""
    found = session.execute(
        select(ApprovalCase.no, ApprovalCase.due_at)
        .join(ApprovalExtension, ApprovalExtension.case == ApprovalCase.id)
        .where(
            ApprovalCase.department == department,
            ApprovalCase.state.in_([CaseState.REVIEWING, CaseState.PAUSED]),
            ApprovalExtension.state == ExtensionState.ASKED,
        )
        .order_by(ApprovalCase.due_at.asc().nulls_last(), ApprovalCase.no)
        .limit(LISTED)
    )
    return [(no, due) for no, due in found]


def looked_at(session: Session, now: datetime, limit: int) -> Sequence[UUID]:
    """Cases of which something has followed by itself by now, the oldest first."""
    return session.scalars(
        select(ApprovalCase.id)
        .where(ApprovalCase.look_at < now)
        .order_by(ApprovalCase.look_at, ApprovalCase.id)
        .limit(limit)
    ).all()


def _row(session: Session, no: str) -> ApprovalCase:
    row = session.scalar(select(ApprovalCase).where(ApprovalCase.no == no))
    if row is None:
        raise _no_case()
    return row


def _lines(
    session: Session, rows: Sequence[ApprovalCase], calendar: WorkCalendar, now: datetime
) -> list[CaseLine]:
    keys = {row.id for row in rows}
    items = {
        one.id: one
        for one in session.scalars(
            select(ApprovalItem).where(ApprovalItem.id.in_({row.item for row in rows}))
        )
    }
    held: dict[UUID, list[ApprovalPause]] = {key: [] for key in keys}
    for pause in session.scalars(
        select(ApprovalPause).where(ApprovalPause.case.in_(keys)).order_by(ApprovalPause.number)
    ):
        held[pause.case].append(pause)
    waiting = set(
        session.scalars(
            select(ApprovalRound.case).where(
                ApprovalRound.case.in_(keys), ApprovalRound.revised_at.is_(None)
            )
        )
    )
    return [
        _line(
            row,
            items[row.item],
            standing(course_of(row, items[row.item], held[row.id]), calendar, now),
            calendar,
            now,
            open_round=row.id in waiting,
        )
        for row in rows
    ]


def written_course(session: Session, key: UUID) -> Course:
    """The course of a case as it is written down; `NotFound`."""
    row = session.get(ApprovalCase, key)
    if row is None:
        raise _no_case()
    return course_of(row, session.get_one(ApprovalItem, row.item), _pauses(session, key))


def _pauses(session: Session, case: UUID) -> list[ApprovalPause]:
    return list(
        session.scalars(
            select(ApprovalPause).where(ApprovalPause.case == case).order_by(ApprovalPause.number)
        )
    )


def standing(course: Course, calendar: WorkCalendar, now: datetime) -> Course:
    """The course with everything that has followed by itself by now."""
    for crossing in crossings(course, calendar, now):
        course = crossed(course, crossing)
    return course


def _line(
    row: ApprovalCase,
    item: ApprovalItem,
    course: Course,
    calendar: WorkCalendar,
    now: datetime,
    *,
    open_round: bool,
) -> CaseLine:
    due = due_day(course, calendar)
    silent = course.decided_at is not None and row.outcome is None
    return CaseLine(
        id=row.id,
        no=row.no,
        project_code=row.project_code,
        code=row.code,
        name_zh=item.name_zh,
        name_en=item.name_en,
        stage=item.stage,
        department=row.department,
        state=course.state,
        outcome=Outcome.APPROVED if silent else row.outcome,
        opened_at=row.opened_at,
        received_at=course.received_at,
        accepted_at=course.accepted_at,
        decided_at=course.decided_at,
        delivered_at=course.delivered_at,
        due=due,
        left=left(due, calendar, now, stopped=course.state is CaseState.PAUSED),
        open_round=open_round,
        service=row.service,
    )


def _case(session: Session, row: ApprovalCase, calendar: WorkCalendar, now: datetime) -> CaseFacts:
    item = session.get_one(ApprovalItem, row.item)
    held = _pauses(session, row.id)
    written = course_of(row, item, held)
    found = crossings(written, calendar, now)
    course = standing(written, calendar, now)
    silent = any(one.what is Crossed.APPROVED for one in found)
    rounds = _rounds(session, row.id)
    open_round = any(one.revised_at is None for one in rounds)
    return CaseFacts(
        line=_line(row, item, course, calendar, now, open_round=open_round),
        project=row.project,
        owner=row.owner,
        item=row.item,
        course=course,
        reasons=SILENCE_WORDS if silent else row.reasons,
        paper_no=row.paper_no,
        ended_at=row.ended_at,
        papers=_papers(session, row.id),
        missing=_missing(session, row.id),
        pauses=tuple(
            PauseFacts(
                one.number, one.kind, one.reason, one.told_days, pause.begun_at, pause.ended_at
            )
            for one, pause in zip(held, course.pauses, strict=True)
        ),
        rounds=rounds,
        extension=_extension(session, row.id),
        timetable=tuple(timetable(course, calendar)),
    )


def _papers(session: Session, case: UUID) -> tuple[PaperFacts, ...]:
    rows = session.scalars(
        select(ApprovalPaper)
        .where(ApprovalPaper.case == case)
        .order_by(ApprovalPaper.material, ApprovalPaper.handed_in_at, ApprovalPaper.id)
    )
    return tuple(PaperFacts(one.material, one.turn, one.document, one.handed_in_at) for one in rows)


def _missing(session: Session, case: UUID) -> tuple[MissingFacts, ...]:
    rows = session.scalars(
        select(ApprovalMissing)
        .where(ApprovalMissing.case == case)
        .order_by(ApprovalMissing.material)
    )
    return tuple(
        MissingFacts(Missing(one.material, one.words, one.owes, one.already), one.supplied_at)
        for one in rows
    )


def _rounds(session: Session, case: UUID) -> tuple[RoundFacts, ...]:
    rows = session.scalars(
        select(ApprovalRound).where(ApprovalRound.case == case).order_by(ApprovalRound.number)
    )
    return tuple(
        RoundFacts(
            one.number,
            tuple(Issue(str(point["words"]), IssueKind(point["kind"])) for point in one.issues),
            one.given_at,
            one.revised_at,
            one.words,
        )
        for one in rows
    )


def _extension(session: Session, case: UUID) -> ExtensionFacts | None:
    one = session.scalar(select(ApprovalExtension).where(ApprovalExtension.case == case))
    if one is None:
        return None
    return ExtensionFacts(
        one.state, one.days, one.reason, one.asked_by, one.asked_at, one.decided_at, one.words
    )


def _no_case() -> NotFound:
    return NotFound("no-case", zh="没有此办件", en="There is no such case")
