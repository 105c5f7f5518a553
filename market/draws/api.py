"""Calls of a draw: the pool for its auditor, what the parties give, the file for everybody.

Commitments and nonces come from the parties' own programs alone; no page of ours makes one.
"""

from collections.abc import Callable
from typing import Final

from flask import Blueprint, Response

from market.accounts.queries.organisations import organisation
from market.command import Work
from market.draws import publication, queries
from market.draws.audience import refuse_hidden
from market.draws.commands.parties import (
    Give,
    Given,
    commit_nonce,
    give_audit,
    give_consent,
    reveal_nonce,
    void_attempt,
)
from market.draws.commands.walking import HandOutPool, hand_out_pool
from market.draws.rules import no_draw
from market.draws.sealing import sealer
from market.kernel.permissions import Permission
from market.protocol.encoding import JsonObject, canonical, parse
from market.protocol.trust import read_trust
from market.web.access import current_actor, needs, public
from market.web.api import received
from market.web.site import site

PAGES: Final = Blueprint("draws", __name__)


@PAGES.get("/api/v1/draws/<no>")
@public
def show(no: str) -> Response:
    """The draw file as published; "not-yet" (404) before."""
    refuse_hidden(site().office, current_actor(), no)
    found = site().office.read(
        lambda session: publication.draw_file(session, no, _quorum(), sealer(site().settings.keys))
    )
    return Response(found, content_type="application/json")


@PAGES.get("/api/v1/draws/<no>/state")
@needs(Permission.DRAWS_NONCE_GIVE)
def state(no: str) -> Response:
    """The freeze and how far the draw is, for its parties."""
    own = _own_code()
    found = site().office.read(lambda session: queries.facts(session, no))
    if all(item.organisation != own for item in found.freeze.parties):
        raise no_draw()
    return _answer(
        {
            "freeze": found.freeze.json(),
            "state": found.state.value,
            "attempt": found.attempt,
            "missing": list(found.missing),
            "needs_consent": found.needs_consent,
        }
    )


@PAGES.get("/api/v1/draws/<no>/pool")
@needs(Permission.DRAWS_POOL_AUDIT)
def pool(no: str) -> Response:
    """`{freeze, pool, recusals}`: what an auditing party computes the pool from again.

    `recusals` backs whom the plan keeps out by name: one salted fact for each.
    """
    command = HandOutPool(no, _own_code(), sealer(site().settings.keys))
    raw = site().office.run(hand_out_pool, command, current_actor())
    found = site().office.read(lambda session: queries.facts(session, no))
    given = parse(raw, limit=len(raw))
    recusals = given.pop("recusals", None)
    return _answer({"freeze": found.freeze.json(), "pool": given, "recusals": recusals})


def _give(handler: Callable[[Work, Give], Given], no: str) -> Response:
    body = received()
    given = site().office.run(handler, Give(no, body.raw, _quorum()), current_actor(), at=body.at)
    return _answer(
        {"state": given.state.value, "attempt": given.attempt, "missing": list(given.missing)}
    )


@PAGES.post("/api/v1/draws/<no>/audit")
@needs(Permission.DRAWS_POOL_AUDIT)
def take_audit(no: str) -> Response:
    """A signed pool-audit."""
    return _give(give_audit, no)


@PAGES.post("/api/v1/draws/<no>/consents")
@needs(Permission.DRAWS_POOL_AUDIT)
def take_consent(no: str) -> Response:
    """A supervisor's signed draw-consent."""
    return _give(give_consent, no)


@PAGES.post("/api/v1/draws/<no>/commits")
@needs(Permission.DRAWS_NONCE_GIVE)
def take_commit(no: str) -> Response:
    """A signed draw-commit."""
    return _give(commit_nonce, no)


@PAGES.post("/api/v1/draws/<no>/reveals")
@needs(Permission.DRAWS_NONCE_GIVE)
def take_reveal(no: str) -> Response:
    """A draw-reveal; "not-witnessed" until the witnesses have seen every commitment."""
    return _give(reveal_nonce, no)


@PAGES.post("/api/v1/draws/<no>/voids")
@needs(Permission.DRAWS_POOL_AUDIT)
def take_void(no: str) -> Response:
    """A supervisor's signed draw-void after a time limit."""
    return _give(void_attempt, no)


def _quorum() -> int:
    return read_trust(site().settings.trust_file.read_bytes()).quorum


def _own_code() -> str:
    own = current_actor().organisation
    if own is None:
        raise no_draw()
    return site().office.read(lambda session: organisation(session, own)).uscc


def _answer(value: JsonObject) -> Response:
    return Response(canonical(value), content_type="application/json")
