"""Periods of engineering tenders (工程建设项目招标投标), E01 to E24.

A day (日) of these two texts is a calendar day. E22 to E24 have no national text: they are rules of
this platform, after the model of a municipal regulation, and a city may set its own.
"""

from typing import Final

from bidding.rulebook.numbers import Bounds, LegalNumber, Measure
from bidding.rulebook.periods import Bound, Breach, Period, Unit, index, period
from bidding.rulebook.sources import BIDDING_LAW, BIDDING_REGULATION, PLATFORM_SINCE
from market.kernel.law import Dated, platform_rule

DOCUMENTS_SALE: Final = period(
    "E01",
    ("发售期", "sale of documents"),
    ("招标文件开始发售", "the start of sale of documents"),
    ("发售截止", "the end of sale"),
    bound=Bound.AT_LEAST,
    length=(5, Unit.CALENDAR_DAY),
    law=(BIDDING_REGULATION.article(16), BIDDING_REGULATION.since),
    key="ENG.sale_days",
    moves=False,
    breach=(Breach.BLOCK,),
)
PREQUALIFICATION_APPLICATIONS: Final = period(
    "E02",
    ("资格预审申请文件提交", "applications for prequalification"),
    ("资格预审文件发售截止", "the end of sale of prequalification documents"),
    ("资格预审申请截止", "the application deadline"),
    bound=Bound.AT_LEAST,
    length=(5, Unit.CALENDAR_DAY),
    law=(BIDDING_REGULATION.article(17), BIDDING_REGULATION.since),
    breach=(Breach.BLOCK,),
)
BID_PREPARATION: Final = period(
    "E03",
    ("投标文件编制时间", "time to prepare bids"),
    ("招标文件开始发售", "the start of sale of documents"),
    ("投标截止", "the bid deadline"),
    bound=Bound.AT_LEAST,
    length=(20, Unit.CALENDAR_DAY),
    law=(BIDDING_LAW.article(24), BIDDING_LAW.since),
    key="ENG.bid_days",
    breach=(Breach.BLOCK,),
)
PREQUALIFICATION_AMENDMENT: Final = period(
    "E04",
    ("资格预审文件澄清修改", "amendment of prequalification documents"),
    ("可能影响编制的澄清修改", "a change that may affect preparation"),
    ("资格预审申请截止", "the application deadline"),
    bound=Bound.BEFORE_AT_LEAST,
    length=(3, Unit.CALENDAR_DAY),
    law=(BIDDING_REGULATION.article(21), BIDDING_REGULATION.since),
    breach=(Breach.EXTEND,),
)
AMENDMENT: Final = period(
    "E05",
    ("招标文件澄清修改", "amendment of the tender documents"),
    ("可能影响编制的澄清修改", "a change that may affect preparation"),
    ("投标截止", "the bid deadline"),
    bound=Bound.BEFORE_AT_LEAST,
    length=(15, Unit.CALENDAR_DAY),
    law=(BIDDING_REGULATION.article(21), BIDDING_REGULATION.since),
    key="ENG.clarify_before",
    breach=(Breach.EXTEND,),
)
PREQUALIFICATION_OBJECTION: Final = period(
    "E06",
    ("资格预审文件异议", "objection to prequalification documents"),
    ("异议", "the objection"),
    ("资格预审申请截止", "the application deadline"),
    bound=Bound.BEFORE_AT_LEAST,
    length=(2, Unit.CALENDAR_DAY),
    law=(BIDDING_REGULATION.article(22), BIDDING_REGULATION.since),
    fixed=True,
    breach=(Breach.NOT_ACCEPTED,),
)
DOCUMENTS_OBJECTION: Final = period(
    "E07",
    ("招标文件异议", "objection to the tender documents"),
    ("异议", "the objection"),
    ("投标截止", "the bid deadline"),
    bound=Bound.BEFORE_AT_LEAST,
    length=(10, Unit.CALENDAR_DAY),
    law=(BIDDING_REGULATION.article(22), BIDDING_REGULATION.since),
    fixed=True,
    breach=(Breach.NOT_ACCEPTED,),
)
OBJECTION_ANSWER: Final = period(
    "E08",
    ("异议答复", "answer to an objection"),
    ("收到异议", "receipt of the objection"),
    ("答复", "the answer"),
    bound=Bound.AT_MOST,
    length=(3, Unit.CALENDAR_DAY),
    law=(BIDDING_REGULATION.article(22), BIDDING_REGULATION.since),
    breach=(
        Breach.SUSPEND,
        Breach.CARD,
    ),
)
OPENING: Final = period(
    "E09",
    ("开标时间", "opening"),
    ("投标截止", "the bid deadline"),
    ("开标", "opening"),
    bound=Bound.LASTS,
    length=(0, Unit.MOMENT),
    law=(BIDDING_LAW.article(34), BIDDING_LAW.since),
    breach=(Breach.BLOCK,),
)
OPENING_OBJECTION: Final = period(
    "E10",
    ("开标异议", "objection at opening"),
    ("开标现场提出异议", "an objection at the opening"),
    ("当场答复", "the answer on the spot"),
    bound=Bound.LASTS,
    length=(0, Unit.MOMENT),
    law=(BIDDING_REGULATION.article(44), BIDDING_REGULATION.since),
    breach=(Breach.BLOCK,),
)
WITHDRAWN_REFUND: Final = period(
    "E11",
    ("撤回退还保证金", "refund after withdrawal"),
    ("收到书面撤回通知", "receipt of the written withdrawal"),
    ("退还保证金", "the refund"),
    bound=Bound.AT_MOST,
    length=(5, Unit.CALENDAR_DAY),
    law=(BIDDING_REGULATION.article(35), BIDDING_REGULATION.since),
    breach=(Breach.CARD,),
)
CANDIDATES_NOTICE: Final = period(
    "E12",
    ("公示中标候选人", "notice of candidates"),
    ("收到评标报告", "receipt of the report"),
    ("公示开始", "the public notice"),
    bound=Bound.AT_MOST,
    length=(3, Unit.CALENDAR_DAY),
    law=(BIDDING_REGULATION.article(54), BIDDING_REGULATION.since),
    breach=(Breach.CARD,),
)
PUBLICITY: Final = period(
    "E13",
    ("公示期", "public notice of candidates"),
    ("公示开始", "the start of the public notice"),
    ("公示期满", "its end"),
    bound=Bound.AT_LEAST,
    length=(3, Unit.CALENDAR_DAY),
    law=(BIDDING_REGULATION.article(54), BIDDING_REGULATION.since),
    key="ENG.publicity_days",
    breach=(Breach.BLOCK,),
)
RESULT_OBJECTION_ANSWER: Final = period(
    "E14",
    ("评标结果异议答复", "answer to an objection to the result"),
    ("公示期内收到异议", "receipt of the objection within the public notice"),
    ("答复", "the answer"),
    bound=Bound.AT_MOST,
    length=(3, Unit.CALENDAR_DAY),
    law=(BIDDING_REGULATION.article(54), BIDDING_REGULATION.since),
    breach=(
        Breach.SUSPEND,
        Breach.CARD,
    ),
)
REGULATOR_REPORT: Final = period(
    "E15",
    ("招标投标情况书面报告", "report to the regulator"),
    ("确定中标人", "the award decision"),
    ("提交书面报告", "the report"),
    bound=Bound.AT_MOST,
    length=(15, Unit.CALENDAR_DAY),
    law=(BIDDING_LAW.article(47), BIDDING_LAW.since),
    breach=(Breach.CARD,),
)
CONTRACT: Final = period(
    "E16",
    ("签订合同", "contract"),
    ("中标通知书发出", "the award notice"),
    ("合同签订", "the contract"),
    bound=Bound.AT_MOST,
    length=(30, Unit.CALENDAR_DAY),
    law=(BIDDING_LAW.article(46), BIDDING_LAW.since),
    breach=(Breach.RED_CARD,),
)
REFUND: Final = period(
    "E17",
    ("退还投标保证金及利息", "refund of bonds with interest"),
    ("合同签订", "the contract"),
    ("退还保证金", "the refund"),
    bound=Bound.AT_MOST,
    length=(5, Unit.CALENDAR_DAY),
    law=(BIDDING_REGULATION.article(57), BIDDING_REGULATION.since),
    breach=(Breach.CARD,),
)
COMPLAINT: Final = period(
    "E18",
    ("投诉", "complaint"),
    ("知道或者应当知道", "the day one knew or should have known"),
    ("投诉", "the complaint"),
    bound=Bound.LASTS,
    length=(10, Unit.CALENDAR_DAY),
    law=(BIDDING_REGULATION.article(60), BIDDING_REGULATION.since),
    breach=(Breach.NOT_ACCEPTED,),
)
COMPLAINT_ACCEPTANCE: Final = period(
    "E19",
    ("投诉受理", "acceptance of a complaint"),
    ("收到投诉", "receipt of the complaint"),
    ("受理决定", "the decision to accept"),
    bound=Bound.AT_MOST,
    length=(3, Unit.WORKING_DAY),
    law=(BIDDING_REGULATION.article(61), BIDDING_REGULATION.since),
    breach=(Breach.CARD,),
)
COMPLAINT_DECISION: Final = period(
    "E20",
    ("投诉处理", "decision on a complaint"),
    ("受理投诉", "acceptance of the complaint"),
    ("书面处理决定", "the written decision"),
    bound=Bound.AT_MOST,
    length=(30, Unit.WORKING_DAY),
    law=(BIDDING_REGULATION.article(61), BIDDING_REGULATION.since),
    breach=(Breach.RED_CARD,),
)
BID_VALIDITY: Final = Period(
    "E21",
    "投标有效期",
    "validity of bids",
    ("投标截止", "the bid deadline"),
    ("有效期满", "the end of validity"),
    Bound.AT_LEAST,
    Unit.CALENDAR_DAY,
    # The law wants a validity, stated in the documents, and leaves its length to them.
    LegalNumber(
        "ENG.validity_days",
        "投标有效期",
        "validity of bids",
        Measure.CALENDAR_DAYS,
        (Dated(Bounds(90, legal_min=1), BIDDING_REGULATION.article(25), BIDDING_REGULATION.since),),
    ),
    (Breach.EXTEND,),
    moves=False,
)
AWARD_NOTICE: Final = period(
    "E22",
    ("发中标通知书", "award notice"),
    ("公示期满", "the end of the public notice"),
    ("中标通知书发出", "the award notice"),
    bound=Bound.AT_MOST,
    length=(5, Unit.WORKING_DAY),
    law=(
        platform_rule(
            "公示期满无异议的，5个工作日内发出中标通知书",
            "the award notice goes out within five working days",
        ),
        PLATFORM_SINCE,
    ),
    breach=(Breach.CARD,),
)
LOSERS_REFUND: Final = period(
    "E23",
    ("未入围退还保证金", "refund to bidders who are no candidates"),
    ("中标通知书发出", "the award notice"),
    ("退还保证金", "the refund"),
    bound=Bound.AT_MOST,
    length=(5, Unit.CALENDAR_DAY),
    law=(
        platform_rule(
            "未列入候选人的，中标通知书发出后5日内退还",
            "refund within five days of the award notice",
        ),
        PLATFORM_SINCE,
    ),
    breach=(Breach.CARD,),
)
CONTRACT_FILING: Final = period(
    "E24",
    ("合同备案", "filing of the contract"),
    ("合同签订", "the contract"),
    ("备案", "the filing"),
    bound=Bound.AT_MOST,
    length=(7, Unit.WORKING_DAY),
    law=(
        platform_rule(
            "国有资金项目合同7个工作日内备案",
            "contracts of state-funded projects are filed in seven working days",
        ),
        PLATFORM_SINCE,
    ),
    breach=(Breach.CARD,),
)

PERIODS: Final = index(
    (
        DOCUMENTS_SALE,
        PREQUALIFICATION_APPLICATIONS,
        BID_PREPARATION,
        PREQUALIFICATION_AMENDMENT,
        AMENDMENT,
        PREQUALIFICATION_OBJECTION,
        DOCUMENTS_OBJECTION,
        OBJECTION_ANSWER,
        OPENING,
        OPENING_OBJECTION,
        WITHDRAWN_REFUND,
        CANDIDATES_NOTICE,
        PUBLICITY,
        RESULT_OBJECTION_ANSWER,
        REGULATOR_REPORT,
        CONTRACT,
        REFUND,
        COMPLAINT,
        COMPLAINT_ACCEPTANCE,
        COMPLAINT_DECISION,
        BID_VALIDITY,
        AWARD_NOTICE,
        LOSERS_REFUND,
        CONTRACT_FILING,
    )
)
