"""Calls of a selection: what a program seals with, its enrolment, the file for everybody."""

from datetime import datetime
from typing import Final

from flask import Blueprint, Response
from sqlalchemy.orm import Session

from intermediaries.demands.guards import shut_to_departments
from intermediaries.offers import queries
from intermediaries.offers.commands.enrolling import Enrol, enrol
from intermediaries.offers.proofs import handed_out
from intermediaries.offers.round_prices import published_prices
from intermediaries.offers.rows import no_selection
from intermediaries.offers.score_table import sheets_of
from market.accounts.queries.organisations import organisation
from market.command import Actor
from market.journal.keys import load
from market.kernel.permissions import Permission
from market.protocol.encoding import JsonObject, b64u, canonical, parse, stamp, unb64u
from market.protocol.members import Members
from market.protocol.trust import read_trust
from market.web.access import current_actor, needs, public
from market.web.api import received
from market.web.site import moment, site

ACT_LIMIT: Final = 8 * 1024 * 1024
"""Bytes of one enrolment with its ciphertext, a scheme in it included."""

pages: Final = Blueprint("offers_api", __name__)
shut_to_departments(pages)


@pages.get("/api/v1/demands/<no>/enrolments")
@needs(Permission.OFFERS_OFFER_MAKE)
def state(no: str) -> Response:
    """What a program signs and seals for: terms, amendment, timekeepers, its own last act.

    Of other agencies nothing, not even how many there are.
    """
    actor = current_actor()
    return _answer(site().office.read(lambda session: _state(session, no, actor, moment())))


@pages.post("/api/v1/demands/<no>/enrolments")
@needs(Permission.OFFERS_OFFER_MAKE)
def take(no: str) -> Response:
    """`{act, ciphertext, scheme}`, all base64url: an enrolment, a replacement, or a withdrawal.

    `ciphertext` null where nothing is sealed, `scheme` null or left out where none is asked for.

    The answer is `{receipt}`, signed; the same act again has the same receipt, at any time.
    """
    body = received(ACT_LIMIT)
    most, said = len(body.raw), parse(body.raw, limit=ACT_LIMIT)
    given = Members({"scheme": None, **said})
    act = unb64u(given.text("act", high=most))
    sent, scheme = (
        given.maybe(name, lambda name: unb64u(given.text(name, high=most)))
        for name in ("ciphertext", "scheme")
    )
    given.end()
    # Who enrols is nobody's knowledge: the act itself is the record, and the trail has no line.
    actor = _unrecorded(current_actor())
    held = site().office.run(enrol, Enrol(no, act, sent, scheme), actor, at=body.at)
    return _answer({"receipt": held.sign(load(site().settings.keys).receipt)})


@pages.get("/api/v1/demands/<no>/selection")
@public
def file(no: str) -> Response:
    """The selection file of a published result; `market.verify selection` runs it again."""
    quorum = read_trust(site().settings.trust_file.read_bytes()).quorum
    raw = site().office.read(lambda session: handed_out(session, no, quorum))
    answer = Response(raw, content_type="application/json")
    answer.headers["Content-Disposition"] = 'attachment; filename="selection.json"'
    return answer


@pages.get("/api/v1/demands/<no>/rounds")
@public
def prices(no: str) -> Response:
    """Every price named in rounds with the salt of its hash, once the result is published."""
    return _answer(site().office.read(lambda session: published_prices(session, no)))


@pages.get("/api/v1/demands/<no>/sheets")
@public
def scheme_sheets(no: str) -> Response:
    """The reviewers' locked sheets of a published choice by scheme, as the journal names them."""
    return _answer(site().office.read(lambda session: sheets_of(session, no)))


def _state(session: Session, no: str, actor: Actor, now: datetime) -> JsonObject:
    if actor.organisation is None:
        raise no_selection()
    found = queries.selection(session, no)
    last = queries.own(session, no, actor.organisation)
    keys = queries.manifest(session, no)
    return {
        "demand": found.demand_no,
        "round": found.round,
        "amendment": found.amendment,
        "state": found.state.value,
        "sealed": found.sealed,
        "terms_hash": b64u(found.terms_hash),
        "enrol_opens": stamp(found.enrol_opens),
        "enrol_closes": stamp(found.enrol_closes),
        "now": stamp(now),
        "manifest": None if keys is None else keys.to_json(),
        "agency": organisation(session, actor.organisation).uscc,
        "last": None
        if last is None
        else {
            "seq": last.seq,
            "hash": b64u(last.act_hash),
            "is_withdrawal": last.is_withdrawal,
            "at": stamp(last.at),
        },
    }


def _unrecorded(actor: Actor) -> Actor:
    return Actor(actor.name, actor.permissions, actor.person, actor.organisation, unrecorded=True)


def _answer(value: JsonObject) -> Response:
    return Response(canonical(value), content_type="application/json")
