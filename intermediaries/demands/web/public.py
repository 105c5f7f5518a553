"""Demands for everybody but departments: the board, one demand, its exact bytes, the feed."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from flask import Response, current_app, render_template, request, url_for
from sqlalchemy.orm import Session

from intermediaries.catalogue.rules import Category
from intermediaries.demands import explaining, listing, queries
from intermediaries.demands.atom import feed
from intermediaries.demands.facts import DemandFacts
from intermediaries.demands.guards import shows_selection, shut_to_departments
from intermediaries.demands.listing import DemandLine, Search
from intermediaries.demands.notice import notice_bytes
from intermediaries.demands.rules.states import PUBLIC, DemandState
from intermediaries.demands.words import WORDS
from intermediaries.rulebook.selection.modes import Mode
from intermediaries.rulebook.selection.sources import RULES
from market.accounts.queries.organisations import OrganisationFacts, organisation
from market.journal.queries import entries_of
from market.notices.proofs import badge
from market.protocol.encoding import moment as read_moment
from market.protocol.encoding import stamp
from market.web.access import current_actor, public
from market.web.cursor import page_of, read_cursor
from market.web.filters import money
from market.web.language import gettext, language
from market.web.pages import HomeItem, HomeSlot, HomeSource, Pages
from market.web.parts import parts_of
from market.web.patterns import Proof
from market.web.shared import shared
from market.web.site import moment, site

SHOWN: Final = 20
IN_FEED: Final = 50
TYPED: Final = 200  # characters of a search
BRIEFLY: Final = "public, max-age=60"
ENROL: Final = "offers_own.enrol"  # pages of a higher room, by name
SELECTION: Final = "offers.show"


def _closing(session: Session, now: datetime, limit: int) -> Sequence[HomeItem]:
    if not shows_selection():
        return []
    return [
        HomeItem(
            line.title(language()),
            url_for("demands.demand", no=line.no),
            line.no,
            line.enrol_closes,
        )
        for line in listing.closing_soon(session, now, limit)
    ]


pages = Pages(
    "demands",
    "intermediaries.demands.feature",
    url_prefix="/demands",
    words=WORDS,
    home=(HomeSource(HomeSlot.CLOSING, _closing),),
)
shut_to_departments(pages)
pages.app_context_processor(lambda: {"shows_selection": shows_selection()})


def _search() -> Search:
    """What the address asks for, on the board and in its feed alike."""
    typed = request.args.get("q", "")[:TYPED].strip()
    states = {one.value: one for one in PUBLIC}
    categories = {one.value: one for one in Category}
    modes = {one.value: one for one in Mode}
    return Search(
        typed or None,
        states.get(request.args.get("state", "")),
        categories.get(request.args.get("category", "")),
        modes.get(request.args.get("mode", "")),
    )


def _chosen(search: Search) -> dict[str, Any]:
    return {
        "q": search.typed,
        "state": search.state.value if search.state else None,
        "category": search.category.value if search.category else None,
        "mode": search.mode.value if search.mode else None,
    }


@pages.get("")
@public
@shared
def board() -> str:
    """Published demands by words, state, category and mode, newest first."""
    search, now = _search(), moment()
    after = read_cursor(request.args.get("cursor"), (str, str))
    place = None if after is None else (read_moment(str(after[0])), str(after[1]))
    rows = site().office.read(
        lambda session: listing.published(session, search, now, SHOWN + 1, place)
    )
    page = page_of(rows, SHOWN, lambda one: (stamp(one.published_at), one.no))
    chosen = _chosen(search)
    return render_template(
        "demands/board.html",
        lines=page.items,
        typed=search.typed or "",
        search=search,
        facets=site().office.read(lambda session: listing.facets(session, search, now)),
        states=[state for state in DemandState if state in PUBLIC],
        categories=list(Category),
        modes=list(Mode),
        now=now,
        feed=url_for("demands.overall_feed", **chosen),
        further=None if page.next is None else url_for("demands.board", **chosen, cursor=page.next),
    )


@pages.get("/<no>")
@public
@shared
def demand(no: str) -> str:
    """One demand: what is asked, when, how one agency is chosen, what its terms are."""
    now = moment()

    def read(session: Session) -> tuple[DemandFacts, OrganisationFacts, Proof | None]:
        facts = queries.facts(session, no)
        return facts, organisation(session, facts.owner), _proof(session, no)

    facts, owner, proof = site().office.read(read)
    amounts = [money(facts.ceiling)] + ([money(facts.fixed)] if facts.fixed else [])
    return render_template(
        "demands/demand.html",
        demand=facts,
        owner=owner,
        facts=explaining.key_facts(facts, owner.name(language()), amounts),
        rows=explaining.timetable(facts, now),
        mode_said=explaining.MODES[facts.mode],
        mode_rule=RULES[facts.mode],
        enough=explaining.enough(facts),
        steps=explaining.steps(facts, now),
        chain=site().office.read(lambda session: listing.chain(session, no, public=True)),
        parts=parts_of("demands.demand", no),
        proof=proof,
        takes=facts.takes_enrolments(now),
        is_sealed=explaining.seals(facts.mode, facts.fixed),
        enrol_url=_of(ENROL, no),
        selection_url=_of(SELECTION, no) if facts.state not in _BEFORE else None,
        is_own=current_actor().organisation == facts.owner,
        is_over=facts.state is DemandState.ENROLLING and not facts.takes_enrolments(now),
    )


@pages.get("/<no>/notice.json")
@public
def notice(no: str) -> Response:
    """The exact bytes of the notice, whose hash the journal names."""

    def read(session: Session) -> bytes:
        facts = queries.facts(session, no)
        return notice_bytes(facts, organisation(session, facts.owner))

    return Response(site().office.read(read), content_type="application/json")


@pages.get("/atom.xml")
@public
def overall_feed() -> Response:
    """The newest demands, or those that fit a search: a kept search."""
    search, now = _search(), moment()
    found: list[DemandLine] = site().office.read(
        lambda session: listing.published(session, search, now, IN_FEED, None)
    )
    raw = feed(
        found,
        title=gettext("Demands for intermediaries"),
        origin=site().settings.platform_url,
        path=request.full_path.rstrip("?"),
        language=language(),
        empty_at=now,
    )
    answer = Response(raw, content_type="application/atom+xml; charset=utf-8")
    answer.headers["Cache-Control"] = BRIEFLY
    answer.headers["Vary"] = "Accept-Language, Cookie"
    return answer


_BEFORE: Final = frozenset({DemandState.ENROLLING, DemandState.WITHDRAWN})


def _of(endpoint: str, no: str) -> str | None:
    """A page of a higher room about this demand, where that room stands on the host."""
    return url_for(endpoint, no=no) if endpoint in current_app.view_functions else None


def _proof(session: Session, no: str) -> Proof:
    """Where the notice stands in the public record."""
    placed = entries_of(session, no, "notice")
    return badge(session, placed[0] if placed else None, f"/demands/{no}")
