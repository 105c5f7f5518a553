"""The public pages of tenders, and the page on the anonymous host where anybody may ask."""

from collections.abc import Mapping, Sequence
from datetime import datetime, time, timedelta
from typing import Final
from urllib.parse import urlencode

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from bidding.rulebook.amendments import AmendmentKind
from bidding.rulebook.criteria import TieRule
from bidding.rulebook.limits import Category, Method
from bidding.tenders import api, listing, queries
from bidding.tenders.asking import LONGEST, AskQuestion, ask_question
from bidding.tenders.openers import CROWD
from bidding.tenders.rules import TenderState
from bidding.tenders.running import public_ways
from bidding.tenders.view import tender_page
from bidding.tenders.wording import CATEGORIES, METHODS
from market.command import ANONYMOUS
from market.kernel.errors import MarketError, NotFound
from market.kernel.workdays import SHANGHAI
from market.web.access import anonymous, current_actor, public
from market.web.language import gettext, language, lazy_gettext
from market.web.pages import HomeItem, HomeSlot, HomeSource, NavItem, Pages
from market.web.shared import shared
from market.web.site import moment, site
from market.web.words import words_of

SHOWN: Final = 20  # tenders on one page
CLOSING_WITHIN: Final = (1, 3, 7, 30)  # days until the deadline that a reader may choose
CHOICES: Final = ("q", "state", "category", "closing")

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


def _figures(session: Session, now: datetime, limit: int) -> Sequence[HomeItem]:
    del limit
    since = datetime.combine(now.astimezone(SHANGHAI), time(), SHANGHAI)
    found = listing.day_figures(session, now, since)
    lines = [
        (gettext("Open for bids"), {"state": "published"}, found.open_now),
        (gettext("Closing within a day"), {"closing": "1"}, found.closing),
        (gettext("Opened today"), {"state": "opened"}, found.opened),
        (gettext("Awarded today"), {"state": "awarded"}, found.awarded),
    ]
    return [HomeItem(title, _board_at(query), str(count)) for title, query, count in lines]


def _board_at(query: Mapping[str, str]) -> str:
    return f"{url_for('tenders.board')}?{urlencode(query)}"


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
    home=(HomeSource(HomeSlot.CLOSING, _closing), HomeSource(HomeSlot.FIGURES, _figures)),
)
anonymous_pages = Blueprint("tenders_asking", __name__, template_folder="templates")


@pages.get("/tenders")
@public
@shared
def board() -> str:
    """Published tenders by words, state, kind and deadline, newest first."""
    typed = request.args.get("q", "")[:200]
    states = {state.value: state for state in TenderState if state is not TenderState.DRAFT}
    categories = {category.value: category for category in Category}
    days = {str(count): count for count in CLOSING_WITHIN}.get(request.args.get("closing", ""))
    wanted = listing.Wanted(
        typed or None,
        states.get(request.args.get("state", "")),
        categories.get(request.args.get("category", "")),
        None if days is None else (moment(), moment() + timedelta(days=days)),
    )
    page = api.listed(wanted, request.args.get("cursor"), SHOWN)
    further = None
    if page.next is not None:
        kept = {name: request.args[name] for name in CHOICES if request.args.get(name)}
        further = _board_at({**kept, "cursor": page.next})
    return render_template(
        "tenders/board.html",
        lines=page.items,
        facets=site().office.read(lambda session: listing.facets(session, wanted)),
        typed=typed,
        wanted=wanted,
        days=days,
        states=list(states.values()),
        categories=list(Category),
        further=further,
    )


@pages.get("/tenders/<no>")
@public
@shared
def tender(no: str) -> str:
    """The page of a tender."""
    office, now = site().office, moment()
    page = office.read(lambda session: tender_page(session, no, now, office.calendar(session)))
    return render_template(
        "tenders/tender.html",
        page=page,
        ask_url=f"{site().settings.anonymous_url}/tenders/{no}/question",
        seal_url=f"{site().settings.anonymous_url}/seal",
        crowd=CROWD,
        onward=[(way.label, url_for(way.endpoint, no=no)) for way in public_ways(page.tender)],
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
