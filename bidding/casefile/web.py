"""The case file of a tender: the call that hands it out, and the page that says what it is."""

from io import BytesIO
from typing import Final

from flask import Response, render_template, request, send_file
from sqlalchemy.orm import Session

from bidding.casefile.queries import Gathering, case_file
from bidding.tenders import queries as tenders
from bidding.tenders.facts import TenderFacts
from market.draws.sealing import sealer
from market.kernel.errors import BadInput, NotFound
from market.protocol.case_files import CONTENTS, PAGE, read_case_file
from market.protocol.checkpoints import Checkpoint, parse_checkpoint
from market.protocol.encoding import digest
from market.protocol.trust import read_trust
from market.web.access import public
from market.web.pages import Pages
from market.web.site import site

SIZE_DIGITS: Final = 15
MEDIA_TYPE: Final = "application/zip"

pages = Pages("casefile", __name__)


@pages.get("/api/v1/tenders/<no>/case-file")
@public
def download(no: str) -> Response:
    """The case file; `?size=` asks for the one under that checkpoint. "not-yet" (404) before."""
    size = _size()
    raw = site().office.read(lambda session: case_file(session, no, _gathering(), size))
    answer = send_file(
        BytesIO(raw),
        MEDIA_TYPE,
        as_attachment=True,
        download_name=f"{no}.case-file.zip",
        etag=digest(raw).hex(),
        conditional=True,
    )
    answer.headers["Cache-Control"] = "public, no-cache"
    return answer


@pages.get("/tenders/<no>/case-file")
@public
def page(no: str) -> str:
    """What is in the case file now, and how to check it."""

    def read(session: Session) -> tuple[TenderFacts, bytes | None]:
        tender = tenders.facts(session, no)
        try:
            return tender, case_file(session, no, _gathering())
        except NotFound:
            return tender, None

    tender, raw = site().office.read(read)
    rows, checkpoint = [] if raw is None else _rows(raw), None if raw is None else _head(raw)
    return render_template(
        "casefile/case.html",
        tender=tender,
        rows=rows,
        checkpoint=checkpoint,
        size=0 if raw is None else len(raw),
        hash=None if raw is None else digest(raw),
    )


def _rows(raw: bytes) -> list[tuple[str, int, bytes]]:
    """Name, size and hash of each member but the contents."""
    case, shown = read_case_file(raw)
    members = {PAGE: shown, **case.members()}
    return [(name, len(one), digest(one)) for name, one in members.items() if name != CONTENTS]


def _head(raw: bytes) -> Checkpoint:
    case, _ = read_case_file(raw)
    return parse_checkpoint(case.journal.checkpoint)[0]


def _gathering() -> Gathering:
    settings = site().settings
    quorum = read_trust(settings.trust_file.read_bytes()).quorum
    return Gathering(quorum, sealer(settings.keys))


def _size() -> int | None:
    asked = request.args.get("size")
    if asked is None:
        return None
    if not (asked.isascii() and asked.isdigit() and len(asked) <= SIZE_DIGITS):
        raise BadInput("bad-size", zh="size 应为整数", en="size is a whole number")
    return int(asked)
