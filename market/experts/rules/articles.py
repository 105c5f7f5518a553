"""The articles that the rules around experts rest on, each with how far its text was verified."""

from typing import Final

from market.kernel.law import Article, Standing, platform_rule

TENDERING_37: Final = Article("《招标投标法》第三十七条", "Bidding Law, art. 37")
TENDERING_RULES_45: Final = Article(
    "《招标投标法实施条例》第四十五条", "Regulation implementing the Bidding Law, art. 45"
)
TENDERING_RULES_46: Final = Article(
    "《招标投标法实施条例》第四十六条", "Regulation implementing the Bidding Law, art. 46"
)
TENDERING_RULES_48: Final = Article(
    "《招标投标法实施条例》第四十八条", "Regulation implementing the Bidding Law, art. 48"
)
EXPERT_LIBRARIES_ENG: Final = Article(
    "《评标专家和评标专家库管理办法》（2024年第26号令）",
    "Measures on Bid Evaluation Experts and Libraries (Order 26 of 2024)",
)
PANELS_12_1: Final = Article(
    "《评标委员会和评标方法暂行规定》第十二条第（一）项",
    "Interim Provisions on Bid Evaluation Panels (Order 12), art. 12(1)",
)
PANELS_12_2: Final = Article(
    "《评标委员会和评标方法暂行规定》第十二条第（二）项",
    "Interim Provisions on Bid Evaluation Panels (Order 12), art. 12(2)",
)
PANELS_12_3: Final = Article(
    "《评标委员会和评标方法暂行规定》第十二条第（三）项",
    "Interim Provisions on Bid Evaluation Panels (Order 12), art. 12(3)",
)
PANELS_12_4: Final = Article(
    "《评标委员会和评标方法暂行规定》第十二条第（四）项",
    "Interim Provisions on Bid Evaluation Panels (Order 12), art. 12(4)",
)
PROCUREMENT_9_1: Final = Article(
    "《政府采购法实施条例》第九条第（一）项",
    "Regulation implementing the Government Procurement Law, art. 9(1)",
)
PROCUREMENT_9_2: Final = Article(
    "《政府采购法实施条例》第九条第（二）项",
    "Regulation implementing the Government Procurement Law, art. 9(2)",
)
PROCUREMENT_9_3: Final = Article(
    "《政府采购法实施条例》第九条第（三）项",
    "Regulation implementing the Government Procurement Law, art. 9(3)",
)
PROCUREMENT_9_4: Final = Article(
    "《政府采购法实施条例》第九条第（四）项",
    "Regulation implementing the Government Procurement Law, art. 9(4)",
)
PROCUREMENT_9_5: Final = Article(
    "《政府采购法实施条例》第九条第（五）项",
    "Regulation implementing the Government Procurement Law, art. 9(5)",
)
PROCUREMENT_39: Final = Article(
    "《政府采购法实施条例》第三十九条",
    "Regulation implementing the Government Procurement Law, art. 39",
)
PROCUREMENT_TENDERS_47: Final = Article(
    "财政部令第87号第四十七条",
    "Ministry of Finance Order 87, art. 47",
)
EXPERTS_GP_6: Final = Article(
    "财库〔2016〕198号第六条",
    "Notice Caiku 2016 No. 198, art. 6",
    Standing.MEMORY,
)
EXPERTS_GP_14: Final = Article(
    "财库〔2016〕198号第十四条",
    "Notice Caiku 2016 No. 198, art. 14",
    Standing.MEMORY,
)
EXPERTS_GP_16: Final = Article(
    "财库〔2016〕198号第十六条",
    "Notice Caiku 2016 No. 198, art. 16",
    Standing.MEMORY,
)

# What no national text fixes and this platform decides, said as such to whoever is refused.
AGE_IN_ENG: Final = platform_rule("工程评标专家年龄上限", "Age limit of engineering experts")
STANDING_IN_REGISTER: Final = platform_rule("专家库状态", "Standing in the register")
ASKED_FOR: Final = platform_rule("抽取条件", "What the draw asks for")
OTHER_TRACK: Final = platform_rule("参照适用", "Applied beyond the track whose law states it")
PREPARED: Final = platform_rule("参与过项目准备", "Took part in preparing the project")
UNIT_CAP: Final = platform_rule("同单位专家人数上限", "Cap on experts of one unit")
SAME_OWNER: Final = platform_rule("同一招标人间隔", "Interval between draws for one owner")
DRAW_HOURS: Final = platform_rule("抽取时间窗口", "Window of the draw")
INVITING: Final = platform_rule("专家邀请", "Invitation of experts")
SIGNING_IN: Final = platform_rule("专家签到", "Sign-in of experts")
EXPERT_CREDIT: Final = platform_rule("专家信用扣分", "Credit of experts")
