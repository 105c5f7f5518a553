"""Periods of procurement without a tender (谈判、磋商、询价、单一来源), N01 to N11.

N03 has two periods and N10 three; N12 is a share and stands in `thresholds`.
"""

from typing import Final

from bidding.rulebook.periods import Bound, Breach, Unit, index, period
from bidding.rulebook.sources import CONSULTATION, ORDER_74, PROCUREMENT_LAW, PROCUREMENT_REGULATION
from market.kernel.law import Article, Standing

_NOTICES: Final = Article(
    "政府采购非招标方式公告期限的规定",
    "rules on notice periods of non-tender procurement",
    Standing.MEMORY,
)

NOTICE: Final = period(
    "N01",
    ("谈判、磋商、询价公告期限", "notice period of non-tender methods"),
    ("公告发布", "publication of the notice"),
    ("公告期满", "the end of the notice period"),
    bound=Bound.AT_LEAST,
    length=(3, Unit.WORKING_DAY),
    law=(_NOTICES, ORDER_74.since),
    key="GP.nontender_notice_days",
    breach=(Breach.BLOCK,),
)
NEGOTIATION_RESPONSE: Final = period(
    "N02",
    ("谈判首次响应", "first response in a negotiation"),
    ("采购文件发出", "issue of the documents"),
    ("首次响应截止", "the first response deadline"),
    bound=Bound.AT_LEAST,
    length=(3, Unit.WORKING_DAY),
    law=(ORDER_74.article(), ORDER_74.since),
    breach=(Breach.BLOCK,),
)
QUOTATION_RESPONSE: Final = period(
    "N03",
    ("询价响应", "response to a request for quotation"),
    ("询价通知书发出", "issue of the request"),
    ("响应截止", "the response deadline"),
    bound=Bound.AT_LEAST,
    length=(3, Unit.WORKING_DAY),
    law=(ORDER_74.article(), ORDER_74.since),
    breach=(Breach.BLOCK,),
)
QUOTATION_AMENDMENT: Final = period(
    "N03.1",
    ("询价通知书澄清", "amendment of a request for quotation"),
    ("澄清修改", "the change"),
    ("响应截止", "the response deadline"),
    bound=Bound.BEFORE_AT_LEAST,
    length=(3, Unit.WORKING_DAY),
    law=(ORDER_74.article(), ORDER_74.since),
    breach=(Breach.EXTEND,),
)
CONSULTATION_RESPONSE: Final = period(
    "N04",
    ("磋商首次响应", "first response in a consultation"),
    ("采购文件发出", "issue of the documents"),
    ("首次响应截止", "the first response deadline"),
    bound=Bound.AT_LEAST,
    length=(10, Unit.CALENDAR_DAY),
    law=(CONSULTATION.article(), CONSULTATION.since),
    breach=(Breach.BLOCK,),
)
CONSULTATION_DOCUMENTS: Final = period(
    "N05",
    ("磋商文件发售", "sale of consultation documents"),
    ("发售开始", "the start of sale"),
    ("发售截止", "the end of sale"),
    bound=Bound.AT_LEAST,
    length=(5, Unit.WORKING_DAY),
    law=(CONSULTATION.article(), CONSULTATION.since),
    breach=(Breach.BLOCK,),
)
CONSULTATION_AMENDMENT: Final = period(
    "N06",
    ("磋商文件澄清", "amendment of consultation documents"),
    ("可能影响编制的澄清修改", "a change that may affect preparation"),
    ("首次响应截止", "the first response deadline"),
    bound=Bound.BEFORE_AT_LEAST,
    length=(5, Unit.CALENDAR_DAY),
    law=(CONSULTATION.article(), CONSULTATION.since),
    breach=(Breach.EXTEND,),
)
NEGOTIATION_AMENDMENT: Final = period(
    "N07",
    ("谈判文件澄清", "amendment of negotiation documents"),
    ("澄清修改", "the change"),
    ("首次响应截止", "the first response deadline"),
    bound=Bound.BEFORE_AT_LEAST,
    length=(3, Unit.WORKING_DAY),
    law=(ORDER_74.remembered(29), ORDER_74.since),
    breach=(Breach.EXTEND,),
)
SINGLE_SOURCE_NOTICE: Final = period(
    "N08",
    ("单一来源公示", "public notice of single source"),
    ("公示开始", "the start of the public notice"),
    ("公示期满", "its end"),
    bound=Bound.AT_LEAST,
    length=(5, Unit.WORKING_DAY),
    law=(PROCUREMENT_REGULATION.article(38), PROCUREMENT_REGULATION.since),
    breach=(Breach.BLOCK,),
)
SINGLE_SOURCE_OBJECTION: Final = period(
    "N09",
    ("单一来源异议处理", "handling of objections to single source"),
    ("公示期满", "the end of the public notice"),
    ("补充论证", "the supplementary demonstration"),
    bound=Bound.AT_MOST,
    length=(5, Unit.WORKING_DAY),
    law=(ORDER_74.remembered(40), ORDER_74.since),
    breach=(Breach.CARD,),
)
REPORT: Final = period(
    "N10.1",
    ("送评审报告", "report to the purchaser"),
    ("评审结束", "the end of evaluation"),
    ("评审报告送达", "the report"),
    bound=Bound.AT_MOST,
    length=(2, Unit.WORKING_DAY),
    law=(CONSULTATION.article(), CONSULTATION.since),
    breach=(Breach.CARD,),
)
DETERMINATION: Final = period(
    "N10.2",
    ("确定成交供应商", "award decision"),
    ("收到评审报告", "receipt of the report"),
    ("确定成交供应商", "the award decision"),
    bound=Bound.AT_MOST,
    length=(5, Unit.WORKING_DAY),
    law=(CONSULTATION.article(), CONSULTATION.since),
    breach=(
        Breach.DEFAULT,
        Breach.CARD,
    ),
)
RESULT: Final = period(
    "N10.3",
    ("发通知书、公告结果", "award notice and result"),
    ("确定成交供应商", "the award decision"),
    ("通知书与结果公告", "the award notice and the result notice"),
    bound=Bound.AT_MOST,
    length=(2, Unit.WORKING_DAY),
    law=(CONSULTATION.article(), CONSULTATION.since),
    breach=(Breach.CARD,),
)
CONTRACT: Final = period(
    "N11",
    ("签订合同", "contract"),
    ("成交通知书发出", "the award notice"),
    ("合同签订", "the contract"),
    bound=Bound.AT_MOST,
    length=(30, Unit.CALENDAR_DAY),
    law=(PROCUREMENT_LAW.article(46), PROCUREMENT_LAW.since),
    breach=(Breach.CARD,),
)

PERIODS: Final = index(
    (
        NOTICE,
        NEGOTIATION_RESPONSE,
        QUOTATION_RESPONSE,
        QUOTATION_AMENDMENT,
        CONSULTATION_RESPONSE,
        CONSULTATION_DOCUMENTS,
        CONSULTATION_AMENDMENT,
        NEGOTIATION_AMENDMENT,
        SINGLE_SOURCE_NOTICE,
        SINGLE_SOURCE_OBJECTION,
        REPORT,
        DETERMINATION,
        RESULT,
        CONTRACT,
    )
)
