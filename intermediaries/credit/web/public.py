"""Credit for everybody: the list by score, one agency with every point of it, its ledger."""

from typing import Any, Final

from flask import Response, render_template, request, url_for
from sqlalchemy.orm import Session

from intermediaries.agencies.queries import AgencyName, agency_names
from intermediaries.credit import ledger_file, queries
from intermediaries.credit.casework import PublicPenalty, public_penalties
from intermediaries.credit.queries import CreditFacts, MonthScore
from intermediaries.credit.words import WORDS
from intermediaries.rulebook.penalties import Level, credit_rules
from intermediaries.rulebook.scores import shown
from market.journal.queries import head
from market.kernel.workdays import legal_day
from market.web.access import public
from market.web.cursor import page_of, read_cursor
from market.web.pages import Pages
from market.web.patterns import Proof
from market.web.site import moment, site

SHOWN: Final = 50

pages = Pages(
    "credit",
    "intermediaries.credit.feature",
    url_prefix="/credit",
    words=WORDS,
)
pages.add_app_template_filter(shown, "score")


@pages.get("")
@public
def board() -> str:
    """Agencies by their credit of this month, best first."""
    now = moment()
    levels = {one.value: one for one in Level}
    level = levels.get(request.args.get("level", ""))
    lines = site().office.read(lambda session: queries.ranking(session, now))
    fitting = [line for line in lines if level is None or line.level is level]
    after = read_cursor(request.args.get("cursor"), (str,))
    if after is not None:
        places = [place for place, line in enumerate(fitting) if line.no == str(after[0])]
        fitting = fitting[places[0] + 1 :] if places else []
    page = page_of(fitting[: SHOWN + 1], SHOWN, lambda line: (line.no,))
    shown_here = [line.organisation for line in page.items]
    names = site().office.read(lambda session: agency_names(session, shown_here))
    chosen: dict[str, Any] = {"level": level.value} if level else {}
    return render_template(
        "credit/board.html",
        lines=page.items,
        names=names,
        levels=list(Level),
        level=level,
        counts={one: sum(line.level is one for line in lines) for one in Level},
        first=legal_day(now).replace(day=1),
        rules=credit_rules(legal_day(now)),
        further=page.next and url_for("credit.board", **chosen, cursor=page.next),
    )


@pages.get("/<no>")
@public
def agency(no: str) -> str:
    """The credit of one agency: what it is made of, what was decided, month by month."""
    now = moment()

    def read(
        session: Session,
    ) -> tuple[AgencyName, CreditFacts, list[PublicPenalty], Proof | None, list[MonthScore]]:
        named, facts = queries.agency_credit(session, no, now)
        penalties = public_penalties(session, named.organisation)
        months = queries.months(session, named.organisation)
        return named, facts, penalties, _proof(session, penalties, no), months

    named, facts, penalties, proof, months = site().office.read(read)
    return render_template(
        "credit/agency.html",
        agency=named,
        facts=facts,
        penalties=penalties,
        proof=proof,
        months=months,
        numbers={str(one.no): one for one in penalties},
        first=legal_day(now).replace(day=1),
    )


@pages.get("/<no>/ledger.json")
@public
def ledger(no: str) -> Response:
    """The public ledger as a file: the score is computed again from it alone."""
    now = moment()
    named, facts = site().office.read(lambda session: queries.agency_credit(session, no, now))
    raw = ledger_file.write(named.no, facts.entries, now)
    answer = Response(raw, mimetype="application/json")
    answer.headers["Content-Disposition"] = f'attachment; filename="{named.no}-credit.json"'
    return answer


def _proof(session: Session, penalties: list[PublicPenalty], no: str) -> Proof | None:
    """The badge of the newest decision; None where nothing was decided."""
    if not penalties:
        return None
    index = penalties[0].index
    if index is None:
        return Proof(None, url_for("credit.agency", no=no))
    url = url_for("log.proof", index=index)
    seen = head(session, witnesses=1)
    if seen is None or index >= seen.size:
        return Proof(index, url)
    return Proof(index, url, seen.witnesses, seen.root, url)
