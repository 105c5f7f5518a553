"""Public pages: items by stage and department, one item, progress by the project's number."""

from typing import Final
from uuid import UUID

from flask import render_template, request
from sqlalchemy.orm import Session

from market.approvals.queries import cases, items
from market.approvals.rules.items import Stage
from market.approvals.web.shown import calendar, left_words, now, tone
from market.approvals.words import WORDS
from market.kernel.errors import NotFound
from market.web.access import current_actor, public
from market.web.language import lazy_gettext
from market.web.pages import NavItem, Pages
from market.web.site import site

LONGEST: Final = 100  # characters of a search

pages = Pages(
    "approvals",
    "market.approvals",
    url_prefix="/approvals",
    words=WORDS,
    navigation=(NavItem(lazy_gettext("Approval items"), "approvals.index", 40),),
)


@pages.get("")
@public
def index() -> str:
    """The items in force, by stage and department, with words to search by."""
    search = items.Search(
        _stage(request.args.get("stage", "")),
        _uuid(request.args.get("department", "")),
        request.args.get("q", "")[:LONGEST],
    )

    def ask(session: Session) -> dict[str, object]:
        return {
            "found": items.items_in_force(session, search),
            "departments": items.departments(session),
            "stages": items.stages(session),
        }

    return render_template("approvals/index.html", search=search, **site().office.read(ask))


@pages.get("/items/<code>")
@public
def item(code: str) -> str:
    """One item: who decides, by when, on which conditions and papers, by which law."""
    found = site().office.read(lambda session: items.item(session, code))
    return render_template("approvals/item.html", item=found, mine=current_actor())


@pages.get("/progress")
@public
def progress() -> str:
    """How far the cases of a project have come, for everybody who knows its number."""
    code = request.args.get("project", "").strip()[:LONGEST]
    held = calendar()
    lines, missing = [], False
    if code:
        try:
            lines = site().office.read(lambda session: cases.progress(session, code, held, now()))
        except NotFound:
            missing = True
    return render_template(
        "approvals/progress.html",
        code=code,
        lines=lines,
        missing=missing,
        left_words=left_words,
        tone=tone,
    )


def _stage(text: str) -> Stage | None:
    return Stage(text) if text in set(Stage) else None


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
