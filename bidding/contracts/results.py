"""Pages beside the result: the prices as a table for programs, and a winner that falls out."""

from typing import Final

from flask import Response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from bidding.contracts import queries
from bidding.contracts.lapsing import RecordLapse, record_lapse
from bidding.contracts.prices import PriceLine, as_csv, price_lines
from bidding.contracts.rules import UPHELD, WORDS_LIMIT, AwardState, Further, LapseCause
from bidding.opening import queries as openings
from bidding.tenders import queries as tenders
from bidding.tenders.facts import TenderFacts
from market.files.commands import KeepDocument
from market.files.store import FileStore
from market.kernel.errors import NotFound
from market.kernel.permissions import Permission
from market.web.access import current_actor, needs, public
from market.web.fields import FileField, LinesField
from market.web.forms import Form, submit
from market.web.language import lazy_gettext
from market.web.pages import Pages
from market.web.site import site
from market.web.typed_fields import ChoiceField
from market.web.words import words_of

CAUSES: Final = words_of(
    LapseCause,
    {
        LapseCause.REFUSED: ("书面拒绝签订合同", "refused in writing to sign"),
        LapseCause.NOT_SIGNED: ("逾期未签订合同", "did not sign in time"),
        LapseCause.UNABLE: ("因不可抗力不能履行", "cannot perform, force majeure"),
        LapseCause.SET_ASIDE: ("中标资格被依法取消", "set aside by law"),
        LapseCause.CHALLENGE_UPHELD: ("质疑成立且影响结果", "a challenge was right"),
    },
)
FURTHER: Final = words_of(
    Further,
    {
        Further.NEXT: ("按排名顺序确定下一名为中标人", "take the next in the ranking"),
        Further.RESTART: ("重新开展采购活动", "start the procurement again"),
    },
)

pages = Pages("results", __name__, words=(CAUSES, FURTHER))


class LapseForm(Form):
    """Why the winner falls out, what shows it, and how the procurement goes on."""

    cause = ChoiceField(lazy_gettext("Why the winner falls out"), LapseCause)
    words = LinesField(lazy_gettext("What happened"), longest=WORDS_LIMIT)
    evidence = FileField(lazy_gettext("The document that shows it"), endings=(".pdf",))
    further = ChoiceField(lazy_gettext("How it goes on"), Further)


@pages.get("/tenders/<no>/prices.csv")
@public
def prices(no: str) -> Response:
    """The opened prices as CSV, once the result is published."""

    def read(session: Session) -> tuple[TenderFacts, list[PriceLine]]:
        calendar = site().office.calendar(session)
        return tenders.facts(session, no), chart(session, no, queries.award(session, no, calendar))

    tender, lines = site().office.read(read)
    answer = Response(as_csv(lines, tender.ceiling), content_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="{no}-prices.csv"'
    return answer


@pages.route("/desk/tenders/<no>/award-lapse", methods=["GET", "POST"])
@needs(Permission.CONTRACTS_CONTRACT_RECORD)
def lapse(no: str) -> ResponseReturnValue:
    """Record that the winner fell out; a link from an upheld challenge has its cause chosen."""
    office = site().office
    mine = current_actor().organisation

    def read(session: Session) -> tuple[TenderFacts, queries.AwardFacts, list[str], list[str]]:
        tender = tenders.facts(session, no)
        award = queries.award(session, no, office.calendar(session))
        if mine != tender.owner or award.state is not AwardState.NOTIFIED:
            raise NotFound
        holds = queries.holds(session, tender.id)
        return tender, award, holds, queries.upheld(session, tender.id)

    tender, award, held, upheld = office.read(read)
    cause = request.args.get("cause", "")
    form = LapseForm(initial={"cause": LapseCause(cause)} if cause in [*LapseCause] else None)

    def again() -> str:
        return render_template(
            "contracts/lapse.html",
            form=form,
            tender=tender,
            award=award,
            held=held,
            upheld=upheld,
            law=UPHELD,
        )

    if not form.is_sent:
        return again()
    return submit(
        form,
        office,
        record_lapse,
        lambda: _command(no, form),
        again=again,
        to=lambda _: url_for("awards.purchaser", no=no),
    )


def chart(session: Session, no: str, award: queries.AwardFacts) -> list[PriceLine]:
    """The lines of the chart of a published result."""
    tender = tenders.facts(session, no)
    opening = openings.opening(session, no)
    return price_lines(opening, tender.ceiling, award.winner, queries.lapses(session, no))


def _command(no: str, form: LapseForm) -> RecordLapse:
    mine = current_actor().organisation
    if mine is None:
        raise NotFound
    stored = FileStore(site().settings.files).put(form.evidence.source)
    kept = KeepDocument(stored, form.evidence.name, mine)
    return RecordLapse(no, form.cause, form.words, kept, form.further)
