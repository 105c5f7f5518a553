"""Agencies for everybody: the list with facets and search, one agency, an objection to an entry."""

from typing import Any, Final

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from intermediaries.agencies import queries
from intermediaries.agencies.commands.checking import FileObjection, file_objection
from intermediaries.agencies.commands.journaling import ENTRY, SANCTION
from intermediaries.agencies.measures import kept_out, measures
from intermediaries.agencies.queries import PublicAgency, Search
from intermediaries.agencies.rules.states import CREDIT, AgencyState
from intermediaries.agencies.words import WORDS
from intermediaries.catalogue.rules import Category
from market.journal.queries import entries_of, head
from market.kernel.permissions import Permission
from market.web.access import needs, public
from market.web.cursor import page_of, read_cursor
from market.web.fields import LinesField
from market.web.forms import Form, submit
from market.web.language import language, lazy_gettext
from market.web.pages import NavItem, Pages
from market.web.parts import parts_of
from market.web.patterns import Proof
from market.web.shared import shared
from market.web.site import moment, site

SHOWN: Final = 50
TYPED: Final = 200  # characters of a search
CODE: Final = 16  # characters of an item's code
STATES: Final = (
    AgencyState.ACTIVE,
    AgencyState.PUBLICITY,
    AgencyState.SUSPENDED,
    AgencyState.REMOVED,
    AgencyState.LEFT,
)

SUPERMARKET: Final = frozenset(
    {"items", "cityrules", "demands", "offers", "orders", "credit", "assessment"}
)
"""Blueprints of the supermarket whose public pages lie in its place of the main navigation."""

pages = Pages(
    "agencies",
    "intermediaries.agencies.feature",
    url_prefix="/agencies",
    words=WORDS,
    navigation=(NavItem(lazy_gettext("Supermarket"), "agencies.board", 42, SUPERMARKET),),
)


class Objection(Form):
    """What speaks against an entry."""

    text = LinesField(
        lazy_gettext("What speaks against this entry"),
        longest=2000,
        hint=lazy_gettext(
            "Facts, and where they can be seen. The agency reads them, not who you are."
        ),
    )


@pages.get("")
@public
@shared
def board() -> str:
    """Agencies by category, item, standing and words."""
    typed = request.args.get("q", "")[:TYPED].strip()
    categories = {one.value: one for one in Category}
    states = {one.value: one for one in STATES}
    item = request.args.get("item", "")[:CODE].strip()
    search = Search(
        typed or None,
        categories.get(request.args.get("category", "")),
        item or None,
        states.get(request.args.get("state", "")),
    )
    cursor = read_cursor(request.args.get("cursor"), (int, str))
    after = None if cursor is None else (int(cursor[0]), str(cursor[1]))
    now = moment()
    rows = site().office.read(
        lambda session: queries.listed(
            session,
            search,
            now,
            SHOWN + 1,
            None if after is None else (int(after[0]), str(after[1])),
        )
    )
    page = page_of(rows, SHOWN, lambda one: one.key)
    chosen: dict[str, Any] = {
        "q": search.typed,
        "category": search.category.value if search.category else None,
        "item": search.item,
        "state": search.state.value if search.state else None,
    }
    return render_template(
        "agencies/board.html",
        lines=page.items,
        measures=site().office.read(measures),
        kept_out=site().office.read(lambda session: kept_out(session, now)),
        measures_law=CREDIT.zh if language() == "zh" else CREDIT.en,
        typed=typed,
        search=search,
        categories=list(Category),
        states=STATES,
        counts=site().office.read(lambda session: queries.category_counts(session, search, now)),
        further=None
        if page.next is None
        else url_for("agencies.board", **chosen, cursor=page.next),
    )


@pages.get("/<no>")
@public
@shared
def agency(no: str) -> str:
    """One agency: services with prices and promises, certificates, its course.

    What rooms above know of it, its orders among it, they hand in (`Feature.parts`).
    """
    facts = _known(no)
    proof = site().office.read(lambda session: _proof(session, no))
    parts = parts_of("agencies.agency", no)
    return render_template("agencies/agency.html", facts=facts, proof=proof, parts=parts)


@pages.route("/<no>/objection", methods=["GET", "POST"])
@needs(Permission.AGENCIES_OBJECTION_FILE)
def objection(no: str) -> ResponseReturnValue:
    """Object to an entry that is in publicity."""
    facts, form = _known(no), Objection()
    if not form.is_sent:
        return render_template("agencies/objection.html", form=form, facts=facts)
    return submit(
        form,
        site().office,
        file_objection,
        lambda: FileObjection(no, form.text),
        again=lambda: render_template("agencies/objection.html", form=form, facts=facts),
        to=lambda _: url_for("agencies.agency", no=no, sent="yes"),
    )


def _proof(session: Session, no: str) -> Proof | None:
    """The badge of the newest act about an agency; None while there is none."""
    acts = [entry for kind in (ENTRY, SANCTION) for entry in entries_of(session, no, kind)]
    if not acts:
        return None
    index = max(entry.index for entry in acts)
    url = url_for("log.proof", index=index)
    seen = head(session, witnesses=1)
    if seen is None or index >= seen.size:
        return Proof(index, url)
    return Proof(index, url, seen.witnesses, seen.root, url)


def _known(no: str) -> PublicAgency:
    now = moment()
    return site().office.read(lambda session: queries.public_agency(session, no, now))
