"""The owner's pages: a tender prepared piece by piece, published, answered for, amended."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from bidding.rulebook.figures import write_figure
from bidding.tenders import forms, listing, previewing, queries, stages
from bidding.tenders.facts import DraftFacts
from bidding.tenders.pieces import Piece
from bidding.tenders.preparing import (
    AddDocument,
    DescribeTender,
    PrepareTender,
    RemoveDocument,
    SetScheme,
    SetTerms,
    add_document,
    describe_tender,
    prepare_tender,
    remove_document,
    set_scheme,
    set_terms,
)
from bidding.tenders.previewing import Preparation
from bidding.tenders.rules import TenderState
from bidding.tenders.running import running_page
from bidding.tenders.scheme_lines import EXAMPLE, write_lines
from bidding.tenders.view import main_rows
from market.files.store import FileStore, Stored
from market.kernel.errors import NotFound
from market.kernel.money import Money
from market.kernel.permissions import Permission
from market.projects.queries import projects_of
from market.projects.rules import ProjectState
from market.web.access import current_actor, needs
from market.web.fields import Option
from market.web.forms import Form, submit
from market.web.language import language
from market.web.pages import Pages
from market.web.sent_file import SentFile
from market.web.site import moment, site

OWN: Final = 100  # tenders and projects in the lists of one organisation
PREPARE: Final = Permission.TENDERS_TENDER_PREPARE

pages = Pages("tender_desk", __name__)


def own_draft(no: str) -> DraftFacts:
    """The tender for whoever runs it; `NotFound` for everybody else, published or not."""
    mine = current_actor().organisation
    return site().office.read(lambda session: queries.draft(session, no, mine))


def unpublished(no: str) -> DraftFacts:
    """The same while it is a draft; afterwards there is no such page."""
    draft = own_draft(no)
    if draft.state is not TenderState.DRAFT:
        raise NotFound
    return draft


def kept(file: SentFile) -> Stored:
    """A file of a form, put into the folder of documents."""
    return FileStore(site().settings.files).put(file.source)


def overview(outcome: Mapping[str, Any]) -> str:
    """Where a saved piece leads: back to the list of pieces."""
    return url_for("tender_desk.preparation", no=outcome["no"])


@pages.get("/desk/tenders")
@needs(PREPARE)
def own() -> str:
    """The tenders of the organisation one acts for."""
    mine = current_actor().organisation
    lines = site().office.read(
        lambda session: [] if mine is None else listing.tenders_of(session, mine, OWN)
    )
    return render_template("tenders/own.html", lines=lines)


@pages.route("/desk/tenders/new", methods=["GET", "POST"])
@needs(PREPARE)
def new() -> ResponseReturnValue:
    """Begin a tender for an admitted project; one that has a tender leads to that."""
    wanted = request.args.get("project", "")
    running = site().office.read(lambda session: _running(session, wanted))
    if running is not None and request.method == "GET":
        return redirect(overview({"no": running}), 303)
    form = forms.NewTender(initial={"project": wanted}, options={"project": _projects()})

    def again() -> str:
        return render_template("tenders/new.html", form=form)

    def command() -> PrepareTender:
        chosen = next(one for one in site().office.read(_own_projects) if one.code == form.project)
        return PrepareTender(chosen.id, form.title_zh or "", form.title_en or "")

    if not form.is_sent:
        return again()
    return submit(form, site().office, prepare_tender, command, again=again, to=overview)


@pages.get("/desk/tenders/<no>")
@needs(PREPARE)
def preparation(no: str) -> str:
    """Where a tender stands: a draft's pieces and dates, a running tender's acts."""
    draft = own_draft(no)
    if draft.state is not TenderState.DRAFT:
        return running_page(draft)
    held = prepared(draft)
    rows, others = main_rows(held.dates, moment())
    return render_template(
        "tenders/preparation.html",
        draft=draft,
        dates=held.dates,
        rows=rows,
        other_rows=others,
        stages=stages.stages(held, None),
        missing=stages.missing(held),
        following=stages.address(stages.following(held), no),
        is_complete=held.is_complete,
    )


def prepared(draft: DraftFacts) -> Preparation:
    """Where a draft stands at this moment."""
    office, now = site().office, moment()
    return office.read(
        lambda session: previewing.preparation(session, draft, now, office.calendar(session))
    )


@pages.route("/desk/tenders/<no>/description", methods=["GET", "POST"])
@needs(PREPARE)
def description(no: str) -> ResponseReturnValue:
    """What is bought, from whom, whom to ask."""
    draft = unpublished(no)
    names = [name for name in forms.DescriptionForm.fields if name != "qualification_subjects"]
    initial = {name: value for name in names if (value := getattr(draft, name)) is not None}
    initial["qualification_subjects"] = ", ".join(draft.qualification_subjects)
    form = forms.DescriptionForm(initial=initial)

    def command() -> DescribeTender:
        typed = (form.qualification_subjects or "").replace("，", ",").split(",")
        return DescribeTender(
            no=no,
            title_zh=form.title_zh,
            title_en=form.title_en,
            need_zh=form.need_zh,
            need_en=form.need_en,
            qualification_zh=form.qualification_zh,
            qualification_en=form.qualification_en,
            qualification_subjects=tuple(one.strip() for one in typed if one.strip()),
            consortium=form.consortium,
            contact=form.contact,
        )

    return _piece(draft, form, describe_tender, command, Piece.DESCRIPTION)


@pages.route("/desk/tenders/<no>/terms", methods=["GET", "POST"])
@needs(PREPARE)
def terms(no: str) -> ResponseReturnValue:
    """Ceiling, bond and validity."""
    draft = unpublished(no)
    initial: dict[str, object] = {"ceiling": draft.ceiling or draft.budget, "validity_days": 90}
    if draft.bond is not None and draft.validity_days is not None:
        initial |= {"bond": str(draft.bond.fen), "validity_days": draft.validity_days}
    form = forms.TermsForm(initial=initial, options={"bond": forms.bond_options()})

    def command() -> SetTerms:
        return SetTerms(no, form.ceiling, Money(int(form.bond)), form.validity_days)

    return _piece(draft, form, set_terms, command, Piece.TERMS)


@pages.route("/desk/tenders/<no>/scheme", methods=["GET", "POST"])
@needs(PREPARE)
def scheme(no: str) -> ResponseReturnValue:
    """The scoring scheme; what the law does not allow is refused with its article."""
    draft = unpublished(no)
    initial = dict(forms.SCHEME_START)
    if draft.scheme is not None:
        known, low = draft.scheme, draft.scheme.low_price
        figures = {
            "price_weight": known.price_weight,
            "small": known.deductions.small,
            "joint": known.deductions.joint,
            "national": known.deductions.national,
            "low_mean": None if low is None else low.mean,
            "low_second": None if low is None else low.second,
            "low_ceiling": None if low is None else low.ceiling,
        }
        initial = {key: write_figure(one) for key, one in figures.items() if one is not None}
        initial |= {
            "method": known.method,
            "criteria": write_lines(known.criteria),
            "ties": known.tie_rules,
            "reserved": known.reserved,
        }
    form = forms.SchemeForm(initial=initial)

    def command() -> SetScheme:
        return SetScheme(no, form.scheme(draft.category).as_json())

    return _piece(draft, form, set_scheme, command, Piece.SCHEME)


@pages.route("/desk/tenders/<no>/documents", methods=["GET", "POST"])
@needs(PREPARE)
def documents(no: str) -> ResponseReturnValue:
    """The documents, and one more."""
    draft = unpublished(no)
    form = forms.DocumentForm()

    def command() -> AddDocument:
        return AddDocument(no, kept(form.file), form.file.name)

    return _piece(draft, form, add_document, command, Piece.DOCUMENTS)


@pages.route("/desk/tenders/<no>/documents/<digest>/removal", methods=["GET", "POST"])
@needs(PREPARE)
def removal(no: str, digest: str) -> ResponseReturnValue:
    """Take a document out of a draft, after a question."""
    draft = unpublished(no)
    line = next((one for one in draft.documents if one.digest.hex() == digest), None)
    if line is None:
        raise NotFound("no-document", zh="没有此文件", en="There is no such file")
    form = forms.PlainForm()

    def again() -> str:
        return render_template("tenders/removal.html", form=form, draft=draft, document=line)

    if not form.is_sent:
        return again()
    command = RemoveDocument(no, line.digest)
    to = url_for("tender_desk.documents", no=no)
    return submit(
        form, site().office, remove_document, lambda: command, again=again, to=lambda _: to
    )


def _piece(
    draft: DraftFacts,
    form: Form,
    handler: Callable[..., Mapping[str, Any]],
    command: Callable[[], object],
    piece: Piece,
) -> ResponseReturnValue:
    """One page of the way: saved, it leads on to the next."""
    back, further = stages.neighbours(piece, draft.no)

    def again() -> str:
        return render_template(
            "tenders/piece.html",
            form=form,
            draft=draft,
            piece=piece.value,
            title=stages.TITLES[piece],
            stages=stages.stages(prepared(draft), piece),
            example=EXAMPLE,
            back=back,
            further=further,
        )

    if not form.is_sent:
        return again()
    stays = url_for("tender_desk.documents", no=draft.no)
    to = stays if piece is Piece.DOCUMENTS else further
    return submit(form, site().office, handler, command, again=again, to=lambda _: to)


def _own_projects(session: Session) -> list[Any]:
    mine = current_actor().organisation
    if mine is None:
        return []
    lines = projects_of(session, mine, OWN)
    return [line for line in lines if line.state is ProjectState.ADMITTED]


def _running(session: Session, code: str) -> str | None:
    """The tender that a project of one's own has now; None without one."""
    mine = current_actor().organisation
    return None if mine is None else listing.running_for(session, code, mine)


def _projects() -> list[Option]:
    return [
        Option(one.code, f"{one.code} {one.name_zh if language() == 'zh' else one.name_en}")
        for one in site().office.read(_own_projects)
    ]
