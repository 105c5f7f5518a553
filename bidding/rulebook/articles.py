"""The articles that the rules of evaluation cite, each with its standing.

Statutes read in full are `SOURCED`; the articles of MOF Order 87 and of the older notices are
known from practice, their text was not verified: `MEMORY`.
"""

from typing import Final

from bidding.rulebook.sources import (
    BIDDING_REGULATION,
    CONSULTATION,
    LOW_PRICES,
    NATIONAL_PRODUCTS,
    ORDER_87,
    PROCUREMENT_LAW,
    PROCUREMENT_REGULATION,
    SMALL_FIRMS_2022,
)
from market.kernel.law import Article, Standing, platform_rule

LAW_36: Final = PROCUREMENT_LAW.article(36)
BIDDING_REGULATION_40: Final = BIDDING_REGULATION.article(40, item=6)
REGULATION_33: Final = PROCUREMENT_REGULATION.article(33)
REGULATION_34: Final = PROCUREMENT_REGULATION.article(34)
REGULATION_41: Final = PROCUREMENT_REGULATION.article(41)
REGULATION_43: Final = PROCUREMENT_REGULATION.article(43)
REGULATION_44: Final = PROCUREMENT_REGULATION.article(44)
REGULATION_49: Final = PROCUREMENT_REGULATION.article(49)

ORDER_87_17: Final = ORDER_87.remembered(17)
ORDER_87_37: Final = ORDER_87.remembered(37)
ORDER_87_44: Final = ORDER_87.remembered(44)
ORDER_87_45: Final = ORDER_87.remembered(45)
ORDER_87_49: Final = ORDER_87.remembered(49)
ORDER_87_50: Final = ORDER_87.remembered(50)
ORDER_87_54: Final = ORDER_87.remembered(54)
ORDER_87_55: Final = ORDER_87.remembered(55)
ORDER_87_57: Final = ORDER_87.remembered(57)
ORDER_87_59: Final = ORDER_87.remembered(59)
ORDER_87_61: Final = ORDER_87.remembered(61)
ORDER_87_63: Final = ORDER_87.remembered(63)
ORDER_87_64: Final = ORDER_87.remembered(64)
ORDER_87_68: Final = ORDER_87.remembered(68)

CONSULTATION_MEASURES: Final = CONSULTATION.remembered()
CONSULTATION_24: Final = CONSULTATION.remembered(24)
SMALL_FIRM_DEDUCTION: Final = SMALL_FIRMS_2022.article()
NATIONAL_PRODUCT: Final = NATIONAL_PRODUCTS.remembered()
LOW_PRICE_NOTICE: Final = LOW_PRICES.article()
ENGINEERING_BENCHMARK: Final = Article(
    "招标文件公布的评标基准价办法",
    "The benchmark method published in the tender documents",
    Standing.MEMORY,
)

OFFER_ABOVE_ZERO: Final = platform_rule("报价应大于零", "An offer is above zero")
SHEETS_FIT: Final = platform_rule(
    "评分表、方案与投标相互对应", "Sheets, scheme and bids fit each other"
)
DRAW_FITS: Final = platform_rule(
    "抽签结果与并列投标人一一对应", "A draw names exactly the bids that stand side by side"
)
SIGNING_LIMIT: Final = platform_rule("评审报告签署时限", "Limit for signing the evaluation report")
CONFIRMATION_LIMIT: Final = platform_rule(
    "修正后报价的确认时限", "Limit for confirming a corrected price"
)
SCHEME_FORM: Final = platform_rule("评分方案的书写要求", "Form of a scoring scheme")
REASONS_IN_WRITING: Final = platform_rule(
    "评审意见应书面说明理由", "Findings of the panel state their reasons in writing"
)
FACTS_AFTER_OPENING: Final = platform_rule(
    "开标前不分析付款信息", "Payment facts are not looked at before opening"
)
SHEET_VAULT: Final = platform_rule(
    "评分表锁定后生成摘要并登记", "A locked score sheet is hashed and the hash is journaled"
)
