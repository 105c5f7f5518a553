"""Periods of challenges and complaints in government procurement, G19 to G27.

The windows of suppliers are rights: a city can neither shorten nor lengthen them.
"""

from typing import Final

from bidding.rulebook.periods import Bound, Breach, Unit, index, period
from bidding.rulebook.sources import ORDER_94, PROCUREMENT_LAW, PROCUREMENT_REGULATION

CHALLENGE: Final = period(
    "G19",
    ("质疑", "challenge"),
    (
        "知道或者应当知道权益受损：收到文件或文件公告期满、程序环节结束、结果公告期满",
        "receipt of the documents or the end of the document, step or result notice",
    ),
    ("质疑", "the challenge"),
    bound=Bound.LASTS,
    length=(7, Unit.WORKING_DAY),
    law=(PROCUREMENT_REGULATION.article(53), PROCUREMENT_REGULATION.since),
    breach=(Breach.NOT_ACCEPTED,),
)
CHALLENGE_ANSWER: Final = period(
    "G20",
    ("质疑答复", "answer to a challenge"),
    ("收到质疑", "receipt of the challenge"),
    ("书面答复", "the written answer"),
    bound=Bound.AT_MOST,
    length=(7, Unit.WORKING_DAY),
    law=(PROCUREMENT_LAW.article(53), PROCUREMENT_LAW.since),
    breach=(Breach.RED_CARD,),
)
COMPLAINT: Final = period(
    "G21",
    ("投诉", "complaint"),
    ("答复期满", "the end of the time to answer"),
    ("投诉", "the complaint"),
    bound=Bound.LASTS,
    length=(15, Unit.WORKING_DAY),
    law=(PROCUREMENT_LAW.article(55), PROCUREMENT_LAW.since),
    breach=(Breach.NOT_ACCEPTED,),
)
COMPLAINT_EXAMINATION: Final = period(
    "G22",
    ("投诉审查", "examination of a complaint"),
    ("收到投诉", "receipt of the complaint"),
    ("审查", "the examination"),
    bound=Bound.AT_MOST,
    length=(5, Unit.WORKING_DAY),
    law=(ORDER_94.article(), ORDER_94.since),
    breach=(Breach.CARD,),
)
COMPLAINT_REFUSAL: Final = period(
    "G23",
    ("不予受理告知", "refusal to accept"),
    ("审查完毕", "the examination"),
    ("书面告知", "the written refusal"),
    bound=Bound.AT_MOST,
    length=(3, Unit.WORKING_DAY),
    law=(ORDER_94.article(), ORDER_94.since),
    breach=(Breach.CARD,),
)
COMPLAINT_COPIES: Final = period(
    "G24",
    ("发送副本", "copies of the complaint"),
    ("收到投诉", "receipt of the complaint"),
    ("答复通知和副本发出", "the notice and the copies"),
    bound=Bound.AT_MOST,
    length=(8, Unit.WORKING_DAY),
    law=(ORDER_94.article(), ORDER_94.since),
    breach=(Breach.CARD,),
)
RESPONDENT_STATEMENT: Final = period(
    "G25",
    ("被投诉人说明", "statement of the respondent"),
    ("收到副本", "receipt of the copy"),
    ("书面说明", "the written statement"),
    bound=Bound.LASTS,
    length=(5, Unit.WORKING_DAY),
    law=(ORDER_94.article(), ORDER_94.since),
    breach=(Breach.DEFAULT,),
)
COMPLAINT_DECISION: Final = period(
    "G26",
    ("投诉处理决定", "decision on a complaint"),
    ("收到投诉", "receipt of the complaint"),
    ("处理决定", "the decision"),
    bound=Bound.AT_MOST,
    length=(30, Unit.WORKING_DAY),
    law=(PROCUREMENT_LAW.article(56), PROCUREMENT_LAW.since),
    breach=(Breach.RED_CARD,),
)
SUSPENSION: Final = period(
    "G27",
    ("暂停采购", "suspension of procurement"),
    ("书面通知暂停", "the written order"),
    ("恢复采购", "resumption"),
    bound=Bound.AT_MOST,
    length=(30, Unit.CALENDAR_DAY),
    law=(PROCUREMENT_LAW.article(57), PROCUREMENT_LAW.since),
    moves=False,
    breach=(Breach.RESUME,),
)

PERIODS: Final = index(
    (
        CHALLENGE,
        CHALLENGE_ANSWER,
        COMPLAINT,
        COMPLAINT_EXAMINATION,
        COMPLAINT_REFUSAL,
        COMPLAINT_COPIES,
        RESPONDENT_STATEMENT,
        COMPLAINT_DECISION,
        SUSPENSION,
    )
)
