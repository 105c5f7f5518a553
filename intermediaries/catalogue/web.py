"""The catalogue's pages: the list with facets and search, one item, and its keeper's desk."""

import re
from collections.abc import Sequence
from typing import Any, Final

from flask import current_app, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from intermediaries.catalogue import queries
from intermediaries.catalogue.commands import ChangeItem, EnterItem, change_item, enter_item
from intermediaries.catalogue.queries import ItemFacts, Search
from intermediaries.catalogue.rules import (
    LEVELS,
    QUALIFICATION_LAW,
    Category,
    ItemTerms,
    LegalBasis,
    Level,
    Qualification,
    Requirement,
)
from intermediaries.catalogue.words import WORDS
from market.kernel.permissions import Permission
from market.kernel.workdays import days_after, legal_day
from market.web.access import needs, public
from market.web.cursor import page_of, read_cursor
from market.web.fields import HiddenField, LinesField, TextField, TickField, maybe
from market.web.forms import Form, submit
from market.web.language import gettext, lazy_gettext
from market.web.pages import Pages
from market.web.shared import shared
from market.web.site import moment, site
from market.web.typed_fields import ChoiceField, ChoicesField, DateField, IntegerField, MoneyField

SHOWN: Final = 50
WORDS_TYPED: Final = 200  # characters of a search
AGENCIES: Final = "agencies.board"  # a page of a higher room, by name
ARTICLE: Final = re.compile(r"[0-9]{1,4}(\([0-9]{1,3}\))?(-[0-9]{1,4})?", re.ASCII)

pages = Pages(
    "items",
    __name__,
    words=WORDS,
)


class ItemForm(Form):
    """Everything an item says; which category it belongs to is chosen once."""

    name_zh = TextField(lazy_gettext("Name in Chinese"))
    name_en = TextField(lazy_gettext("Name in English"))
    scope_zh = LinesField(lazy_gettext("What is done, in Chinese"), longest=1000)
    scope_en = LinesField(lazy_gettext("What is done, in English"), longest=1000)
    law_zh = maybe(
        TextField(
            lazy_gettext("Law in Chinese"),
            hint=lazy_gettext(
                "Law, administrative regulation or decision of the State Council. Without one the"
                " item is no condition of an approval."
            ),
        )
    )
    law_en = maybe(TextField(lazy_gettext("Law in English")))
    article = maybe(
        TextField(
            lazy_gettext("Article"),
            longest=20,
            form=ARTICLE,
            hint=lazy_gettext("Its number, like 16 or 13(6)."),
        )
    )
    verified = TickField(lazy_gettext("I have read this article in its text in force"))
    is_condition = TickField(lazy_gettext("An approval cannot be had without it"))
    approvals = maybe(
        LinesField(
            lazy_gettext("Codes of approval items"), longest=1000, hint=lazy_gettext("One a line.")
        )
    )
    standard_days = IntegerField(
        lazy_gettext("Standard time"), least=1, most=365, hint=lazy_gettext("Working days.")
    )
    price_low = MoneyField(lazy_gettext("Guide price from"))
    price_high = MoneyField(lazy_gettext("Guide price to"))
    qualification = maybe(
        ChoiceField(
            lazy_gettext("Qualification asked for"),
            Qualification,
            hint=lazy_gettext("Only what a law asks for. Leave it open where none does."),
        )
    )
    levels = ChoicesField(lazy_gettext("Levels that are enough"), Level)
    from_day = DateField(lazy_gettext("In force from"))
    reason = LinesField(lazy_gettext("Reason"), longest=1000)

    def check(self) -> None:
        """Law and article belong together, and so do qualification and levels."""
        basis = {"law_zh": self.law_zh, "law_en": self.law_en, "article": self.article}
        if any(basis.values()):
            for key, value in basis.items():
                if value is None:
                    self.wrong(key, gettext("Law in both languages and article belong together."))
        if (self.qualification is None) != (not self.levels):
            self.wrong("levels", gettext("Qualification and levels belong together."))
        elif self.qualification and not set(self.levels) <= set(LEVELS[self.qualification]):
            self.wrong("levels", gettext("This qualification does not have all of these levels."))

    def terms(self, *, offered: bool) -> ItemTerms:
        """What was typed, as an item says it."""
        basis = None
        if self.law_zh and self.law_en and self.article:
            basis = LegalBasis(self.law_zh, self.law_en, self.article, verified=self.verified)
        asked = None if self.qualification is None else Requirement(self.qualification, self.levels)
        codes = (self.approvals or "").split()
        return ItemTerms(
            name_zh=self.name_zh,
            name_en=self.name_en,
            scope_zh=self.scope_zh,
            scope_en=self.scope_en,
            basis=basis,
            standard_days=self.standard_days,
            price_low=self.price_low,
            price_high=self.price_high,
            approvals=tuple(codes),
            requirement=asked,
            is_condition=self.is_condition,
            offered=offered,
        )


class NewItem(ItemForm):
    """A new item."""

    category = ChoiceField(lazy_gettext("Category"), Category)


class ChangedItem(ItemForm):
    """What an item says from a later day on."""

    withdrawn = TickField(lazy_gettext("Withdraw it from the catalogue from this day on"))
    seen = HiddenField("")


@pages.get("/items")
@public
@shared
def board() -> str:
    """Items in force today by category and words."""
    typed = request.args.get("q", "")[:WORDS_TYPED].strip()
    known = {one.value: one for one in Category}
    conditions = request.args.get("conditions") == "yes"
    search = Search(typed or None, known.get(request.args.get("category", "")), conditions)
    after = read_cursor(request.args.get("cursor"), (str,))
    today = legal_day(moment())
    page = page_of(
        site().office.read(
            lambda session: queries.items(
                session, search, today, SHOWN + 1, None if after is None else str(after[0])
            )
        ),
        SHOWN,
        lambda one: (one.code,),
    )
    chosen: dict[str, Any] = {
        "q": search.typed,
        "category": search.category.value if search.category else None,
        "conditions": "yes" if conditions else None,
    }
    return render_template(
        "catalogue/board.html",
        lines=page.items,
        typed=typed,
        search=search,
        categories=list(Category),
        counts=site().office.read(lambda session: queries.category_counts(session, search, today)),
        further=None if page.next is None else url_for("items.board", **chosen, cursor=page.next),
        agencies_url=_agencies(None),
    )


@pages.get("/items/<code>")
@public
def item(code: str) -> str:
    """One item: legal basis, time, prices, qualification, approvals, every change."""
    today = legal_day(moment())

    def ask(session: Session) -> tuple[ItemFacts, Sequence[ItemFacts]]:
        return queries.item_by_code(session, code, today), queries.versions(session, code)

    facts, history = site().office.read(ask)
    return render_template(
        "catalogue/item.html",
        facts=facts,
        history=history,
        today=today,
        why=QUALIFICATION_LAW,
        agencies_url=_agencies(code),
    )


@pages.get("/desk/items")
@needs(Permission.CATALOGUE_ITEM_EDIT)
def kept() -> str:
    """The whole catalogue for its keeper, withdrawn items and those to come included."""
    today = legal_day(moment())
    lines = site().office.read(lambda session: queries.all_items(session, today))
    return render_template("catalogue/kept.html", lines=lines, today=today)


@pages.route("/desk/items/new", methods=["GET", "POST"])
@needs(Permission.CATALOGUE_ITEM_EDIT)
def new() -> ResponseReturnValue:
    """Enter an item."""
    form = NewItem(initial={"from_day": legal_day(moment())})
    if not form.is_sent:
        return render_template("catalogue/edit.html", form=form, facts=None)
    return submit(
        form,
        site().office,
        enter_item,
        lambda: EnterItem(form.category, form.terms(offered=True), form.from_day, form.reason),
        again=lambda: render_template("catalogue/edit.html", form=form, facts=None),
        to=lambda _: url_for("items.kept"),
    )


@pages.route("/desk/items/<code>", methods=["GET", "POST"])
@needs(Permission.CATALOGUE_ITEM_EDIT)
def change(code: str) -> ResponseReturnValue:
    """Change an item from a later day on, or withdraw it."""
    newest = site().office.read(lambda session: queries.versions(session, code))[0]
    form = ChangedItem(initial=_typed(newest))
    if not form.is_sent:
        return render_template("catalogue/edit.html", form=form, facts=newest)
    return submit(
        form,
        site().office,
        change_item,
        lambda: ChangeItem(
            newest.id,
            form.terms(offered=not form.withdrawn),
            form.from_day,
            form.reason,
            int(form.seen) if form.seen.isdecimal() else 0,
        ),
        again=lambda: render_template("catalogue/edit.html", form=form, facts=newest),
        to=lambda _: url_for("items.kept"),
    )


def _typed(facts: ItemFacts) -> dict[str, object]:
    terms = facts.terms
    basis, asked = terms.basis, terms.requirement
    tomorrow = days_after(legal_day(moment()), 1)
    return {
        "name_zh": terms.name_zh,
        "name_en": terms.name_en,
        "scope_zh": terms.scope_zh,
        "scope_en": terms.scope_en,
        "law_zh": None if basis is None else basis.law_zh,
        "law_en": None if basis is None else basis.law_en,
        "article": None if basis is None else basis.article,
        "verified": basis is not None and basis.verified,
        "is_condition": terms.is_condition,
        "approvals": "\n".join(terms.approvals) or None,
        "standard_days": terms.standard_days,
        "price_low": terms.price_low,
        "price_high": terms.price_high,
        "qualification": None if asked is None else asked.kind,
        "levels": () if asked is None else asked.levels,
        "from_day": max(tomorrow, facts.from_day),
        "withdrawn": not terms.offered,
        "seen": str(facts.number),
    }


def _agencies(code: str | None) -> str | None:
    """Where the agencies stand that offer an item, or all of them; None without their room."""
    return url_for(AGENCIES, item=code) if AGENCIES in current_app.view_functions else None
