"""Calls of officers' programs, and the manifest for everybody."""

from collections.abc import Callable
from typing import Final, TypeVar

from flask import Blueprint, Response

from bidding.officers import queries
from bidding.officers.commands import GiveKey, PostRehearsal, give_key, post_rehearsal
from market.kernel.errors import NotFound
from market.kernel.permissions import Permission
from market.protocol.encoding import JsonObject, b64u, canonical, parse
from market.web.access import anonymous, current_actor, needs, public
from market.web.api import received
from market.web.site import site

V = TypeVar("V", bound=Callable[..., object])

pages: Final = Blueprint("officers_api", __name__)


@pages.post("/api/v1/tenders/<no>/officers")
@needs(Permission.OFFICERS_KEY_GIVE)
def key(no: str) -> Response:
    """Take an officer's sealing key with its organisation's proof; again: the same seat."""
    body = received()
    command = GiveKey(no, body.raw)
    done = site().office.run_once(give_key, command, current_actor(), body.once, at=body.at)
    return _json({"seat": done["seat"]})


@pages.get("/api/v1/tenders/<no>/rehearsal/shares")
@needs(Permission.OFFICERS_SHARE_POST)
def rehearsal(no: str) -> Response:
    """The rehearsal's sheet: header and one sealed envelope."""
    actor = current_actor()
    sheet, seats = site().office.read(
        lambda session: (queries.rehearsal(session, no), queries.seats(session, no))
    )
    own = [seat for seat in seats if seat.person == actor.person]
    if sheet is None or not own:
        raise NotFound
    return _json({"seat": own[0].i, "sheet": parse(sheet)})


@pages.post("/api/v1/tenders/<no>/rehearsal/shares")
@needs(Permission.OFFICERS_SHARE_POST)
def rehearse(no: str) -> Response:
    """Take an officer's signed rehearsal batch."""
    body = received()
    command = PostRehearsal(no, body.raw)
    done = site().office.run_once(post_rehearsal, command, current_actor(), body.once, at=body.at)
    return _json({"rehearsed": done["rehearsed"], "officers": done["officers"]})


def manifest_pages(name: str, mark: Callable[[V], V]) -> Blueprint:
    """The manifest under the mark of one host."""
    blueprint = Blueprint(name, __name__)

    def manifest(no: str) -> Response:
        """A tender's settled manifest, byte for byte; its hash is the ETag; none yet: 404."""
        found = site().office.read(lambda session: queries.manifest(session, no))
        if found is None:
            raise NotFound
        answer = Response(found.raw, content_type="application/json")
        answer.headers["ETag"] = f'"{b64u(found.hash)}"'
        return answer

    rule = "/api/v1/tenders/<no>/manifest"
    blueprint.add_url_rule(rule, "manifest", mark(manifest))  # type: ignore[arg-type]  # a view
    return blueprint


def _json(value: JsonObject) -> Response:
    return Response(canonical(value), content_type="application/json")


PUBLIC_PAGES: Final = manifest_pages("manifests", public)
ANONYMOUS_PAGES: Final = manifest_pages("manifests_anonymous", anonymous)
