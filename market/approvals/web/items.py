"""Pages of a department's items: versions that wait and are in force, a new one, its approval."""

from collections.abc import Mapping
from typing import Final
from uuid import UUID

from flask import render_template, url_for
from flask.typing import ResponseReturnValue

from market.approvals.commands.items import (
    NameItem,
    ProposeItem,
    approve_item,
    drop_item,
    propose_item,
    retire_item,
)
from market.approvals.queries import items
from market.approvals.queries.items import ItemFacts
from market.approvals.rules.cases import TEXT_LIMIT
from market.approvals.rules.items import (
    MOST_DAYS,
    ItemContent,
    ItemState,
    Mode,
    Stage,
    read_materials,
    write_materials,
)
from market.kernel.errors import MarketError, NotFound
from market.kernel.permissions import Permission
from market.web.access import current_actor, needs
from market.web.fields import LinesField, Maybe, TextField
from market.web.forms import Form, submit
from market.web.language import language, lazy_gettext
from market.web.pages import Pages
from market.web.press import press
from market.web.site import site
from market.web.typed_fields import ChoiceField, IntegerField, MoneyField

pages = Pages("approval_items", "market.approvals", url_prefix="/desk/approval-items")

_ACTS: Final = {"approve": approve_item, "drop": drop_item, "retire": retire_item}
_HOW_MATERIALS: Final = lazy_gettext(
    "One line each: name; English name; applicant, agency or department; law that asks for it. "
    "What an agency makes needs its law; what the department looks up is asked of nobody."
)


class ItemForm(Form):
    """Everything an item says."""

    code = TextField(lazy_gettext("Code"), longest=32)
    name_zh = TextField(lazy_gettext("Name in Chinese"))
    name_en = TextField(lazy_gettext("Name in English"))
    stage = ChoiceField(lazy_gettext("Stage"), Stage)
    mode = ChoiceField(lazy_gettext("How it is handled"), Mode)
    conditions_zh = LinesField(lazy_gettext("Conditions in Chinese"), longest=TEXT_LIMIT)
    conditions_en = Maybe(LinesField(lazy_gettext("Conditions in English"), longest=TEXT_LIMIT))
    materials = LinesField(lazy_gettext("Materials"), longest=TEXT_LIMIT, hint=_HOW_MATERIALS)
    statutory = IntegerField(
        lazy_gettext("Period of the law, in working days"), least=1, most=MOST_DAYS
    )
    promised = IntegerField(
        lazy_gettext("Promised, in working days"),
        most=MOST_DAYS,
        hint=lazy_gettext("Never longer than the law gives; 0 is the same day."),
    )
    own_period = Maybe(
        TextField(
            lazy_gettext("Law that gives this item another period"),
            hint=lazy_gettext("Needed above 20 working days, or 45 where it is handled jointly."),
        )
    )
    silence = Maybe(
        TextField(
            lazy_gettext("Rule that makes silence consent"),
            hint=lazy_gettext("Empty: silence is no consent."),
        )
    )
    fee = MoneyField(lazy_gettext("Fee"), hint=lazy_gettext("0 where nothing is charged."))
    fee_basis = Maybe(TextField(lazy_gettext("Basis of the fee")))
    basis_zh = TextField(lazy_gettext("Legal basis in Chinese"), longest=400)
    basis_en = TextField(lazy_gettext("Legal basis in English"), longest=400)

    def check(self) -> None:
        """The materials, line by line."""
        try:
            read_materials(self.materials)
        except MarketError as refusal:
            self.wrong("materials", refusal.words(language()))


@pages.get("")
@needs(Permission.APPROVALS_ITEM_EDIT)
def own() -> str:
    """The items of the department one acts for."""
    department = _department()
    lines = site().office.read(lambda session: items.versions(session, department))
    return render_template("approvals/own_items.html", lines=lines)


@pages.route("/new", methods=["GET", "POST"])
@needs(Permission.APPROVALS_ITEM_EDIT)
def new() -> ResponseReturnValue:
    """Put a new item forward."""
    return _proposed(ItemForm(), None)


@pages.route("/<uuid:key>/change", methods=["GET", "POST"])
@needs(Permission.APPROVALS_ITEM_EDIT)
def change(key: UUID) -> ResponseReturnValue:
    """Put the next version of an item forward, from the one that is there."""
    found = _version(key)
    return _proposed(ItemForm(initial=_initial(found)), found)


@pages.get("/<uuid:key>")
@needs(Permission.APPROVALS_ITEM_EDIT)
def version(key: UUID) -> str:
    """One version, with what clerk and head may do with it."""
    found = _version(key)
    actor = current_actor()
    is_head = actor.may(Permission.APPROVALS_ITEM_APPROVE)
    waits = found.state is ItemState.PROPOSED
    return render_template(
        "approvals/version.html",
        item=found,
        may_approve=waits and is_head and found.proposed_by != actor.person,
        is_own=waits and found.proposed_by == actor.person,
        may_drop=waits,
        may_retire=is_head and found.state is ItemState.IN_FORCE,
        may_change=found.state is ItemState.IN_FORCE,
    )


@pages.post("/<uuid:key>/<any(approve, drop, retire):act>")
@needs(Permission.APPROVALS_ITEM_EDIT)
def move(key: UUID, act: str) -> ResponseReturnValue:
    """A button of a version; the command decides who may."""
    return press(_ACTS[act], NameItem(key), lambda: url_for("approval_items.own"))


def _proposed(form: ItemForm, before: ItemFacts | None) -> ResponseReturnValue:
    def again() -> str:
        return render_template("approvals/item_form.html", form=form, before=before)

    if not form.is_sent:
        return again()
    return submit(
        form,
        site().office,
        propose_item,
        lambda: ProposeItem(_content(form)),
        again=again,
        to=lambda outcome: url_for("approval_items.version", key=outcome["item"]),
    )


def _content(form: ItemForm) -> ItemContent:
    return ItemContent(
        code=form.code.upper(),
        name_zh=form.name_zh,
        name_en=form.name_en,
        stage=form.stage,
        mode=form.mode,
        conditions_zh=form.conditions_zh,
        conditions_en=form.conditions_en or form.conditions_zh,
        materials=read_materials(form.materials),
        statutory=form.statutory,
        promised=form.promised,
        own_period=form.own_period or "",
        silence=form.silence or "",
        fee=form.fee,
        fee_basis=form.fee_basis or "",
        basis_zh=form.basis_zh,
        basis_en=form.basis_en,
    )


def _initial(found: ItemFacts) -> Mapping[str, object]:
    content = found.content
    names = [name for name in ItemForm.fields if name != "materials"]
    held: dict[str, object] = {name: getattr(content, name) for name in names}
    filled = {name: value for name, value in held.items() if value != ""}
    return {**filled, "materials": write_materials(content.materials)}


def _department() -> UUID:
    organisation = current_actor().organisation
    if organisation is None:
        raise NotFound
    return organisation


def _version(key: UUID) -> ItemFacts:
    department = _department()
    return site().office.read(lambda session: items.own_version(session, department, key))
