"""A member's score sheet: filled by one member alone, complete, in range, then locked and hashed.

The hash is SHA-256 over canonical JSON. Scores can be guessed and tried, so the bare hash stays in
the house until they may be known; the journal gets `market.protocol.entries.commitment` of
`Sheet.as_json` with a salt.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from bidding.rulebook.articles import ORDER_87_55, ORDER_87_64, SHEETS_FIT
from bidding.rulebook.criteria import Criterion, Kind, Scheme
from bidding.rulebook.figures import ratio_text, read_figure, write_figure
from bidding.rulebook.names import BidNumber, CriterionCode, MemberNumber
from market.kernel.errors import Refusal
from market.kernel.law import Article
from market.protocol.encoding import (
    JsonObject,
    b64u,
    canonical,
    check_type,
    digest,
    exact,
    refuse,
    structure,
    unb64u,
)

SHEET: Final = "score-sheet"
"""The kind of structure that a locked sheet is in canonical JSON."""
DIGEST_BYTES: Final = 32

Facts = Mapping[tuple[BidNumber, CriterionCode], Fraction]
"""The indicator of each bid under each objective criterion, as found in the bid."""


@dataclass(frozen=True, slots=True)
class Mark:
    """The points that one member gives one bid under one criterion."""

    bid: BidNumber
    criterion: CriterionCode
    points: Fraction


@dataclass(frozen=True, slots=True)
class Sheet:
    """All marks of one member; `scheme` is the digest of the scheme they were given under."""

    tender: str
    scheme: bytes
    member: MemberNumber
    marks: tuple[Mark, ...]

    def points(self, bid: BidNumber, criterion: CriterionCode) -> Fraction | None:
        """The points given there, or None where nothing was given yet."""
        return self.by_place().get((bid, criterion))

    def by_place(self) -> dict[tuple[BidNumber, CriterionCode], Fraction]:
        """All points by bid and criterion."""
        return {(mark.bid, mark.criterion): mark.points for mark in self.marks}

    def with_mark(self, new: Mark) -> "Sheet":
        """The same sheet with one mark set or replaced."""
        others = [
            mark for mark in self.marks if (mark.bid, mark.criterion) != (new.bid, new.criterion)
        ]
        return Sheet(self.tender, self.scheme, self.member, (*others, new))

    def as_json(self) -> JsonObject:
        """The sheet as a structure of the protocol, marks in the order of bids and criteria."""
        marks = sorted(self.marks, key=lambda mark: (mark.bid, mark.criterion))
        return structure(
            SHEET,
            tender=self.tender,
            scheme=b64u(self.scheme),
            member=self.member,
            marks=[
                {"bid": mark.bid, "criterion": mark.criterion, "points": write_figure(mark.points)}
                for mark in marks
            ],
        )


@dataclass(frozen=True, slots=True)
class LockedSheet:
    """A sheet that nobody changes any more, and its hash."""

    sheet: Sheet
    digest: bytes


def missing_marks(
    sheet: Sheet, scheme: Scheme, bids: Collection[BidNumber]
) -> tuple[tuple[BidNumber, CriterionCode], ...]:
    """Every bid and criterion without a mark, in the order in which a member reads them."""
    given = {(mark.bid, mark.criterion) for mark in sheet.marks}
    return tuple(
        (bid, row.code)
        for bid in sorted(bids)
        for row in scheme.criteria
        if (bid, row.code) not in given
    )


def refuse_unless_in_range(scheme: Scheme, code: CriterionCode, points: Fraction) -> None:
    """Refuse points that are no level of the criterion: "score-out-of-range".

    `Refusal` "criterion-unknown" for a criterion that the documents do not have.
    """
    row = scheme.criterion(code)
    if row is None:
        raise _unfit("criterion-unknown", f"没有评分项 {code}", f"There is no criterion {code}")
    if not row.allows(points):
        allowed = _allowed(row)
        raise Refusal(
            "score-out-of-range",
            zh=f"评分项 {code} 只能评 {allowed} 分",
            en=f"Criterion {code} takes only these points: {allowed}",
            article=ORDER_87_64,
            status=422,
            fields={code: (f"可评分值：{allowed}", f"Points allowed: {allowed}")},
        )


def refuse_unless_sound(sheet: Sheet, scheme: Scheme, bids: Collection[BidNumber]) -> None:
    """Refuse a sheet that cannot be locked.

    Codes: "sheet-other-scheme" (given under another scheme), "bid-unknown", "criterion-unknown",
    "mark-twice", "score-out-of-range", "sheet-incomplete".
    """
    if sheet.scheme != scheme.digest():
        raise _unfit(
            "sheet-other-scheme",
            "评分表所依据的评分方案与本项目不符",
            "The sheet was filled under another scheme",
        )
    seen: set[tuple[BidNumber, CriterionCode]] = set()
    for mark in sheet.marks:
        if mark.bid not in bids:
            raise _unfit(
                "bid-unknown", f"没有待评投标 {mark.bid}", f"Bid {mark.bid} is not up for scoring"
            )
        refuse_unless_in_range(scheme, mark.criterion, mark.points)
        if (mark.bid, mark.criterion) in seen:
            raise _unfit("mark-twice", "同一评分项打分两次", "A criterion is scored twice")
        seen.add((mark.bid, mark.criterion))
    missing = missing_marks(sheet, scheme, bids)
    if missing:
        bid, code = missing[0]
        raise _unfit(
            "sheet-incomplete",
            f"还有 {len(missing)} 项未评分，首项为投标 {bid} 的 {code}",
            f"{len(missing)} scores are missing, the first for bid {bid}, criterion {code}",
            ORDER_87_55,
        )


def objective_points(
    scheme: Scheme, facts: Facts, bids: Collection[BidNumber]
) -> dict[tuple[BidNumber, CriterionCode], Fraction]:
    """The points of every bid under every objective criterion, computed from facts alone.

    `Refusal` "fact-missing" where an indicator was not found out yet.
    """
    points: dict[tuple[BidNumber, CriterionCode], Fraction] = {}
    for bid in sorted(bids):
        for row in scheme.criteria:
            if row.kind is not Kind.OBJECTIVE:
                continue
            value = facts.get((bid, row.code))
            if value is None:
                raise _unfit(
                    "fact-missing",
                    f"投标 {bid} 的客观评分项 {row.code} 缺少指标值",
                    f"The indicator of criterion {row.code} is missing for bid {bid}",
                    ORDER_87_64,
                )
            points[bid, row.code] = row.level_of(value).points
    return points


def lock(sheet: Sheet, scheme: Scheme, bids: Collection[BidNumber]) -> LockedSheet:
    """Close a sound sheet and hash it; refusals as of `refuse_unless_sound`.

    The order in which marks were given does not change the hash.
    """
    refuse_unless_sound(sheet, scheme, bids)
    return LockedSheet(sheet, sheet_digest(sheet.as_json()))


def sheet_digest(value: JsonObject) -> bytes:
    """SHA-256 over the canonical JSON of a locked sheet."""
    return digest(canonical(value))


def read_sheet(value: JsonObject) -> LockedSheet:
    """The locked sheet that a structure means, with the hash that it must have.

    Whoever holds the journaled hash compares it with `digest`. Every other form is `BadInput`.
    """
    check_type(value, SHEET)
    members = {"tender": str, "scheme": str, "member": str, "marks": list}
    whole = exact(value, {"type": str, "suite": str, **members})
    rows = whole["marks"]
    marks: list[Mark] = []
    for row in rows if isinstance(rows, list) else []:
        mark = exact(row, {"bid": str, "criterion": str, "points": str})
        marks.append(
            Mark(
                BidNumber(str(mark["bid"])),
                CriterionCode(str(mark["criterion"])),
                read_figure(str(mark["points"])),
            )
        )
    sheet = Sheet(
        tender=str(whole["tender"]),
        scheme=unb64u(str(whole["scheme"]), DIGEST_BYTES),
        member=MemberNumber(str(whole["member"])),
        marks=tuple(marks),
    )
    if sheet.as_json() != value:
        refuse("评分表未按规定次序书写", "The marks of the sheet are not in their order")
    return LockedSheet(sheet, sheet_digest(value))


def _allowed(row: Criterion) -> str:
    return ", ".join(ratio_text(level.points) for level in row.levels)


def _unfit(code: str, zh: str, en: str, article: Article = SHEETS_FIT) -> Refusal:
    return Refusal(code, zh=zh, en=en, article=article, status=422)
