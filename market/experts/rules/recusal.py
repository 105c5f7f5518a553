"""Who must not judge this case (R1 to R11, R13), from declared facts and the parties.

Run before opening over owner, agent, preparers and the industry list, and again after opening over
the true bidders. R12, the cap on one unit, depends on who is seated and stands in
`market.experts.rules.walk`.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

from market.experts.rules import articles, questions
from market.experts.rules.findings import LeftOut, Rule, Screening, sift
from market.experts.rules.limits import Terms
from market.experts.rules.questions import Case
from market.experts.rules.relations import Activity, Parties, RecusalFacts
from market.kernel.ids import Track
from market.kernel.law import Article


@dataclass(frozen=True, slots=True)
class _Check:
    """One row: the tracks it binds, the rule, its article and words, and the question asked."""

    tracks: tuple[Track, ...]
    rule: Rule
    reason: str
    article: Article
    zh: str
    en: str
    hit: Callable[[Case], str | None]


_ENG: Final = (Track.ENGINEERING,)
_GP: Final = (Track.GOVERNMENT,)
_BOTH: Final = (Track.ENGINEERING, Track.GOVERNMENT)

_CHECKS: Final = (
    _Check(
        _ENG,
        Rule.R1,
        "near-relative",
        articles.PANELS_12_1,
        "系投标人或其主要负责人的近亲属",
        "Is a near relative of a bidder or of its main person in charge",
        questions.near_relative_of_a_head,
    ),
    _Check(
        _ENG,
        Rule.R2,
        "supervising-staff",
        articles.PANELS_12_2,
        "系项目主管部门或行政监督部门的人员",
        "Works for the project's competent department or for the regulator",
        questions.works_for_either,
    ),
    _Check(
        _GP,
        Rule.R2,
        "supervising-staff",
        articles.OTHER_TRACK,
        "系项目主管部门的人员",
        "Works for the project's competent department",
        questions.works_for_a_department,
    ),
    _Check(
        _ENG,
        Rule.R3,
        "economic-interest",
        articles.PANELS_12_3,
        "与投标人有经济利益关系，可能影响公正评审",
        "Has an economic interest with a bidder that may affect fairness",
        questions.gains_from_a_bidder,
    ),
    _Check(
        _ENG,
        Rule.R3,
        "stake",
        articles.TENDERING_37,
        "与投标人有其他利害关系",
        "Reported another stake with a bidder",
        questions.reports_a_tie,
    ),
    _Check(
        _ENG,
        Rule.R4,
        "punished",
        articles.PANELS_12_4,
        "曾因招标投标活动中的违法行为受过处罚",
        "Was punished for a violation around tendering",
        questions.was_punished,
    ),
    _Check(
        _GP,
        Rule.R4,
        "punished",
        articles.OTHER_TRACK,
        "曾因招标投标活动中的违法行为受过处罚",
        "Was punished for a violation around tendering",
        questions.was_punished,
    ),
    _Check(
        _GP,
        Rule.R5,
        "worked-for-supplier",
        articles.PROCUREMENT_9_1,
        "参加采购活动前{terms.look_back_years}年内与供应商存在劳动关系",
        "Had a labour relation with a supplier within the {terms.look_back_years} years before",
        questions.worked_for_a_supplier,
    ),
    _Check(
        _GP,
        Rule.R6,
        "sat-on-board",
        articles.PROCUREMENT_9_2,
        "参加采购活动前{terms.look_back_years}年内担任供应商的董事、监事",
        "Was director or supervisor of a supplier within the {terms.look_back_years} years before",
        questions.sat_on_a_board,
    ),
    _Check(
        _GP,
        Rule.R7,
        "controlled-supplier",
        articles.PROCUREMENT_9_3,
        "参加采购活动前{terms.look_back_years}年内是供应商的控股股东或实际控制人",
        "Controlled a supplier within the {terms.look_back_years} years before",
        questions.controlled_a_supplier,
    ),
    _Check(
        _GP,
        Rule.R8,
        "kin-of-head",
        articles.PROCUREMENT_9_4,
        "与供应商的法定代表人或负责人有夫妻、直系血亲、三代以内旁系血亲或近姻亲关系",
        "Is spouse, direct blood, collateral within three generations or near affinity of a "
        "supplier's legal representative or person in charge",
        questions.kin_of_a_head,
    ),
    _Check(
        _GP,
        Rule.R9,
        "other-tie",
        articles.PROCUREMENT_9_5,
        "与供应商有其他可能影响公平、公正的关系",
        "Has another relation with a supplier that may affect fairness",
        questions.has_another_tie,
    ),
    _Check(
        _GP,
        Rule.R10,
        "own-unit",
        articles.PROCUREMENT_TENDERS_47,
        "系采购人本单位人员，只能作为采购人代表参加",
        "Works for the purchaser and may only sit as its representative",
        questions.works_for_the_owner,
    ),
    _Check(
        _ENG,
        Rule.R10,
        "own-unit",
        articles.OTHER_TRACK,
        "系招标人本单位人员，只能作为招标人代表参加",
        "Works for the tenderer and may only sit as its representative",
        questions.works_for_the_owner,
    ),
    _Check(
        _GP,
        Rule.R10,
        "agent-staff",
        articles.PROCUREMENT_TENDERS_47,
        "系本项目采购代理机构的工作人员",
        "Works for the procurement agent of this project",
        questions.works_for_the_agent,
    ),
    _Check(
        _ENG,
        Rule.R10,
        "agent-staff",
        articles.OTHER_TRACK,
        "系本项目招标代理机构的工作人员",
        "Works for the tender agency of this project",
        questions.works_for_the_agent,
    ),
    _Check(
        _GP,
        Rule.R10,
        "finance-supervisor",
        articles.EXPERTS_GP_16,
        "系政府采购监督管理部门的工作人员",
        "Works for the department that supervises government procurement",
        questions.works_for_a_regulator,
    ),
    _Check(
        _BOTH,
        Rule.R11,
        "took-part",
        articles.PREPARED,
        "参与过本项目文件编制、可行性研究、设计或监理",
        "Took part in this project's documents, feasibility study, design or supervision",
        questions.took_part,
    ),
    _Check(
        _BOTH,
        Rule.R11,
        "preparers-staff",
        articles.PREPARED,
        "所在单位参与过本项目前期工作或监理",
        "Works for a unit that prepared or supervises this project",
        questions.works_for_a_preparer,
    ),
    _Check(
        _BOTH,
        Rule.R13,
        "same-owner-lately",
        articles.SAME_OWNER,
        "{terms.same_owner_days}日内已被同一招标人（采购人）的项目抽取",
        "Was drawn for the same owner within {terms.same_owner_days} days",
        questions.served_the_owner_lately,
    ),
)


def recusals(
    facts: RecusalFacts, activity: Activity, parties: Parties, terms: Terms
) -> tuple[LeftOut, ...]:
    """Everything that keeps this expert from this case, in the order of the rules.

    Edges of "within 3 years before": what ended exactly 3 years before the activity's day is
    inside, one day earlier is outside; the activity's day itself is inside. "Within 30 days":
    drawn 30 days before is inside, 31 days outside.
    """
    case = Case(facts, activity, parties, terms)
    found = list[LeftOut]()
    for check in _CHECKS:
        about = check.hit(case) if activity.track in check.tracks else None
        if about is not None:
            left = LeftOut(
                candidate=facts.expert,
                rule=check.rule,
                reason=check.reason,
                article=check.article,
                zh=check.zh.format(terms=terms),
                en=check.en.format(terms=terms),
                about=about,
            )
            found.append(left)
    return tuple(found)


def screen(
    declared: Iterable[RecusalFacts], activity: Activity, parties: Parties, terms: Terms
) -> Screening:
    """Everybody's declarations, sifted: ids kept, and each one left out with the first rule."""
    return sift((each.expert, recusals(each, activity, parties, terms)) for each in declared)
