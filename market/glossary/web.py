"""The glossary page: every term in both languages, each at an address of its own."""

from flask import render_template

from market.glossary.terms import GROUPS
from market.web.access import public
from market.web.pages import Pages

pages = Pages("glossary", __name__)


@pages.get("/glossary")
@public
def glossary() -> str:
    """All terms by group; `#name` leads to one of them."""
    return render_template("glossary/glossary.html", groups=GROUPS)
