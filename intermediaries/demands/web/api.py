"""Published demands for programs: the list, and one with its notice, dates and terms."""

from typing import Annotated, Final

from flask import Response
from pydantic import Field
from sqlalchemy.orm import Session

from intermediaries.catalogue.rules import Category
from intermediaries.demands import listing, queries
from intermediaries.demands.guards import shut_to_departments
from intermediaries.demands.listing import Search
from intermediaries.demands.notice import notice_bytes
from intermediaries.demands.rules.states import DemandState
from intermediaries.rulebook.selection.modes import Mode
from intermediaries.rulebook.selection.record import terms_json
from market.accounts.queries.organisations import organisation
from market.protocol.encoding import Json, JsonObject, b64u, canonical, parse, stamp
from market.protocol.encoding import moment as read_moment
from market.web.access import public
from market.web.api import Answer, Query, call
from market.web.cursor import page_of, read_cursor
from market.web.pages import Pages
from market.web.site import moment, site

BRIEFLY: Final = "public, max-age=5"

pages = Pages("demand_calls", "intermediaries.demands.feature", url_prefix="/api/v1/demands")
shut_to_departments(pages)


class ListQuery(Query):
    """Which demands: by state, category, mode and words, from where on."""

    state: DemandState | None = None
    category: Category | None = None
    mode: Mode | None = None
    q: Annotated[str, Field(max_length=200)] | None = None
    cursor: str | None = None
    limit: Annotated[int, Field(ge=1, le=100)] = 20


class DemandItem(Answer):
    """One demand of a list; the ceiling in fen."""

    no: str
    title_zh: str
    title_en: str
    state: DemandState
    category: Category
    mode: Mode
    ceiling: int
    published_at: str
    enrol_closes: str


class DemandItems(Answer):
    """A page of a list; `next` is the cursor of the one after it."""

    items: list[DemandItem]
    next: str | None


@pages.get("")
@public
@call(summary="Published demands for intermediaries", asks=ListQuery, gives=DemandItems)
def demands(query: ListQuery) -> DemandItems:
    """A page of the public list."""
    now = moment()
    search = Search(query.q, query.state, query.category, query.mode)
    after = read_cursor(query.cursor, (str, str))
    place = None if after is None else (read_moment(str(after[0])), str(after[1]))
    rows = site().office.read(
        lambda session: listing.published(session, search, now, query.limit + 1, place)
    )
    page = page_of(rows, query.limit, lambda one: (stamp(one.published_at), one.no))
    return DemandItems(
        items=[
            DemandItem(
                no=one.no,
                title_zh=one.title_zh,
                title_en=one.title_en,
                state=one.state_at(now),
                category=one.category,
                mode=one.mode,
                ceiling=one.ceiling.fen,
                published_at=stamp(one.published_at),
                enrol_closes=stamp(one.enrol_closes),
            )
            for one in page.items
        ],
        next=page.next,
    )


@pages.get("/<no>")
@public
@call(summary="A demand with its notice, its dates and the terms that enrolments sign")
def demand(no: str) -> Response:
    """One demand; nothing in it counts enrolments."""
    answer = Response(
        canonical(site().office.read(lambda session: _whole(session, no))),
        content_type="application/json",
    )
    answer.headers["Cache-Control"] = BRIEFLY
    return answer


def _whole(session: Session, no: str) -> JsonObject:
    facts = queries.facts(session, no)
    notice = parse(notice_bytes(facts, organisation(session, facts.owner)))
    dates: dict[str, Json] = {
        name: None if when is None else stamp(when)
        for name, when in (
            ("published_at", facts.published_at),
            ("enrol_opens", facts.enrol_opens),
            ("enrol_closes", facts.enrol_closes),
            ("opens_at", facts.opens_at),
            ("ended_at", facts.ended_at),
        )
    }
    return {
        "no": facts.no,
        "state": facts.state.value,
        "amendment": facts.amendment,
        "notice": notice,
        "terms": None if facts.terms is None else terms_json(facts.terms),
        "terms_hash": None if facts.terms_hash is None else b64u(facts.terms_hash),
        **dates,
    }
