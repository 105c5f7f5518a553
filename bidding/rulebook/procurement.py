"""Periods of open and invited tenders in government procurement (政府采购), G01-G18 and G28-G31.

What happens after a challenge, G19 to G27, is in `remedies`. Order 87 and the notice on experts are
cited from memory; a refusal says so.
"""

from typing import Final

from bidding.rulebook.periods import Bound, Breach, Unit, index, period
from bidding.rulebook.sources import (
    EXPERTS,
    INTENTIONS,
    ORDER_87,
    PROCUREMENT_LAW,
    PROCUREMENT_REGULATION,
    SMALL_FIRM_PAYMENTS,
)

INTENTION: Final = period(
    "G01",
    ("采购意向公开", "publication of the intention"),
    ("意向公开", "publication of the intention"),
    ("采购活动开始", "the start of procurement"),
    bound=Bound.AT_LEAST,
    length=(30, Unit.CALENDAR_DAY),
    law=(INTENTIONS.remembered(), INTENTIONS.since),
    moves=False,
    breach=(Breach.WARN,),
)
NOTICE: Final = period(
    "G02",
    ("公告期限", "notice period"),
    ("公告发布", "publication of the notice"),
    ("公告期满", "the end of the notice period"),
    bound=Bound.AT_LEAST,
    length=(5, Unit.WORKING_DAY),
    law=(ORDER_87.remembered(16), ORDER_87.since),
    key="GP.notice_days",
    breach=(Breach.BLOCK,),
)
DOCUMENTS_PROVISION: Final = period(
    "G03",
    ("招标文件提供期限", "provision of documents"),
    ("招标文件开始提供", "the start of provision of documents"),
    ("提供截止", "the end of provision"),
    bound=Bound.AT_LEAST,
    length=(5, Unit.WORKING_DAY),
    law=(PROCUREMENT_REGULATION.article(31), PROCUREMENT_REGULATION.since),
    key="GP.doc_days",
    breach=(Breach.BLOCK,),
)
PREQUALIFICATION_APPLICATIONS: Final = period(
    "G04",
    ("资格预审申请提交", "applications for prequalification"),
    ("资格预审公告", "the prequalification notice"),
    ("资格预审申请截止", "the application deadline"),
    bound=Bound.AT_LEAST,
    length=(5, Unit.WORKING_DAY),
    law=(PROCUREMENT_REGULATION.article(21), PROCUREMENT_REGULATION.since),
    breach=(Breach.BLOCK,),
)
BID_PREPARATION: Final = period(
    "G05",
    ("投标截止", "time to prepare bids"),
    ("招标文件开始提供", "the start of provision of documents"),
    ("投标截止", "the bid deadline"),
    bound=Bound.AT_LEAST,
    length=(20, Unit.CALENDAR_DAY),
    law=(PROCUREMENT_LAW.article(35), PROCUREMENT_LAW.since),
    key="GP.bid_days",
    breach=(Breach.BLOCK,),
)
AMENDMENT: Final = period(
    "G06",
    ("澄清修改", "amendment of the tender documents"),
    ("可能影响编制的澄清修改", "a change that may affect preparation"),
    ("投标截止", "the bid deadline"),
    bound=Bound.BEFORE_AT_LEAST,
    length=(15, Unit.CALENDAR_DAY),
    law=(PROCUREMENT_REGULATION.article(31), PROCUREMENT_REGULATION.since),
    key="GP.clarify_before",
    breach=(Breach.EXTEND,),
)
PREQUALIFICATION_AMENDMENT: Final = period(
    "G07",
    ("资格预审文件澄清", "amendment of prequalification documents"),
    ("澄清修改", "the change"),
    ("资格预审申请截止", "the application deadline"),
    bound=Bound.BEFORE_AT_LEAST,
    length=(3, Unit.CALENDAR_DAY),
    law=(ORDER_87.remembered(27), ORDER_87.since),
    breach=(Breach.EXTEND,),
)
ENQUIRY_ANSWER: Final = period(
    "G08",
    ("询问答复", "answer to an enquiry"),
    ("收到询问", "receipt of the enquiry"),
    ("答复", "the answer"),
    bound=Bound.AT_MOST,
    length=(3, Unit.WORKING_DAY),
    law=(PROCUREMENT_REGULATION.article(52), PROCUREMENT_REGULATION.since),
    breach=(Breach.CARD,),
)
REPORT: Final = period(
    "G09",
    ("送评审报告", "report to the purchaser"),
    ("评审结束", "the end of evaluation"),
    ("评审报告送达", "the report"),
    bound=Bound.AT_MOST,
    length=(2, Unit.WORKING_DAY),
    law=(PROCUREMENT_REGULATION.article(43), PROCUREMENT_REGULATION.since),
    breach=(Breach.CARD,),
)
DETERMINATION: Final = period(
    "G10",
    ("确定中标人", "award decision"),
    ("收到评审报告", "receipt of the report"),
    ("确定中标人", "the award decision"),
    bound=Bound.AT_MOST,
    length=(5, Unit.WORKING_DAY),
    law=(PROCUREMENT_REGULATION.article(43), PROCUREMENT_REGULATION.since),
    breach=(
        Breach.DEFAULT,
        Breach.CARD,
    ),
)
RESULT: Final = period(
    "G11",
    ("发通知书、公告结果", "award notice and result"),
    ("确定中标人", "the award decision"),
    ("通知书与结果公告", "the award notice and the result notice"),
    bound=Bound.AT_MOST,
    length=(2, Unit.WORKING_DAY),
    law=(PROCUREMENT_REGULATION.article(43), PROCUREMENT_REGULATION.since),
    breach=(Breach.CARD,),
)
RESULT_NOTICE: Final = period(
    "G12",
    ("中标结果公告期限", "result notice period"),
    ("结果公告", "publication of the result"),
    ("结果公告期满", "its end"),
    bound=Bound.LASTS,
    length=(1, Unit.WORKING_DAY),
    law=(ORDER_87.remembered(69), ORDER_87.since),
    breach=(Breach.BLOCK,),
)
CONTRACT: Final = period(
    "G13",
    ("签订合同", "contract"),
    ("中标通知书发出", "the award notice"),
    ("合同签订", "the contract"),
    bound=Bound.AT_MOST,
    length=(30, Unit.CALENDAR_DAY),
    law=(PROCUREMENT_LAW.article(46), PROCUREMENT_LAW.since),
    breach=(Breach.CARD,),
)
CONTRACT_PUBLICATION: Final = period(
    "G14",
    ("合同公告", "publication of the contract"),
    ("合同签订", "the contract"),
    ("合同公告", "publication of the contract"),
    bound=Bound.AT_MOST,
    length=(2, Unit.WORKING_DAY),
    law=(PROCUREMENT_REGULATION.article(50), PROCUREMENT_REGULATION.since),
    breach=(Breach.CARD,),
)
CONTRACT_FILING: Final = period(
    "G15",
    ("合同备案", "filing of the contract"),
    ("合同签订", "the contract"),
    ("合同副本备案", "the copy at the finance department"),
    bound=Bound.AT_MOST,
    length=(7, Unit.WORKING_DAY),
    law=(PROCUREMENT_LAW.article(47), PROCUREMENT_LAW.since),
    breach=(Breach.CARD,),
)
REFUND: Final = period(
    "G16",
    ("退还保证金", "refund of bonds"),
    (
        "通知书发出（未中标）或合同签订（中标）",
        "the award notice (losers) or the contract (winner)",
    ),
    ("退还保证金", "the refund"),
    bound=Bound.AT_MOST,
    length=(5, Unit.WORKING_DAY),
    law=(PROCUREMENT_REGULATION.article(33), PROCUREMENT_REGULATION.since),
    breach=(
        Breach.INTEREST,
        Breach.CARD,
    ),
)
WITHDRAWN_REFUND: Final = period(
    "G17",
    ("撤回退还保证金", "refund after withdrawal"),
    ("收到书面撤回通知", "receipt of the written withdrawal"),
    ("退还保证金", "the refund"),
    bound=Bound.AT_MOST,
    length=(5, Unit.WORKING_DAY),
    law=(ORDER_87.remembered(38), ORDER_87.since),
    breach=(
        Breach.INTEREST,
        Breach.CARD,
    ),
)
TERMINATED_REFUND: Final = period(
    "G18",
    ("终止招标退还", "refund after termination"),
    ("终止招标", "termination"),
    ("退还费用和保证金", "the refund of fees and bonds"),
    bound=Bound.AT_MOST,
    length=(5, Unit.WORKING_DAY),
    law=(ORDER_87.remembered(29), ORDER_87.since),
    breach=(Breach.CARD,),
)
RECORDS: Final = period(
    "G28",
    ("采购文件保存", "keeping of records"),
    ("采购结束", "the end of procurement"),
    ("保存期满", "the end of keeping"),
    bound=Bound.AT_LEAST,
    length=(15, Unit.YEAR),
    law=(PROCUREMENT_LAW.article(42), PROCUREMENT_LAW.since),
    key="KEEP.gp",
    breach=(Breach.BLOCK,),
)
DRAW: Final = period(
    "G29",
    ("抽取专家", "draw of experts"),
    ("抽取开始", "the start of the draw"),
    ("评审开始", "the start of evaluation"),
    bound=Bound.BEFORE_AT_MOST,
    length=(2, Unit.WORKING_DAY),
    law=(EXPERTS.remembered(14), EXPERTS.since),
    breach=(Breach.BLOCK,),
)
EXPERT_RATING: Final = period(
    "G30",
    ("履职记录", "rating of the experts"),
    ("评审结束", "the end of evaluation"),
    ("履职记录", "the rating"),
    bound=Bound.AT_MOST,
    length=(5, Unit.WORKING_DAY),
    law=(EXPERTS.remembered(), EXPERTS.since),
    breach=(Breach.REMIND,),
)
PAYMENT: Final = period(
    "G31",
    ("付款", "payment"),
    ("交付验收", "delivery and acceptance"),
    ("付款", "payment"),
    bound=Bound.AT_MOST,
    length=(30, Unit.CALENDAR_DAY),
    law=(SMALL_FIRM_PAYMENTS.article(9), SMALL_FIRM_PAYMENTS.since),
    breach=(Breach.REMIND,),
)

PERIODS: Final = index(
    (
        INTENTION,
        NOTICE,
        DOCUMENTS_PROVISION,
        PREQUALIFICATION_APPLICATIONS,
        BID_PREPARATION,
        AMENDMENT,
        PREQUALIFICATION_AMENDMENT,
        ENQUIRY_ANSWER,
        REPORT,
        DETERMINATION,
        RESULT,
        RESULT_NOTICE,
        CONTRACT,
        CONTRACT_PUBLICATION,
        CONTRACT_FILING,
        REFUND,
        WITHDRAWN_REFUND,
        TERMINATED_REFUND,
        RECORDS,
        DRAW,
        EXPERT_RATING,
        PAYMENT,
    )
)
