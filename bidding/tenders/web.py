"""The public pages of tenders, and the page on the anonymous host where anybody may ask."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from bidding.rulebook.amendments import AmendmentKind
from bidding.rulebook.criteria import TieRule
from bidding.rulebook.limits import Category, Method
from bidding.tenders import api, listing, queries
from bidding.tenders.asking import LONGEST, AskQuestion, ask_question
from bidding.tenders.rules import TenderState
from bidding.tenders.view import tender_page
from bidding.tenders.wording import CATEGORIES, METHODS
from market.command import ANONYMOUS
from market.kernel.errors import MarketError, NotFound
from market.web.access import anonymous, current_actor, public
from market.web.language import language, lazy_gettext
from market.web.pages import HomeItem, HomeSlot, HomeSource, NavItem, Pages
from market.web.site import moment, site
from market.web.words import words_of

SHOWN: Final = 20  # tenders on one page

STATE_WORDS: Final = words_of(
    TenderState,
    {
        TenderState.DRAFT: ("编制中", "draft"),
        TenderState.PUBLISHED: ("投标中", "open for bids"),
        TenderState.CLOSED: ("已截标", "closed"),
        TenderState.OPENING: ("开标中", "opening"),
        TenderState.OPENED: ("已开标", "opened"),
        TenderState.EVALUATING: ("评审中", "in evaluation"),
        TenderState.REPORTED: ("待确定中标人", "report delivered"),
        TenderState.DETERMINED: ("已确定中标人", "winner determined"),
        TenderState.AWARDED: ("已公告结果", "awarded"),
        TenderState.CONTRACTED: ("已签合同", "contracted"),
        TenderState.ARCHIVED: ("已归档", "archived"),
        TenderState.FAILED: ("招标失败", "failed"),
        TenderState.CANCELLED: ("废标", "cancelled"),
        TenderState.TERMINATED: ("已终止", "terminated"),
    },
)
KIND_WORDS: Final = words_of(
    AmendmentKind,
    {
        AmendmentKind.EXPLAINS: ("继续有效（说明性更正）", "stand: it only explains"),
        AmendmentKind.REQUIRES_NEW: ("失效，须重新提交", "are released: everybody bids anew"),
    },
)
TIE_WORDS: Final = words_of(
    TieRule,
    {
        TieRule.TECHNICAL: ("技术得分", "technical points"),
        TieRule.BUSINESS: ("商务得分", "business points"),
        TieRule.OFFER: ("报价", "the offer"),
    },
)


def _closing(session: Session, now: datetime, limit: int) -> Sequence[HomeItem]:
    return [
        HomeItem(
            line.title(language()), url_for("tenders.tender", no=line.no), line.no, line.deadline
        )
        for line in listing.closing_soon(session, now, limit)
    ]


pages = Pages(
    "tenders",
    __name__,
    words=(
        STATE_WORDS,
        KIND_WORDS,
        TIE_WORDS,
        words_of(Category, CATEGORIES),
        words_of(Method, METHODS),
    ),
    navigation=(NavItem(lazy_gettext("Tenders"), "tenders.board", 20),),
    home=(HomeSource(HomeSlot.CLOSING, _closing),),
)
anonymous_pages = Blueprint("tenders_asking", __name__, template_folder="templates")


@pages.get("/tenders")
@public
def board() -> str:
    """Published tenders by state and words, newest first."""
    typed = request.args.get("q", "")[:200]
    states = {state.value: state for state in TenderState if state is not TenderState.DRAFT}
    state = states.get(request.args.get("state", ""))
    wanted = listing.Wanted(typed or None, state)
    page = api.listed(wanted, request.args.get("cursor"), SHOWN)
    further = None
    if page.next is not None:
        further = url_for(
            "tenders.board", q=typed or None, state=state and state.value, cursor=page.next
        )
    return render_template(
        "tenders/board.html",
        lines=page.items,
        typed=typed,
        state=state,
        states=list(states.values()),
        further=further,
    )


@pages.get("/tenders/<no>")
@public
def tender(no: str) -> str:
    """The page of a tender."""
    office, now = site().office, moment()
    page = office.read(lambda session: tender_page(session, no, now, office.calendar(session)))
    return render_template(
        "tenders/tender.html",
        page=page,
        ask_url=f"{site().settings.anonymous_url}/tenders/{no}/question",
        is_own=current_actor().organisation in page.tender.insiders(),
    )


@pages.get("/tenders/<no>/documents/<digest>")
@public
def document(no: str, digest: str) -> Response:
    """A document; nobody is asked who he is, and nothing is written down."""
    return api.document(no, digest)


@anonymous_pages.route("/tenders/<no>/question", methods=["GET", "POST"])
@anonymous
def question(no: str) -> ResponseReturnValue:
    """Ask a question as nobody; what was typed stays on the page if it is refused."""
    facts = site().office.read(lambda session: queries.facts(session, no))
    typed, trouble, status = request.form.get("text", ""), None, 200
    if request.method == "POST":
        try:
            site().office.run(ask_question, AskQuestion(no, typed), ANONYMOUS)
        except NotFound:
            raise
        except MarketError as refusal:
            trouble, status = refusal.words(language()), refusal.status
        else:
            return redirect(url_for("tenders_asking.asked", no=no), 303)
    page = render_template(
        "tenders/question.html",
        tender=facts,
        typed=typed,
        trouble=trouble,
        longest=LONGEST,
        takes_questions=facts.is_open_for_questions(moment()),
    )
    return page, status


@anonymous_pages.get("/tenders/<no>/question/taken")
@anonymous
def asked(no: str) -> str:
    """That a question was taken."""
    facts = site().office.read(lambda session: queries.facts(session, no))
    return render_template("tenders/asked.html", tender=facts)
