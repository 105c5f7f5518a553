"""The front of the house: home, the desk, health, the description of the calls."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from flask import Blueprint, Response, current_app, jsonify, render_template, url_for
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from market.feature import DeskItem
from market.web import access, desks
from market.web.api import PREFIX, call
from market.web.pages import HEADINGS, HomeItem, HomeSlot, Pages
from market.web.site import moment, site

SHOWN: Final = 6  # lines in each slot of the home page

pages = Pages("front", __name__)
anonymous_pages = Blueprint("front", __name__)


@pages.get("/")
@access.public
def home() -> str:
    """Search, what closes soon, what is new: of all rooms together."""
    now = moment()
    endpoint = site().search
    return render_template(
        "home.html",
        slots=site().office.read(lambda session: slots(session, now)),
        headings=HEADINGS,
        search=None if endpoint is None else url_for(endpoint),
    )


def slots(session: Session, now: datetime) -> dict[HomeSlot, list[HomeItem]]:
    """The lines of each slot: the next deadlines first, otherwise the newest first."""
    lines: dict[HomeSlot, list[HomeItem]] = {slot: [] for slot in HomeSlot}
    for source in site().home:
        lines[source.slot].extend(source.read(session, now, SHOWN))
    for slot, items in lines.items():
        if slot is not HomeSlot.FIGURES:
            items.sort(key=lambda item: item.when or now, reverse=slot is not HomeSlot.CLOSING)
            del items[SHOWN:]
    return lines


@pages.get("/desk")
@access.signed_in
def desk() -> str:
    """What waits for this actor, most urgent first; then where this actor works."""
    now = moment()
    items, titles = site().office.read(lambda session: named(session, waiting(session, now)))
    return render_template(
        "desk.html",
        titles=titles,
        groups=desks.grouped(items, now),
        count=len(items),
        places=desks.places(
            access.current_actor(), lambda name: name in current_app.view_functions
        ),
        now=now,
    )


def waiting(session: Session, now: datetime) -> Sequence[DeskItem]:
    """What all rooms have for the actor; what has no date stands last."""
    actor = access.current_actor()
    found = [
        item
        for feature in site().features
        if feature.desk is not None
        for item in feature.desk(session, actor, now)
    ]
    return sorted(found, key=lambda item: (item.due_at is None, item.due_at or now, item.subject))


def named(
    session: Session, items: Sequence[DeskItem]
) -> tuple[Sequence[DeskItem], Mapping[str, tuple[str, str]]]:
    """The items, and what their subjects are called; each room is asked once for all of them."""
    numbers = sorted({item.subject for item in items})
    titles: dict[str, tuple[str, str]] = {}
    for feature in site().features:
        if numbers and feature.titles is not None:
            titles |= feature.titles(session, numbers)
    return items, titles


@pages.get("/healthz")
@access.public
def health() -> Response:
    """Whether this process reaches its database."""
    return _health()


@anonymous_pages.get("/healthz")
@access.anonymous
def anonymous_health() -> Response:
    """Whether this process reaches its database."""
    return _health()


def _health() -> Response:
    try:
        site().office.read(lambda session: session.execute(text("SELECT 1")).scalar_one())
    except SQLAlchemyError:
        answer = jsonify(status="no database")
        answer.status_code = 503
        return answer
    return jsonify(status="ok")


@pages.get(f"{PREFIX}openapi.json")
@call(summary="The description of these calls (OpenAPI 3.1)")
@access.public
def openapi() -> Response:
    """All calls of this version, of both hosts."""
    return Response(site().description, content_type="application/json")
