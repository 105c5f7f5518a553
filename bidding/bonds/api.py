"""Bond keys for everybody; surrender for whoever holds a bid key."""

from collections.abc import Callable
from typing import Final, TypeVar

from flask import Blueprint, Response

from bidding.bonds import queries
from bidding.bonds.commands import GiveBack, give_back
from bidding.bonds.hearings import ShowIdentity, show_identity
from market.command import ANONYMOUS
from market.journal.keys import load
from market.kernel.permissions import Permission
from market.protocol.answers import write_answer
from market.protocol.encoding import Json, canonical, parse
from market.web.access import anonymous, current_actor, needs, public
from market.web.api import received
from market.web.site import site

V = TypeVar("V", bound=Callable[..., object])


def _keys() -> Response:
    published: list[Json] = [*site().office.read(queries.published_keys)]
    answer = Response(canonical({"keys": published}), content_type="application/json")
    answer.headers["Cache-Control"] = "public, max-age=60"
    return answer


def key_pages(name: str, mark: Callable[[V], V]) -> Blueprint:
    """The list of bond keys under the mark of one host."""
    pages = Blueprint(name, __name__)

    def bond_keys() -> Response:
        """The published bond keys of all denominations, each with its signed statement."""
        return _keys()

    pages.add_url_rule("/api/v1/bond-keys", "bond_keys", mark(bond_keys))  # type: ignore[arg-type]
    return pages


claim_pages: Final = Blueprint("bonds_api", __name__)


@claim_pages.post("/api/v1/held-claims")
@needs(Permission.BIDS_OWN_READ)
def held_claim() -> Response:
    """Take `yg/held-claim/v1`: whose a held token is; again, the same hearing."""
    body = received()
    command = ShowIdentity(parse(body.raw))
    done = site().office.run_once(show_identity, command, current_actor(), body.once, at=body.at)
    return Response(canonical({"hearing": done["hearing"]}), content_type="application/json")


surrender_pages: Final = Blueprint("bonds_anonymous", __name__)


@surrender_pages.post("/api/v1/surrenders")
@anonymous
def surrender() -> Response:
    """Give a token back: the surrender's canonical bytes for its permit; again, the same."""
    body = received()
    command = GiveBack(body.raw, load(site().settings.keys).platform)
    permit = site().office.run(give_back, command, ANONYMOUS, at=body.at)
    return Response(write_answer(parse(permit)), content_type="application/json")


PUBLIC_PAGES: Final = key_pages("bond_keys", public)
ANONYMOUS_PAGES: Final = key_pages("bond_keys_anonymous", anonymous)
