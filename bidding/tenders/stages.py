"""The preparation as a way of pages: where one is, what is done, what comes before and after."""

from dataclasses import dataclass
from typing import Final

from flask import url_for

from bidding.tenders.pieces import ORDER, Gap, Piece
from bidding.tenders.previewing import Preparation
from market.web.language import Lazy, gettext, language, lazy_gettext, ngettext
from market.web.patterns import StepState

LABELS: Final[dict[Piece, Lazy]] = {
    Piece.DESCRIPTION: lazy_gettext("Need"),
    Piece.TERMS: lazy_gettext("Money"),
    Piece.SCHEME: lazy_gettext("Scoring"),
    Piece.DOCUMENTS: lazy_gettext("Documents"),
    Piece.TIMETABLE: lazy_gettext("Timetable"),
    Piece.OFFICERS: lazy_gettext("Officers"),
    Piece.PREVIEW: lazy_gettext("Preview"),
    Piece.PUBLICATION: lazy_gettext("Publish"),
}
TITLES: Final[dict[Piece, Lazy]] = {
    Piece.DESCRIPTION: lazy_gettext("What is bought, qualification, contact"),
    Piece.TERMS: lazy_gettext("Ceiling, bond, validity"),
    Piece.SCHEME: lazy_gettext("Scoring scheme"),
    Piece.DOCUMENTS: lazy_gettext("Documents"),
    Piece.TIMETABLE: lazy_gettext("Timetable"),
    Piece.OFFICERS: lazy_gettext("Opening officers"),
    Piece.PREVIEW: lazy_gettext("Preview of the notice"),
    Piece.PUBLICATION: lazy_gettext("Publish the tender"),
}
_ENDPOINTS: Final = {
    Piece.TIMETABLE: "tender_planning.timetable",
    Piece.OFFICERS: "tender_officers.seats",
    Piece.PREVIEW: "tender_release.preview",
    Piece.PUBLICATION: "tender_release.publication",
}


@dataclass(frozen=True, slots=True)
class Stage:
    """One page of the preparation on the step line."""

    piece: Piece
    label: str
    title: str
    url: str
    state: StepState
    note: str
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Missing:
    """Something that keeps the tender from being published, and the page that mends it."""

    title: str
    words: str
    url: str


def address(piece: Piece, no: str) -> str:
    """The page of a piece."""
    return url_for(_ENDPOINTS.get(piece, f"tender_desk.{piece.value}"), no=no)


def stages(held: Preparation, here: Piece | None) -> list[Stage]:
    """The step line; `here` is the page at hand."""
    return [_stage(held, piece, here) for piece in ORDER]


def neighbours(piece: Piece, no: str) -> tuple[str, str]:
    """The pages before and after this one; both ends lead to the list of pieces."""
    at, around = ORDER.index(piece), url_for("tender_desk.preparation", no=no)
    back = address(ORDER[at - 1], no) if at else around
    return back, address(ORDER[at + 1], no) if at + 1 < len(ORDER) else around


def following(held: Preparation) -> Piece:
    """The first piece that lacks something; the preview once nothing does.

    What the project lacks is mended elsewhere: the page of publication says so.
    """
    lacking = {gap.piece for gap in held.gaps}
    otherwise = Piece.PUBLICATION if lacking else Piece.PREVIEW
    return next((piece for piece in ORDER if piece in lacking), otherwise)


def missing(held: Preparation) -> list[Missing]:
    """All that keeps the draft from being published, each with the page that mends it."""
    return [_missing(held, gap) for gap in held.gaps]


def _missing(held: Preparation, gap: Gap) -> Missing:
    words = _said(gap)
    if gap.piece is None:
        url = url_for("projects.show", code=held.draft.project_code)
        return Missing(gettext("Project"), words, url)
    return Missing(str(TITLES[gap.piece]), words, address(gap.piece, held.draft.no))


def _said(gap: Gap) -> str:
    words = gap.zh if language() == "zh" else gap.en
    return words[:1].upper() + words[1:]


def _stage(held: Preparation, piece: Piece, here: Piece | None) -> Stage:
    lacks = tuple(_said(gap) for gap in held.gaps if gap.piece is piece)
    if piece is Piece.PUBLICATION:
        count = len(held.gaps)
        note = ngettext("one thing missing", "%(num)s things missing", count) if count else ""
        note = note or gettext("ready")
        done = False
    elif piece is Piece.PREVIEW:
        note, done = gettext("to read"), False
    else:
        done = not lacks
        note = gettext("done") if done else gettext("missing")
    state = StepState.DONE if done else StepState.NEXT
    state = StepState.NOW if piece is here else state
    url = address(piece, held.draft.no)
    return Stage(piece, str(LABELS[piece]), str(TITLES[piece]), url, state, note, lacks)
