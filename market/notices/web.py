"""The board's pages: search, one notice, feeds. Open to everybody."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from flask import Response, render_template, request, url_for
from sqlalchemy.orm import Session

from market.kernel.errors import NotFound
from market.notices import queries
from market.notices.atom import feed
from market.notices.proofs import proof_of
from market.notices.queries import NoticeLine, Search
from market.notices.rules import NoticeKind, NoticeText
from market.protocol.encoding import moment, stamp
from market.web.access import public
from market.web.cursor import Page, page_of, read_cursor
from market.web.filters import word
from market.web.language import gettext, language, lazy_gettext
from market.web.pages import HomeItem, HomeSlot, HomeSource, NavItem, Pages
from market.web.shared import shared
from market.web.site import moment as moment_now
from market.web.site import site
from market.web.words import words_of

SHOWN: Final = 20  # notices on one page
IN_FEED: Final = 50
DIGEST: Final = 64  # hexadecimal digits
WORDS: Final = 200  # characters of a search
BRIEFLY: Final = "public, max-age=60"

KIND_WORDS: Final = words_of(
    NoticeKind,
    {
        NoticeKind.OPEN_TENDER: ("公开招标公告", "open tender notice"),
        NoticeKind.CORRECTION: ("更正公告", "correction"),
        NoticeKind.ANSWER: ("澄清答复", "answer"),
        NoticeKind.RESULT: ("中标结果公告", "result notice"),
        NoticeKind.CANCELLED: ("废标（终止）公告", "ended without an award"),
        NoticeKind.CONTRACT: ("合同公告", "contract notice"),
        NoticeKind.COMPLAINT: ("投诉处理结果公告", "decision on a complaint"),
    },
)


def _latest(session: Session, now: datetime, limit: int) -> Sequence[HomeItem]:
    del now
    return [_home(line) for line in queries.board(session, Search(), limit)]


def _results(session: Session, now: datetime, limit: int) -> Sequence[HomeItem]:
    del now
    return [_home(line) for line in queries.board(session, Search(kind=NoticeKind.RESULT), limit)]


def _home(line: NoticeLine) -> HomeItem:
    url = url_for("notices.notice", digest=line.digest.hex())
    return HomeItem(line.title(language()), url, line.subject, line.published_at)


pages = Pages(
    "notices",
    __name__,
    words=(KIND_WORDS,),
    navigation=(NavItem(lazy_gettext("Notices"), "notices.board", 10),),
    home=(
        HomeSource(HomeSlot.LATEST, _latest),
        HomeSource(HomeSlot.RESULTS, _results),
    ),
    search="notices.board",
)


def listed(search: Search, cursor: str | None, limit: int) -> Page[NoticeLine]:
    """A page of the board; `BadInput` "bad-cursor"."""
    after = read_cursor(cursor, (str, str))
    place = None if after is None else (moment(str(after[0])), digest_of(str(after[1])))
    rows = site().office.read(lambda session: queries.board(session, search, limit + 1, place))
    return page_of(rows, limit, lambda line: (stamp(line.published_at), line.digest.hex()))


def digest_of(text: str) -> bytes:
    """The digest in an address; `NotFound` for text that is none."""
    if len(text) != DIGEST or not set(text) <= set("0123456789abcdef"):
        raise NotFound("no-notice", zh="没有此公告", en="There is no such notice")
    return bytes.fromhex(text)


def _kind(text: str | None) -> NoticeKind | None:
    known = {kind.value: kind for kind in NoticeKind}
    return known.get(text or "")


def _search() -> Search:
    """What the address asks for, on the board and in its feed alike."""
    typed = request.args.get("q", "")[:WORDS].strip()
    return Search(typed or None, _kind(request.args.get("kind")))


@pages.get("/notices")
@public
@shared
def board() -> str:
    """Notices by kind and words, newest first."""
    search = _search()
    typed, kind = search.typed or "", search.kind
    chosen: dict[str, Any] = {"q": search.typed, "kind": kind.value if kind else None}
    page = listed(search, request.args.get("cursor"), SHOWN)
    further = None
    if page.next is not None:
        further = url_for("notices.board", **chosen, cursor=page.next)
    return render_template(
        "notices/board.html",
        lines=page.items,
        typed=typed,
        kind=kind,
        kinds=list(NoticeKind),
        counts=site().office.read(lambda session: queries.kind_counts(session, search)),
        further=further,
        feed=url_for("notices.overall_feed", **chosen),
    )


@pages.get("/notices/<digest>")
@public
@shared
def notice(digest: str) -> str:
    """One notice with its proof."""
    raw = digest_of(digest)

    def read(session: Session) -> tuple[NoticeText, object]:
        text = queries.notice(session, raw)
        return text, proof_of(session, text.subject, raw)

    text, proof = site().office.read(read)
    return render_template("notices/notice.html", notice=text, proof=proof)


@pages.get("/notices/<digest>/text")
@public
def bytes_of(digest: str) -> Response:
    """The canonical bytes whose hash the journal names."""
    raw = digest_of(digest)
    text = site().office.read(lambda session: queries.notice(session, raw))
    return Response(text.write(), content_type="application/json")


@pages.get("/notices/atom.xml")
@public
def overall_feed() -> Response:
    """The newest notices of everybody, or those that fit a kind and words: a kept search."""
    search = _search()
    chosen = [] if search.kind is None else [word(search.kind)]
    chosen += [] if search.typed is None else [f"“{search.typed}”"]
    return _feed(search, " · ".join([gettext("Notices"), *chosen]))


@pages.get("/notices/of/<subject>/atom.xml")
@public
def feed_of(subject: str) -> Response:
    """The notices of one procedure."""
    return _feed(Search(subject=subject), f"{gettext('Notices')} {subject[:40]}")


def _feed(search: Search, title: str) -> Response:
    found = site().office.read(lambda session: queries.newest(session, search, IN_FEED))
    if search.subject is not None and not found:
        raise NotFound("no-notice", zh="没有此公告", en="There is no such notice")
    raw = feed(
        found,
        title=title,
        origin=site().settings.platform_url,
        path=request.full_path.rstrip("?"),
        language=language(),
        empty_at=moment_now(),
    )
    answer = Response(raw, content_type="application/atom+xml; charset=utf-8")
    answer.headers["Cache-Control"] = BRIEFLY
    answer.headers["Vary"] = "Accept-Language, Cookie"
    return answer
