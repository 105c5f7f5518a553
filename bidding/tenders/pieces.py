"""The pieces of a tender in preparation, and what each still lacks before it may be published."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from sqlalchemy.orm import Session

from bidding.officers.queries import manifest, panel_state
from bidding.officers.rules import PanelState
from bidding.rulebook.timetable import Timetable
from bidding.tenders.facts import DraftFacts
from bidding.tenders.model import Tender
from bidding.tenders.preparing import refuse_unless_fits, refuse_unless_money_fits
from market.kernel.errors import MarketError
from market.kernel.money import Money
from market.kernel.workdays import NotYetPublished, legal_day
from market.projects.queries import refuse_unless_admitted
from market.protocol.manifest import read_manifest


class Piece(StrEnum):
    """One page of the preparation, in the order in which they are filled in."""

    DESCRIPTION = "description"
    TERMS = "terms"
    SCHEME = "scheme"
    DOCUMENTS = "documents"
    TIMETABLE = "timetable"
    OFFICERS = "officers"
    PREVIEW = "preview"
    PUBLICATION = "publication"


ORDER: Final = tuple(Piece)
NOTICED: Final = (Piece.DESCRIPTION, Piece.TERMS, Piece.SCHEME, Piece.TIMETABLE)
"""The pieces without which the notice has no words yet."""


@dataclass(frozen=True, slots=True)
class Gap:
    """Something that keeps a tender from being published; `piece` is None for its project's."""

    piece: Piece | None
    zh: str
    en: str

    @property
    def words(self) -> tuple[str, str]:
        """The words in Chinese and in English."""
        return self.zh, self.en


def missing_pieces(row: Tender | DraftFacts, *, has_documents: bool) -> list[Gap]:
    """What a notice must contain and nobody has entered yet."""
    pieces = [
        (Piece.DESCRIPTION, bool(row.need_zh and row.need_en), "采购需求", "what is needed"),
        (
            Piece.DESCRIPTION,
            bool(row.qualification_zh and row.qualification_en),
            "供应商资格",
            "qualification of suppliers",
        ),
        (Piece.DESCRIPTION, bool(row.contact), "联系方式", "contact"),
        (
            Piece.TERMS,
            row.ceiling is not None,
            "最高限价、保证金和有效期",
            "ceiling, bond and validity",
        ),
        (Piece.SCHEME, row.scheme is not None, "评分方案", "scoring scheme"),
        (Piece.DOCUMENTS, has_documents, "招标文件", "at least one document"),
    ]
    return [Gap(piece, zh, en) for piece, there, zh, en in pieces if not there]


def gaps(session: Session, draft: DraftFacts, dates: Timetable, now: datetime) -> list[Gap]:
    """All that keeps a draft from being published at this moment, in the order of the pieces.

    The same questions that publishing asks; `dates` are counted from a publication now.
    """
    found = missing_pieces(draft, has_documents=bool(draft.documents))
    found += _unlawful(draft, now) + _dates(dates) + _officers(session, draft)
    found += _project(session, draft)
    return sorted(found, key=lambda gap: -1 if gap.piece is None else ORDER.index(gap.piece))


def _unlawful(draft: DraftFacts, now: datetime) -> list[Gap]:
    on, found = legal_day(now), []
    if draft.ceiling is not None and draft.bond is not None:
        try:
            refuse_unless_money_fits(on, draft.budget, draft.ceiling, draft.bond)
        except MarketError as refusal:
            found.append(_refused(Piece.TERMS, refusal))
    if draft.scheme is not None:
        try:
            refuse_unless_fits(on, draft, draft.scheme)
        except MarketError as refusal:
            found.append(_refused(Piece.SCHEME, refusal))
    return found


def _dates(dates: Timetable) -> list[Gap]:
    found = [Gap(Piece.TIMETABLE, problem.zh, problem.en) for problem in dates.problems]
    for year in dates.unpublished:
        unknown = NotYetPublished(year)
        found.append(Gap(Piece.TIMETABLE, unknown.words("zh"), unknown.words("en")))
    return found


def _officers(session: Session, draft: DraftFacts) -> list[Gap]:
    words = {
        None: ("尚未指定开启人", "no officers are named yet"),
        PanelState.SEATING: (
            "开启人尚未交齐密钥并演练",
            "the officers have not all given keys and rehearsed",
        ),
        PanelState.REHEARSING: (
            "开启人演练尚未全部完成",
            "the rehearsal of the officers is under way",
        ),
        PanelState.REHEARSED: (
            "演练已完成，开标清单尚未载入公开日志",
            "rehearsed; the manifest is not in the public record yet",
        ),
    }
    state = panel_state(session, draft.no)
    if state is not PanelState.READY:
        return [Gap(Piece.OFFICERS, *words[state])]
    found = manifest(session, draft.no)
    if found is None or draft.bond is None:
        return []
    asked = read_manifest(found.raw).bond
    if asked == draft.bond.fen:
        return []
    zh = f"开标清单中的保证金面额为{Money(asked)}元，须与清单一致"
    en = f"the manifest asks for a bond of {Money(asked)} yuan; choose the same"
    return [Gap(Piece.TERMS, zh, en)]


def _project(session: Session, draft: DraftFacts) -> list[Gap]:
    try:
        refuse_unless_admitted(session, draft.project)
    except MarketError as refusal:
        return [_refused(None, refusal)]
    return []


def _refused(piece: Piece | None, refusal: MarketError) -> Gap:
    return Gap(piece, refusal.words("zh"), refusal.words("en"))
