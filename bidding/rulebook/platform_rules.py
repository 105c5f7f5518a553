"""Periods that no law states: this platform's own, so that the steps of the law fit together."""

from typing import Final

from bidding.rulebook.periods import Bound, Breach, Unit, index, period
from bidding.rulebook.sources import ORDER_87, PLATFORM_SINCE
from market.kernel.law import platform_rule

QUESTIONS_UNTIL: Final = period(
    "Y01",
    ("提问截止", "questions"),
    ("提问截止", "the last question"),
    ("投标截止", "the bid deadline"),
    bound=Bound.BEFORE_AT_LEAST,
    length=(4, Unit.WORKING_DAY),
    law=(
        # Three working days for the answer (G08), and the answer a working day before the end.
        platform_rule(
            "答复应在投标截止日前一个工作日之前作出",
            "the answer is there a working day before the bid deadline",
        ),
        PLATFORM_SINCE,
    ),
    breach=(Breach.BLOCK,),
)
OPENING_AT_DEADLINE: Final = period(
    "Y02",
    ("开标时间", "opening"),
    ("投标截止", "the bid deadline"),
    ("开标", "opening"),
    bound=Bound.LASTS,
    length=(0, Unit.MOMENT),
    law=(ORDER_87.remembered(39), ORDER_87.since),
    breach=(Breach.BLOCK,),
)
EVALUATION_AFTER_OPENING: Final = period(
    "Y03",
    ("评审开始", "evaluation"),
    ("开标", "opening"),
    ("评审开始", "the start of evaluation"),
    bound=Bound.AT_LEAST,
    length=(0, Unit.MOMENT),
    law=(
        platform_rule("评审在开标之后进行", "evaluation comes after opening"),
        PLATFORM_SINCE,
    ),
    breach=(Breach.BLOCK,),
)
NEW_BIDS: Final = period(
    "Y04",
    ("重新投标", "time for new bids"),
    ("要求重新投标的变更公告", "the amendment that requires new bids"),
    ("投标截止", "the bid deadline"),
    bound=Bound.AT_LEAST,
    length=(5, Unit.WORKING_DAY),
    law=(
        platform_rule(
            "要求重新投标的，至少留出5个工作日",
            "where new bids are required, five working days are left for them",
        ),
        PLATFORM_SINCE,
    ),
    breach=(Breach.EXTEND,),
)
DOCUMENTS_AFTER_NOTICE: Final = period(
    "Y05",
    ("文件开始提供", "start of provision of documents"),
    ("公告发布", "publication of the notice"),
    ("招标文件开始提供", "the start of provision of documents"),
    bound=Bound.AT_LEAST,
    length=(0, Unit.MOMENT),
    law=(
        platform_rule("招标文件不早于公告提供", "documents are not handed out before the notice"),
        PLATFORM_SINCE,
    ),
    breach=(Breach.BLOCK,),
)
QUESTIONS_WHILE_PROVIDED: Final = period(
    "Y06",
    ("提问期", "time for questions"),
    ("招标文件提供截止", "the end of provision of documents"),
    ("提问截止", "the last question"),
    bound=Bound.AT_LEAST,
    length=(0, Unit.MOMENT),
    law=(
        platform_rule(
            "文件提供期间均可提问", "questions can be asked as long as documents are handed out"
        ),
        PLATFORM_SINCE,
    ),
    breach=(Breach.BLOCK,),
)
AWARD_AFTER_PUBLICITY: Final = period(
    "Y07",
    ("定标", "award"),
    ("中标候选人公示期满", "the end of the public notice of candidates"),
    ("确定中标人", "the award decision"),
    bound=Bound.AT_LEAST,
    length=(0, Unit.MOMENT),
    law=(
        platform_rule("公示期满后定标", "the award follows the end of the public notice"),
        PLATFORM_SINCE,
    ),
    breach=(Breach.BLOCK,),
)

TERMINATED_REFUND: Final = period(
    "Y08",
    ("终止招标退还保证金", "refund after the end without an award"),
    ("终止招标或招标失败", "the end of the tender without an award"),
    ("退还保证金", "the refund"),
    bound=Bound.AT_MOST,
    length=(5, Unit.CALENDAR_DAY),
    law=(
        # The Regulation, art. 31, says only "without delay".
        platform_rule("终止招标后5日内退还", "refund within five days of the end of the tender"),
        PLATFORM_SINCE,
    ),
    breach=(Breach.CARD,),
)

BOND_PROPOSAL: Final = period(
    "Y09",
    ("提出不予退还保证金", "proposal to keep a bond"),
    ("中标资格丧失", "the lapse of the award"),
    ("提出不予退还", "the proposal to keep it"),
    bound=Bound.AT_MOST,
    length=(5, Unit.WORKING_DAY),
    law=(
        # The law names the causes to keep a bond and no time to say so: silence keeps no money.
        platform_rule(
            "中标资格丧失后5个工作日内未提出不予退还的，保证金退还",
            "without a proposal within five working days of the lapse the bond goes back",
        ),
        PLATFORM_SINCE,
    ),
    breach=(Breach.DEFAULT,),
)
HEARD_REFUND: Final = period(
    "Y10",
    ("听取陈述后退还保证金", "refund after a hearing"),
    ("决定退还", "the decision that it goes back"),
    ("退还保证金", "the refund"),
    bound=Bound.AT_MOST,
    length=(5, Unit.WORKING_DAY),
    law=(
        platform_rule(
            "决定退还后5个工作日内退还", "refund within five working days of the decision"
        ),
        PLATFORM_SINCE,
    ),
    breach=(Breach.INTEREST, Breach.CARD),
)

PERIODS: Final = index(
    (
        QUESTIONS_UNTIL,
        OPENING_AT_DEADLINE,
        EVALUATION_AFTER_OPENING,
        NEW_BIDS,
        DOCUMENTS_AFTER_NOTICE,
        QUESTIONS_WHILE_PROVIDED,
        AWARD_AFTER_PUBLICITY,
        TERMINATED_REFUND,
        BOND_PROPOSAL,
        HEARD_REFUND,
    )
)
