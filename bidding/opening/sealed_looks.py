"""Looks at what is sealed, by people who run a tender: refused where they look, recorded here.

Before the deadline owner, agent, centre and administrators are answered "not found" (or that they
lack the right) wherever a bid, a bond, an upload or a number of them could be looked for. Each such
answer leaves a line in the internal trail: who looked where, about which tender, never what for.

Nobody who bids is ever recorded: that somebody of an organisation looked at a tender before the
deadline would itself tell who may bid.
"""

import re
from typing import Final

from flask import Response, request

from bidding.tenders import queries as tenders
from bidding.tenders.rules import TenderState
from market.command import Actor
from market.kernel.errors import MarketError, NotFound
from market.kernel.permissions import Permission
from market.web.access import current_actor
from market.web.site import site

REFUSED_FROM: Final = 400
BROKEN_FROM: Final = 500
COMMAND_LIMIT: Final = 64
STORE: Final = "sealed-store"
"""The subject of a look that names no tender."""
RUNS: Final = (
    Permission.TENDERS_TENDER_PREPARE,
    Permission.TENDERS_TENDER_PUBLISH,
    Permission.EVALUATION_QUALIFICATION_CHECK,
    Permission.PROJECTS_PROJECT_ADMIT,
    Permission.ACCOUNTS_PERSON_BLOCK,
    Permission.SUPERVISION_RECORD_READ,
)
"""Whoever holds one of these runs or watches tenders."""
_OF_TENDER: Final = re.compile(
    r"/(?:api/v1/tenders|desk/tenders|desk/evaluations|supervision/evaluations|tenders)"
    r"/(?P<no>[^/]+)(?:/(?P<what>.+))?"
)
_OF_STORE: Final = re.compile(
    r"/api/v1/(?P<what>uploads|receipts|surrenders|bids|bonds|deposits)(?:/.*)?"
)
SEALED: Final = re.compile(
    r"acts|ciphertexts/.*|bonds(?:/.*)?|closing|opening|opening/shares|price-.*"
    r"|evaluation(?:/.*)?|own-result"
)
"""What of a tender is sealed until bids are closed, below its address. What is no address at all
is a look too: nobody comes upon it by a link.
"""
OFFICERS: Final = "opening/shares"
"""What officers' programs ask for until the closing stands: their own work, and no look."""


def record_sealed_look(answer: Response) -> Response:
    """Write down a refused look at what is sealed; the answer goes out as it is."""
    if REFUSED_FROM <= answer.status_code < BROKEN_FROM:
        found = _looked_at()
        if found is not None:
            what, subject, actor = found
            error = NotFound(f"sealed-{answer.status_code}", zh="未开标", en="Not opened yet")
            site().office.record_refusal(
                f"sealed.look:{what}"[:COMMAND_LIMIT], subject, actor, error
            )
    return answer


def _looked_at() -> tuple[str, str, Actor] | None:
    """What was looked for, of which tender, by whom; None for whatever is nobody's secret."""
    in_store = _OF_STORE.fullmatch(request.path)
    in_tender = None if in_store else _OF_TENDER.fullmatch(request.path)
    if in_store is None and (in_tender is None or not _is_sealed(in_tender)):
        return None  # asked first: most requests end here
    actor = _who()
    if actor is None:
        return None
    if in_store is not None:
        return in_store["what"], STORE, actor
    if in_tender is None:
        return None
    no, what = in_tender["no"], in_tender["what"] or "tender"
    if what == OFFICERS and actor.may(Permission.OFFICERS_SHARE_POST):
        return None
    return (what, no, actor) if _takes_bids(no) else None


def _is_sealed(found: re.Match[str]) -> bool:
    what = found["what"] or ""
    below_evaluation = "/evaluations/" in found[0]
    return below_evaluation or request.url_rule is None or SEALED.fullmatch(what) is not None


def _who() -> Actor | None:
    """Whoever runs or watches tenders and does not bid; None for everybody else."""
    try:
        actor = current_actor()
    except MarketError:
        return None
    if actor.may(Permission.BIDS_OWN_READ) or not any(actor.may(one) for one in RUNS):
        return None
    return actor


def _takes_bids(no: str) -> bool:
    """Whether a tender is published and its closing record does not stand."""
    try:
        facts = site().office.read(lambda session: tenders.facts(session, no))
    except MarketError:
        return False
    return facts.state is TenderState.PUBLISHED
