"""Computing a month: every case once, both rankings, the file's hash into the journal."""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final
from uuid import UUID

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from intermediaries.assessment import late
from intermediaries.assessment.model import (
    AssessedCase,
    AssessedMonth,
    AssessedReturn,
    AssessedStanding,
    AssessedUnscored,
)
from intermediaries.assessment.queries import file_lines, newest_day
from intermediaries.assessment.rules import (
    INSTANT,
    LateReturn,
    Month,
    ScoredCase,
    Side,
    UnscoredCase,
    lines,
    plain_figures,
)
from intermediaries.orders.queries import FinishedBundle, UnscoredBundle, finished, unscored
from intermediaries.rulebook.clock.reading import read
from intermediaries.rulebook.scores import Standing, Weighed, figures, ranking
from market.accounts.queries.organisations import organisation
from market.command import Work
from market.kernel.errors import NotFound, Refusal
from market.kernel.workdays import legal_day
from market.kernel.workhours import WorkHours
from market.protocol.encoding import Json, b64u

ACT: Final = "scores"
BATCH: Final = 500
"""Cases written at once."""


@dataclass(frozen=True, slots=True)
class ComputeMonth:
    """A month whose ratings are all given or neutral."""

    month: Month


def compute_month(work: Work, cmd: ComputeMonth) -> Mapping[str, Any]:
    """Compute a month, or check one that was computed: its cases and the hash of its file.

    `Refusal` "month-open" before its last rating was due, "month-passed" where a later month was
    computed without it, "scores-differ" where what was computed before would not come out again.
    """
    month = cmd.month
    work.hold(f"assessment:{month.name}")
    read_at = month.read_at(work.calendar)
    if work.now < read_at:
        raise Refusal(
            "month-open",
            zh=f"{month.name}的评价期尚未届满，不能计分",
            en=f"Cases of {month.name} may still be rated, so there are no scores yet",
        )
    known = work.session.get(AssessedMonth, month.first)
    if known is not None:
        return _checked(work, known)
    _keep_order(work, month)
    row = AssessedMonth(
        first_day=month.first,
        read_at=read_at,
        computed_at=work.now,
        cases=0,
        digest=bytes(32),
        lists_unscored=True,
        lists_returns=True,
    )
    work.session.add(row)
    work.session.flush()
    cases = _write_cases(work, month)
    row.cases = len(cases)
    _write_unscored(work, month)
    returns = _write_returns(work, month, cases)
    _write_standings(work, month, cases, returns)
    row.digest = _digest(file_lines(work.session, month))
    work.session.flush()
    work.note(f"scores/{month.name}", "assessment.computed", cases=str(row.cases))
    said: dict[str, Json] = {"month": month.name, "cases": row.cases, "file": b64u(row.digest)}
    work.publish(ACT, f"scores/{month.name}", said)
    work.state_fact("assessment.computed", _key(month))
    return {"cases": row.cases, "file": b64u(row.digest)}


def _keep_order(work: Work, month: Month) -> None:
    """What is sent back late counts in the first month that can: months come one after another."""
    newest = newest_day(work.session)
    if newest is not None and newest > month.first:
        raise Refusal(
            "month-passed",
            zh=f"{Month(newest).name}已计分，不能再计更早的{month.name}",
            en=f"{Month(newest).name} is computed, so the earlier {month.name} no longer can be",
        )


def _checked(work: Work, known: AssessedMonth) -> Mapping[str, Any]:
    """Compute a known month again beside its rows; the same bytes, or a refusal."""
    month = Month(known.first_day)
    cases = [case for _, case in _scored(work, month)]
    left = [one for _, one in _left(work, month)] if known.lists_unscored else []
    returns = [one for _, one in _returns(work, month, cases)] if known.lists_returns else []
    standings = _standings(work, month, cases, returns)
    if _digest(lines(month, known.read_at, cases, left, returns, standings)) != known.digest:
        raise Refusal(
            "scores-differ",
            zh=f"{month.name}重算结果与已公布的不一致",
            en=f"Computed again, {month.name} differs from what was published",
        )
    work.note(f"scores/{month.name}", "assessment.checked")
    return {"cases": known.cases, "file": b64u(known.digest)}


def _write_cases(work: Work, month: Month) -> list[ScoredCase]:
    """Write every case of the month."""
    waiting: list[dict[str, object]] = []
    cases: list[ScoredCase] = []
    for bundle, case in _scored(work, month):
        waiting.append(_row(month, len(cases), bundle, case))
        cases.append(case)
        if len(waiting) == BATCH:
            work.session.execute(insert(AssessedCase), waiting)
            waiting = []
    if waiting:
        work.session.execute(insert(AssessedCase), waiting)
    return cases


def _write_standings(
    work: Work, month: Month, cases: list[ScoredCase], returns: list[LateReturn]
) -> None:
    """Write both rankings."""
    places = dict.fromkeys(Side, 0)
    kept = []
    for side, one in _standings(work, month, cases, returns):
        kept.append(_standing(month, side, places[side], one))
        places[side] += 1
    if kept:
        work.session.execute(insert(AssessedStanding), kept)


def _write_unscored(work: Work, month: Month) -> None:
    """Write what ended in the month without a score, and why."""
    kept = [
        {
            "order_no": one.order_no,
            "first_day": month.first,
            "place": place,
            "agency": bundle.agency,
            "department": bundle.department,
            "agency_code": one.agency,
            "department_code": one.department,
            "item_code": one.item_code,
            "ended_at": one.ended_at,
            "why": one.why,
        }
        for place, (bundle, one) in enumerate(_left(work, month))
    ]
    if kept:
        work.session.execute(insert(AssessedUnscored), kept)


def _write_returns(work: Work, month: Month, cases: list[ScoredCase]) -> list[LateReturn]:
    """Write the returned decisions of earlier months that count in this one."""
    found = list(_returns(work, month, cases))
    kept = [
        {
            "order_no": one.order_no,
            "number": one.number,
            "first_day": month.first,
            "place": place,
            "side": one.side,
            "organisation": organisation,
            "code": one.who,
            "returned_at": one.returned_at,
            "limit": one.limit // INSTANT,
            "takes": str(one.takes),
        }
        for place, (organisation, one) in enumerate(found)
    ]
    if kept:
        work.session.execute(insert(AssessedReturn), kept)
    return [one for _, one in found]


def _returns(
    work: Work, month: Month, cases: list[ScoredCase]
) -> Iterator[tuple[UUID, LateReturn]]:
    """Of the returns no month has counted those of whoever has a case in this one."""
    codes = _Codes(work.session, month)
    here = {(side, _who(case, side)) for side in Side for case in cases}
    for each in late.uncounted(work.session, month):
        one = replace(each.fact, who=codes(each.organisation))
        if (one.side, one.who) in here:
            yield each.organisation, one


def _left(work: Work, month: Month) -> Iterator[tuple[UnscoredBundle, UnscoredCase]]:
    codes = _Codes(work.session, month)
    for bundle in unscored(work.session, month.since, month.until):
        yield (
            bundle,
            UnscoredCase(
                order_no=bundle.order_no,
                item_code=bundle.item_code,
                agency=codes(bundle.agency),
                department=codes(bundle.department),
                ended_at=bundle.ended_at,
                why=bundle.why,
            ),
        )


def _scored(work: Work, month: Month) -> Iterator[tuple[FinishedBundle, ScoredCase]]:
    hours, codes = WorkHours(work.calendar), _Codes(work.session, month)
    read_at = month.read_at(work.calendar)
    for bundle in finished(
        work.session, month.since, month.until, calendar=work.calendar, at=read_at
    ):
        if bundle.stars is None:
            raise AssertionError(f"{bundle.order_no} may still be rated at {read_at}")
        yield (
            bundle,
            ScoredCase(
                order_no=bundle.order_no,
                item_code=bundle.item_code,
                agency=codes(bundle.agency),
                department=codes(bundle.department),
                ended_at=bundle.ended_at,
                on=legal_day(bundle.opened_at),
                figures=figures(read(bundle.events, hours, until=read_at - INSTANT)),
                stars=bundle.stars,
            ),
        )


def _standings(
    work: Work, month: Month, cases: list[ScoredCase], returns: list[LateReturn]
) -> list[tuple[Side, Standing[str]]]:
    on = legal_day(month.read_at(work.calendar))
    return [
        (side, one)
        for side in Side
        for one in ranking(
            (_weighed(case, side) for case in cases),
            on=on,
            taken=[Weighed(one.who, one.takes, one.limit) for one in returns if one.side is side],
        )
    ]


def _weighed(case: ScoredCase, side: Side) -> Weighed[str]:
    score = case.department_score if side is Side.DEPARTMENT else case.agency_score
    return Weighed(_who(case, side), score.value, case.figures.limit)


def _who(case: ScoredCase, side: Side) -> str:
    return case.department if side is Side.DEPARTMENT else case.agency


class _Codes:
    """Credit codes of organisations, each asked for once; of a known month those written then."""

    def __init__(self, session: Session, month: Month) -> None:
        self._session = session
        self._known: dict[UUID, str] = {}
        for kept in (AssessedCase, AssessedUnscored):
            for key, code in (
                (kept.agency, kept.agency_code),
                (kept.department, kept.department_code),
            ):
                written = select(key, code).where(kept.first_day == month.first).distinct()
                for known, told in session.execute(written):
                    self._known[known] = told

    def __call__(self, key: UUID) -> str:
        if key not in self._known:
            self._known[key] = self._asked(key)
        return self._known[key]

    def _asked(self, key: UUID) -> str:
        try:
            return organisation(self._session, key).uscc
        except NotFound:  # it has withdrawn since, and its cases stay
            return f"withdrawn-{key}"


def _row(month: Month, place: int, bundle: FinishedBundle, case: ScoredCase) -> dict[str, object]:
    return {
        "order_no": case.order_no,
        "first_day": month.first,
        "place": place,
        "agency": bundle.agency,
        "department": bundle.department,
        "agency_code": case.agency,
        "department_code": case.department,
        "item_code": case.item_code,
        "ended_at": case.ended_at,
        "formula_day": case.on,
        "figures": plain_figures(case.figures),
        "stars": str(case.stars),
    }


def _standing(month: Month, side: Side, place: int, one: Standing[str]) -> dict[str, object]:
    return {
        "first_day": month.first,
        "side": side,
        "code": one.key,
        "place": place,
        "cases": one.cases,
        "limit": one.limit // INSTANT,
        "mean": str(one.mean),
        "rank": one.rank,
    }


def _digest(file: Iterator[bytes]) -> bytes:
    found = hashlib.sha256()
    for line in file:
        found.update(line)
    return found.digest()


def _key(month: Month) -> UUID:
    """A month as the subject of a fact."""
    return UUID(int=month.first.toordinal())
