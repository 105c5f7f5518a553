"""The last two pages of the preparation: the notice as it will read, and its publication."""

from flask import render_template, url_for
from flask.typing import ResponseReturnValue

from bidding.tenders import forms, stages
from bidding.tenders.facts import DraftFacts
from bidding.tenders.pieces import Piece
from bidding.tenders.previewing import Preparation, notice_of
from bidding.tenders.publishing import PublishTender, publish_tender
from bidding.tenders.view import timetable_rows
from bidding.tenders.wizard import PREPARE, prepared, unpublished
from market.kernel.permissions import Permission
from market.notices.rules import NoticeText
from market.web.access import needs
from market.web.forms import submit
from market.web.pages import Pages
from market.web.site import moment, site

pages = Pages("tender_release", __name__)


@pages.get("/desk/tenders/<no>/preview")
@needs(PREPARE)
def preview(no: str) -> str:
    """The notice, word for word, as a publication at this moment would put it up."""
    draft = unpublished(no)
    held = prepared(draft)
    back, further = stages.neighbours(Piece.PREVIEW, no)
    return render_template(
        "tenders/preview.html",
        draft=draft,
        notice=_notice(held),
        missing=stages.missing(held),
        stages=stages.stages(held, Piece.PREVIEW),
        back=back,
        further=further,
    )


@pages.route("/desk/tenders/<no>/publication", methods=["GET", "POST"])
@needs(Permission.TENDERS_TENDER_PUBLISH)
def publication(no: str) -> ResponseReturnValue:
    """Publish when nothing is missing; until then, what is missing and where it is mended."""
    draft = unpublished(no)
    form = forms.PlainForm()

    def again() -> str:
        return _publication(draft, form)

    if not form.is_sent:
        return again()
    return submit(
        form,
        site().office,
        publish_tender,
        lambda: PublishTender(no),
        again=again,
        to=lambda outcome: url_for("tenders.tender", no=outcome["no"]),
    )


def _publication(draft: DraftFacts, form: forms.PlainForm) -> str:
    held = prepared(draft)
    back, _ = stages.neighbours(Piece.PUBLICATION, draft.no)
    return render_template(
        "tenders/publication.html",
        form=form,
        draft=draft,
        missing=stages.missing(held),
        rows=[row for row in timetable_rows(held.dates, moment()) if row.has_hour],
        stages=stages.stages(held, Piece.PUBLICATION),
        back=back,
    )


def _notice(held: Preparation) -> NoticeText | None:
    now = moment()
    return site().office.read(lambda session: notice_of(session, held, now))
