"""Periods of land granting (LD01-LD04) and of transfers of state assets (A01-A03, A06).

What is counted in minutes (bidding rounds) belongs to the auctions themselves.
"""

from typing import Final

from bidding.rulebook.periods import Bound, Breach, Unit, index, period
from bidding.rulebook.sources import ASSET_ORDER, LAND_ORDER

NOTICE: Final = period(
    "LD01",
    ("出让公告", "granting notice"),
    ("公告发布", "publication of the notice"),
    ("招标、拍卖或挂牌开始", "the start of tender, auction or listing"),
    bound=Bound.AT_LEAST,
    length=(20, Unit.CALENDAR_DAY),
    law=(LAND_ORDER.remembered(), LAND_ORDER.since),
    breach=(Breach.BLOCK,),
)
LISTING: Final = period(
    "LD02",
    ("挂牌时间", "listing"),
    ("挂牌开始", "the start of the listing"),
    ("挂牌截止", "the end of the listing"),
    bound=Bound.AT_LEAST,
    length=(10, Unit.CALENDAR_DAY),
    law=(LAND_ORDER.remembered(18), LAND_ORDER.since),
    breach=(Breach.BLOCK,),
)
REFUND: Final = period(
    "LD03",
    ("竞买保证金退还", "refund of auction deposits"),
    ("交易活动结束", "the end of the activity"),
    ("退还保证金", "the refund"),
    bound=Bound.AT_MOST,
    length=(5, Unit.WORKING_DAY),
    law=(LAND_ORDER.remembered(), LAND_ORDER.since),
    breach=(Breach.CARD,),
)
RESULT: Final = period(
    "LD04",
    ("结果公布", "publication of the result"),
    ("交易活动结束", "the end of the activity"),
    ("结果公布", "publication of the result"),
    bound=Bound.AT_MOST,
    length=(10, Unit.WORKING_DAY),
    law=(LAND_ORDER.remembered(22), LAND_ORDER.since),
    breach=(Breach.CARD,),
)
PREDISCLOSURE: Final = period(
    "A01",
    ("预披露", "pre-disclosure"),
    ("预披露开始", "the start of pre-disclosure"),
    ("预披露期满", "its end"),
    bound=Bound.AT_LEAST,
    length=(20, Unit.WORKING_DAY),
    law=(ASSET_ORDER.remembered(13), ASSET_ORDER.since),
    breach=(Breach.BLOCK,),
)
DISCLOSURE: Final = period(
    "A02",
    ("正式披露", "formal disclosure"),
    ("披露开始", "the start of disclosure"),
    ("披露期满", "its end"),
    bound=Bound.AT_LEAST,
    length=(20, Unit.WORKING_DAY),
    law=(ASSET_ORDER.article(), ASSET_ORDER.since),
    breach=(Breach.BLOCK,),
)
DISCLOSURE_EXTENSION: Final = period(
    "A03",
    ("延长披露", "extension of disclosure"),
    ("延长开始", "the start of the extension"),
    ("延长期满", "its end"),
    bound=Bound.AT_LEAST,
    length=(5, Unit.WORKING_DAY),
    law=(ASSET_ORDER.article(), ASSET_ORDER.since),
    breach=(Breach.BLOCK,),
)
ASSET_RESULT: Final = period(
    "A06",
    ("结果公告", "publication of the result"),
    ("公告开始", "publication"),
    ("公告期满", "its end"),
    bound=Bound.AT_LEAST,
    length=(5, Unit.WORKING_DAY),
    law=(ASSET_ORDER.article(), ASSET_ORDER.since),
    breach=(Breach.BLOCK,),
)

PERIODS: Final = index(
    (NOTICE, LISTING, REFUND, RESULT, PREDISCLOSURE, DISCLOSURE, DISCLOSURE_EXTENSION, ASSET_RESULT)
)
