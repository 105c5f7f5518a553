"""Pages of draws: for everybody, for the parties whose programs take part, for supervisors."""

from datetime import datetime
from typing import Final
from uuid import UUID

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from market.accounts.queries.organisations import ids_by_uscc, organisation
from market.draws import queries, trouble
from market.draws.audience import OF_SELECTION, finds_selections, refuse_hidden
from market.draws.commands.lapses import NoteLapse, note_lapse
from market.draws.course import course
from market.draws.sealing import sealer
from market.draws.showing import DrawLine, Event, PublicDraw, public_draw, public_list
from market.draws.trouble import Lapse
from market.draws.words import STATE_WORDS, Spoken
from market.journal.queries import head
from market.kernel.errors import BadInput
from market.kernel.permissions import Permission
from market.protocol.encoding import Malformed, stamp
from market.protocol.encoding import moment as read_moment
from market.web.access import current_actor, needs, public
from market.web.cursor import page_of, read_cursor
from market.web.forms import Form, submit
from market.web.language import language
from market.web.pages import Pages
from market.web.patterns import Proof
from market.web.site import site

PUBLIC: Final = Pages("draw_pages", __name__, words=(STATE_WORDS,))
DESK: Final = Pages("draw_desk", __name__, words=(STATE_WORDS,))
SHOWN: Final = 50


class NoteForm(Form):
    """A confirmation."""


@PUBLIC.get("/draws")
@public
def board() -> str:
    """All draws that are there for the reader, newest first; `?case=` narrows to one tender."""
    case = request.args.get("case", "").strip()
    after = _after(request.args.get("cursor"))
    hidden = () if finds_selections(current_actor()) else OF_SELECTION
    rows = site().office.read(
        lambda session: public_list(session, SHOWN + 1, after, case or None, hidden)
    )
    page = page_of(rows, SHOWN, _key)
    further = None
    if page.next is not None:
        further = url_for("draw_pages.board", case=case or None, cursor=page.next)
    return render_template(
        "draws/board.html", lines=page.items, further=further, case=case, said=Spoken(language())
    )


@PUBLIC.get("/draws/<no>")
@public
def show(no: str) -> str:
    """One draw: how far it is, who did what and when, its proofs, how to check it."""
    refuse_hidden(site().office, current_actor(), no)
    keys = sealer(site().settings.keys)

    def read(session: Session) -> tuple[PublicDraw, Proof]:
        found = public_draw(session, no, keys)
        return found, _proof(session, no, found.events)

    draw, proof = site().office.read(read)
    return render_template(
        "draws/draw.html",
        draw=draw,
        proof=proof,
        steps=course(draw.facts, draw.events),
        said=Spoken(language()),
    )


@DESK.get("/desk/draws")
@needs(Permission.DRAWS_NONCE_GIVE)
def waiting() -> str:
    """The draws that one's organisation takes part in and that are not drawn yet.

    Audit, commitment and nonce come from the party's own program; the page has no field for them.
    """

    def read(session: Session) -> tuple[str, list[tuple[queries.DrawFacts, trouble.Stop | None]]]:
        own = current_actor().organisation
        if own is None:
            return "", []
        uscc = organisation(session, own).uscc
        found = queries.open_draws(session, uscc)
        return uscc, [(one, trouble.last_stop(session, one.no)) for one in found]

    uscc, lines = site().office.read(read)
    return render_template("draws/waiting.html", lines=lines, uscc=uscc, said=Spoken(language()))


@DESK.get("/supervision/draws")
@needs(Permission.SUPERVISION_RECORD_READ)
def lapses() -> str:
    """The parties that let a draw lapse; a supervisor of the draw takes note of each."""

    def read(session: Session) -> tuple[str | None, list[Lapse], dict[str, tuple[str, str]]]:
        own = current_actor().organisation
        found = list(trouble.lapses(session))
        ids = ids_by_uscc(session, {one.organisation for one in found})
        names = {code: organisation(session, key) for code, key in ids.items()}
        pairs = {code: (one.name_zh, one.name_en) for code, one in names.items()}
        return None if own is None else organisation(session, own).uscc, found, pairs

    uscc, lines, names = site().office.read(read)
    return render_template(
        "draws/lapses.html",
        lines=lines,
        names=names,
        forms={
            one.id: NoteForm() for one in lines if uscc in one.supervisors and one.noted_at is None
        },
        said=Spoken(language()),
    )


@DESK.post("/supervision/draws/<uuid:lapse>/noted")
@needs(Permission.SUPERVISION_RECORD_READ)
def note(lapse: UUID) -> ResponseReturnValue:
    """Take note of a party that let a draw lapse."""
    return submit(
        NoteForm(),
        site().office,
        note_lapse,
        lambda: NoteLapse(lapse),
        again=lapses,
        to=lambda _: url_for("draw_desk.lapses"),
    )


def _proof(session: Session, no: str, events: tuple[Event, ...]) -> Proof:
    """The badge of the newest entry about a draw."""
    if not events:
        return Proof(None, url_for("draw_pages.show", no=no))
    index = events[-1].index
    url = url_for("log.proof", index=index)
    seen = head(session, witnesses=1)
    if seen is None or index >= seen.size:
        return Proof(index, url)
    return Proof(index, url, seen.witnesses, seen.root, url)


def _key(line: DrawLine) -> tuple[str, str]:
    return stamp(line.frozen_at), line.no


def _after(cursor: str | None) -> tuple[datetime, str] | None:
    key = read_cursor(cursor, (str, str))
    if key is None:
        return None
    try:
        return read_moment(str(key[0])), str(key[1])
    except Malformed as cause:
        raise BadInput("bad-cursor", zh="翻页标识无效", en="Not a cursor of this list") from cause
