"""Bundled assessment for everybody: rankings of a month, its cases, every point, its files."""

from typing import Final

from flask import Response, render_template, request, url_for
from sqlalchemy.orm import Session

from intermediaries.assessment import late, queries, workbook
from intermediaries.assessment.commands import ACT
from intermediaries.assessment.queries import MonthFacts, Named, NotScored
from intermediaries.assessment.rules import LateReturn, Month, ScoredCase, Side, read_month
from intermediaries.assessment.words import WORDS
from intermediaries.assessment.workbook import Sheet
from intermediaries.rulebook.scores import FORMULA, Score, Standing, points, shown
from market.journal.queries import entries_of, head
from market.kernel.law import in_force
from market.kernel.workhours import hours_of
from market.web.access import public
from market.web.cursor import page_of, read_cursor
from market.web.filters import word
from market.web.language import gettext, language
from market.web.pages import Pages
from market.web.patterns import Proof
from market.web.site import site

SHOWN: Final = 50
XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

pages = Pages(
    "assessment",
    "intermediaries.assessment.feature",
    url_prefix="/assessment",
    words=WORDS,
)
pages.add_app_template_filter(shown, "exact_points")


@pages.get("")
@public
def board() -> str:
    """The newest month, and all that were computed."""
    known = site().office.read(queries.months)
    return _month(known, known[0] if known else None)


@pages.get("/<month>")
@public
def month(month: str) -> str:
    """The rankings of one month."""
    asked = read_month(month)
    known = site().office.read(queries.months)
    return _month(known, site().office.read(lambda session: queries.month_facts(session, asked)))


@pages.get("/<month>/cases")
@public
def cases(month: str) -> str:
    """The cases of a month in the order of their decisions; of one organisation if named."""
    asked = read_month(month)
    after = read_cursor(request.args.get("cursor"), (int,))
    place = -1 if after is None else int(after[0])
    code = request.args.get("of", "")[:64] or None

    def read(
        session: Session,
    ) -> tuple[MonthFacts, list[tuple[int, ScoredCase]], dict[str, Named], list[LateReturn]]:
        facts = queries.month_facts(session, asked)
        found = queries.cases(session, asked, SHOWN + 1, place, code)
        codes = {one for _, case in found for one in (case.agency, case.department)}
        names = queries.names(session, sorted(codes | ({code} if code else set())))
        returns = [one for one in late.of_month(session, asked) if one.who == code]
        return facts, found, names, returns

    facts, found, names, returns = site().office.read(read)
    page = page_of(found, SHOWN, lambda one: (one[0],))
    return render_template(
        "assessment/cases.html",
        facts=facts,
        cases=[case for _, case in page.items],
        names=names,
        of=code,
        returns=returns,
        hours=hours_of,
        shown=_shown,
        further=page.next
        and url_for("assessment.cases", month=asked.name, of=code, cursor=page.next),
    )


@pages.get("/<month>/cases/<no>")
@public
def case(month: str, no: str) -> str:
    """Every point of one case: which hours, which S(r), which deduction."""
    asked = read_month(month)

    def read(
        session: Session,
    ) -> tuple[ScoredCase, dict[str, Named], list[tuple[Month, LateReturn]]]:
        found = queries.case(session, asked, no)
        returns = late.of_order(session, no)
        codes = {found.agency, found.department} | {one.who for _, one in returns}
        return found, queries.names(session, sorted(codes)), returns

    found, names, returns = site().office.read(read)
    figures = found.figures
    shares = [
        ("r_A", figures.agency, figures.agency_limit, figures.agency_share),
        ("r_D", figures.department, figures.department_limit, figures.department_share),
        (
            "r_B",
            figures.agency + figures.department + figures.experts,
            figures.limit,
            figures.bundle_share,
        ),
    ]
    return render_template(
        "assessment/case.html",
        month=asked,
        case=found,
        names=names,
        shares=[
            (name, hours_of(used), hours_of(limit), shown(share), shown(points(share)))
            for name, used, limit, share in shares
        ],
        experts=(hours_of(figures.experts), hours_of(figures.experts_limit)),
        stars=shown(found.stars),
        returns=returns,
        hours=hours_of,
        law=in_force(FORMULA, found.on).article.cite(language()),
    )


@pages.get("/<month>/scores.xlsx")
@public
def sheet(month: str) -> Response:
    """Rankings and cases as a workbook."""
    asked = read_month(month)
    raw = site().office.read(lambda session: _workbook(session, asked))
    return _download(raw, XLSX, f"scores-{asked.name}.xlsx")


@pages.get("/<month>/scores.jsonl")
@public
def file(month: str) -> Response:
    """The file whose hash stands in the journal."""
    asked = read_month(month)
    raw = site().office.read(lambda session: b"".join(queries.file_lines(session, asked)))
    return _download(raw, "application/jsonl", f"scores-{asked.name}.jsonl")


def _month(known: list[MonthFacts], facts: MonthFacts | None) -> str:
    if facts is None:
        return render_template("assessment/month.html", known=known, facts=None, proof=None)
    chosen = facts.month

    def read(
        session: Session,
    ) -> tuple[
        dict[Side, list[Standing[str]]], dict[str, Named], Proof, list[NotScored], list[LateReturn]
    ]:
        both = {side: queries.standings(session, chosen, side) for side in Side}
        codes = sorted({one.key for lines in both.values() for one in lines})
        left, returns = queries.not_scored(session, chosen), late.of_month(session, chosen)
        return both, queries.names(session, codes), _proof(session, chosen), left, returns

    both, names, proof, left, returns = site().office.read(read)
    return render_template(
        "assessment/month.html",
        known=known,
        facts=facts,
        both=both,
        names=names,
        proof=proof,
        not_scored=left,
        returns=returns,
        fewest=in_force(FORMULA, chosen.first).value.fewest_cases,
        hours=hours_of,
        shown=shown,
    )


def _workbook(session: Session, month: Month) -> bytes:
    queries.month_facts(session, month)
    both = {side: queries.standings(session, month, side) for side in Side}
    found = list(queries.all_cases(session, month))
    codes = {one.key for lines in both.values() for one in lines}
    codes |= {code for one in found for code in (one.agency, one.department)}
    names, said = queries.names(session, sorted(codes)), language()
    ranked = [
        Sheet(
            gettext("Departments") if side is Side.DEPARTMENT else gettext("Agencies"),
            [gettext("Rank"), gettext("Organisation"), gettext("Credit code"), gettext("Cases"),
             gettext("Working hours of limits"), gettext("Mean")],
            [
                [one.rank if one.rank is not None else one.words(said),
                 names[one.key].name(said), one.key, one.cases, hours_of(one.limit),
                 shown(one.mean)]
                for one in lines
            ],
        )
        for side, lines in both.items()
    ]  # fmt: skip
    listed = Sheet(
        gettext("Cases"),
        [gettext("Order"), gettext("Item"), gettext("Department"), gettext("Agency"),
         gettext("Stars"), "r_A", "r_D", "r_B", gettext("Score of the department"),
         gettext("Score of the agency")],
        [
            [one.order_no, one.item_code, names[one.department].name(said),
             names[one.agency].name(said), shown(one.stars), shown(one.figures.agency_share),
             shown(one.figures.department_share), shown(one.figures.bundle_share),
             one.department_score.shown, one.agency_score.shown]
            for one in found
        ],
    )  # fmt: skip
    return workbook.write(
        [*ranked, listed, _sent_back(session, month, names), _left(session, month)]
    )


def _sent_back(session: Session, month: Month, names: dict[str, Named]) -> Sheet:
    return Sheet(
        gettext("Sent back later"),
        [gettext("Order"), gettext("Month"), gettext("Whose reason"), gettext("Credit code"),
         gettext("Working hours of limits"), gettext("Points taken")],
        [
            [one.order_no, one.month.name, names[one.who].name(language()), one.who,
             hours_of(one.limit), shown(one.takes)]
            for one in late.of_month(session, month)
        ],
    )  # fmt: skip


def _left(session: Session, month: Month) -> Sheet:
    said = language()
    return Sheet(
        gettext("Not scored"),
        [gettext("Order"), gettext("Item"), gettext("Department"), gettext("Agency"),
         gettext("Why there is no score")],
        [
            [one.order_no, one.item_code, one.department.name(said), one.agency.name(said),
             word(one.why)]
            for one in queries.not_scored(session, month)
        ],
    )  # fmt: skip


def _shown(score: Score) -> str:
    return str(score.shown)


def _download(raw: bytes, kind: str, name: str) -> Response:
    answer = Response(raw, mimetype=kind)
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _proof(session: Session, month: Month) -> Proof:
    placed = entries_of(session, f"scores/{month.name}", ACT)
    if not placed:
        return Proof(None, url_for("assessment.month", month=month.name))
    index = placed[-1].index
    url = url_for("log.proof", index=index)
    seen = head(session, witnesses=1)
    if seen is None or index >= seen.size:
        return Proof(index, url)
    return Proof(index, url, seen.witnesses, seen.root, url)
