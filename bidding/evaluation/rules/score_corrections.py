"""Changing scores after they were given: four grounds of law, each checked against the fact.

There is no other way. Everything else is a re-evaluation that only the finance department's rules
can allow, and it is refused here.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Final, NoReturn

from bidding.evaluation.rules.scoring import BidScore, ObjectivePoints
from bidding.evaluation.rules.sheets import Mark, Sheet, refuse_unless_in_range
from bidding.evaluation.rules.votes import majority
from bidding.rulebook.articles import ORDER_87_64, REASONS_IN_WRITING, REGULATION_44
from bidding.rulebook.criteria import Kind, Scheme
from bidding.rulebook.names import BidNumber, CriterionCode, MemberNumber
from market.kernel.errors import BadInput, Refusal


class CorrectionGround(StrEnum):
    """The four cases in which a result of evaluation may change."""

    SUM_WRONG = "sum_wrong"
    OUT_OF_RANGE = "out_of_range"
    OBJECTIVE_DIFFERS = "objective_differs"
    GROSSLY_OFF = "grossly_off"


GROUND_WORDS: Final[Mapping[CorrectionGround, tuple[str, str]]] = {
    CorrectionGround.SUM_WRONG: ("分值汇总计算错误", "The scores were summed wrongly"),
    CorrectionGround.OUT_OF_RANGE: (
        "分项评分超出评分标准范围",
        "The score of an item lies outside its range",
    ),
    CorrectionGround.OBJECTIVE_DIFFERS: (
        "评标委员会成员对客观评审因素评分不一致",
        "Members differ on an objective item",
    ),
    CorrectionGround.GROSSLY_OFF: (
        "经评标委员会认定评分畸高、畸低",
        "The panel finds a score grossly too high or too low",
    ),
}


@dataclass(frozen=True, slots=True)
class ScoreCorrection:
    """One mark to be changed: whose, where, to what, on which ground and why."""

    ground: CorrectionGround
    member: MemberNumber
    bid: BidNumber
    criterion: CriterionCode
    points: Fraction
    reason: str = ""


def corrected_sheet(
    sheets: Sequence[Sheet],
    scheme: Scheme,
    correction: ScoreCorrection,
    *,
    computed: ObjectivePoints,
    votes: Mapping[MemberNumber, bool] | None = None,
) -> Sheet:
    """The member's sheet after a correction, once its ground is shown to exist.

    `computed` are the objective points from the facts; `votes` the panel's vote, needed for
    `GROSSLY_OFF` alone, with a written reason. Refused: "correction-not-allowed" when the ground
    does not exist (a sum, too, is never mended by changing a mark), "score-out-of-range" for new
    points that are no level, "reason-missing", and the codes of `majority`.
    """
    sheet = next((one for one in sheets if one.member == correction.member), None)
    if sheet is None or sheet.points(correction.bid, correction.criterion) is None:
        _not_allowed("没有这一评分", "There is no such score")
    refuse_unless_in_range(scheme, correction.criterion, correction.points)
    match correction.ground:
        case CorrectionGround.SUM_WRONG:
            _not_allowed(
                "汇总错误只能重新汇总，不得修改分项评分",
                "A wrong sum is summed again; no mark is changed for it",
            )
        case CorrectionGround.OUT_OF_RANGE:
            _check_out_of_range(sheet, scheme, correction)
        case CorrectionGround.OBJECTIVE_DIFFERS:
            _check_objective(sheet, correction, computed)
        case CorrectionGround.GROSSLY_OFF:
            members = [one.member for one in sheets]
            _check_grossly_off(sheet, scheme, correction, votes or {}, members)
    return sheet.with_mark(Mark(correction.bid, correction.criterion, correction.points))


def sum_is_wrong(recorded: Mapping[BidNumber, Decimal], scores: Collection[BidScore]) -> bool:
    """Whether recorded totals differ from the sums of the sheets: the first ground."""
    return dict(recorded) != {score.bid: score.total for score in scores}


def refuse_unless_ground(ground: str) -> CorrectionGround:
    """The ground that a text names; "re-evaluation-not-allowed" for any other reason."""
    try:
        return CorrectionGround(ground)
    except ValueError:
        raise Refusal(
            "re-evaluation-not-allowed",
            zh="除法定四种情形外，不得重新评审",
            en="Nothing but the four cases of law lets a result be evaluated again",
            article=REGULATION_44,
        ) from None


def _check_out_of_range(sheet: Sheet, scheme: Scheme, correction: ScoreCorrection) -> None:
    row = scheme.criterion(correction.criterion)
    before = sheet.points(correction.bid, correction.criterion)
    if row is None or before is None or row.allows(before):
        _not_allowed("该评分没有超出范围", "The score is within its range")


def _check_objective(sheet: Sheet, correction: ScoreCorrection, computed: ObjectivePoints) -> None:
    place = (correction.bid, correction.criterion)
    fact = computed.get(place)
    if fact is None or sheet.points(*place) == fact or correction.points != fact:
        _not_allowed(
            "该项不是客观项，或者评分与事实一致，或者更正后仍与事实不符",
            "The item is not objective, or agrees with the fact, or would still differ from it",
        )


def _check_grossly_off(
    sheet: Sheet,
    scheme: Scheme,
    correction: ScoreCorrection,
    votes: Mapping[MemberNumber, bool],
    members: Collection[MemberNumber],
) -> None:
    row = scheme.criterion(correction.criterion)
    before = sheet.points(correction.bid, correction.criterion)
    if row is None or row.kind is not Kind.SUBJECTIVE or before == correction.points:
        _not_allowed(
            "畸高畸低只适用于主观评分项，且分值应有变化",
            "Only a subjective score can be grossly off, and it must change",
        )
    if not correction.reason.strip():
        raise BadInput(
            "reason-missing",
            zh="请写明认定评分畸高或者畸低的理由",
            en="State why the score is grossly too high or too low",
            article=REASONS_IN_WRITING,
            fields={"reason": ("请写明理由", "State the grounds")},
        )
    if not majority(votes, members):
        _not_allowed("评标委员会未认定评分畸高畸低", "The panel did not find the score grossly off")


def _not_allowed(zh: str, en: str) -> NoReturn:
    raise Refusal("correction-not-allowed", zh=zh, en=en, article=ORDER_87_64)
