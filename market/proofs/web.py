"""The page on which anybody checks files of the exchange; none of them leaves the browser."""

from typing import Final

from flask import Response, render_template

from market.kernel.errors import NotFound
from market.proofs.releases import placed_at, scripts
from market.web.access import public
from market.web.language import lazy_gettext
from market.web.pages import NavItem, Pages
from market.web.site import site

BRIEFLY: Final = "public, max-age=60"

pages = Pages(
    "proofs",
    __name__,
    navigation=(NavItem(lazy_gettext("Verify"), "proofs.verify", 60),),
)


@pages.get("/verify")
@public
def verify() -> str:
    """The page: a trust file and the files to check are chosen, its script says what holds."""
    return render_template("proofs/verify.html", is_demo=site().settings.is_demo)


@pages.get("/verify/scripts")
@public
def served_scripts() -> str:
    """The scripts that this site serves, by their hashes, and the journal entry that names them."""
    place = site().office.read(placed_at)
    return render_template("proofs/scripts.html", scripts=scripts(), place=place)


@pages.get("/verify/trust.json")
@public
def trust() -> Response:
    """The trust file of a demonstration; `NotFound` elsewhere.

    A trust file is worth something only where it comes by another road than the site it judges
    (PROTOCOL: the pinned keys). A demonstration keeps no secret and promises nothing by it.
    """
    settings = site().settings
    if not settings.is_demo or not settings.trust_file.is_file():
        raise NotFound
    answer = Response(settings.trust_file.read_bytes(), content_type="application/json")
    answer.headers["Cache-Control"] = BRIEFLY
    return answer
