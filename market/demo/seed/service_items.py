"""Service items of the demonstration: all twelve categories, with law, time, price and approvals.

Laws that were not read word for word say so on every page. Codes of approvals begin with the
stage: LX project set-up, GH planning, SG construction permit, JG completion.
"""

from typing import Final

from intermediaries.catalogue.rules import (
    Category,
    ItemTerms,
    LegalBasis,
    Level,
    Qualification,
    Requirement,
)
from market.kernel.money import Money

_C, _Q, _L = Category, Qualification, Level
_YUAN: Final = 100

_EIA: Final = ("环境影响评价法", "Environmental Impact Assessment Law")
_ENERGY: Final = ("节约能源法", "Energy Conservation Law")
_WATER: Final = ("水法", "Water Law")
_FLOOD: Final = ("防洪法", "Flood Control Law")
_SOIL: Final = ("水土保持法", "Water and Soil Conservation Law")
_SAFETY: Final = ("安全生产法", "Work Safety Law")
_SEISMIC: Final = ("防震减灾法", "Earthquake Disaster Law")
_WEATHER: Final = ("气象灾害防御条例", "Meteorological Disaster Regulation")
_BUILD: Final = ("建设工程勘察设计管理条例", "Survey and Design Regulation")
_QUALITY: Final = ("建设工程质量管理条例", "Construction Quality Regulation")
_SURVEY: Final = ("测绘法", "Surveying and Mapping Law")
_PLAN: Final = ("城乡规划法", "Urban and Rural Planning Law")
_AUDIT: Final = ("审计法", "Audit Law")
_VALUE: Final = ("资产评估法", "Asset Appraisal Law")
_INVEST: Final = ("政府投资条例", "Government Investment Regulation")
_CHEMICALS: Final = ("危险化学品安全管理条例", "Hazardous Chemicals Regulation")

_DESIGN_AB: Final = Requirement(_Q.ENGINEERING_DESIGN, (_L.A, _L.B))
_GEO: Final = Requirement(_Q.ENGINEERING_SURVEY, (_L.A, _L.B))
_MAPS: Final = Requirement(_Q.SURVEYING, (_L.A, _L.B))
_SAFE: Final = Requirement(_Q.SAFETY_ASSESSMENT, (_L.ONE,))
_BOLT: Final = Requirement(_Q.LIGHTNING_TESTING, (_L.A, _L.B))
_TEST: Final = Requirement(_Q.CONSTRUCTION_TESTING, (_L.GENERAL, _L.SPECIAL))
_LAB: Final = Requirement(_Q.TESTING_LABORATORY, (_L.ONE,))
_FIRM: Final = Requirement(_Q.AUDIT_FIRM, (_L.ONE,))
_WORTH: Final = Requirement(_Q.VALUATION_FIRM, (_L.ONE,))


def _item(
    zh: str,
    en: str,
    days: int,
    prices: tuple[int, int],
    law: tuple[tuple[str, str], str] | None = None,
    approvals: str = "",
    asked: Requirement | None = None,
) -> ItemTerms:
    """One item; a condition of its approvals where it has a law and they are named."""
    basis = None if law is None else LegalBasis(*law[0], law[1])
    codes = tuple(approvals.split())
    return ItemTerms(
        name_zh=zh,
        name_en=en,
        scope_zh=f"{zh}：按合同约定编制或检测，提交符合规范的成果，配合审查并修改。",
        scope_en=f"{en}: done as the contract says, delivered by the standards, and revised as the"
        " review asks.",
        basis=basis,
        standard_days=days,
        price_low=Money(prices[0] * _YUAN),
        price_high=Money(prices[1] * _YUAN),
        approvals=codes,
        requirement=asked,
        is_condition=basis is not None and bool(codes),
    )


ITEMS: Final[dict[Category, tuple[ItemTerms, ...]]] = {
    _C.FEASIBILITY: (
        _item(
            "可行性研究报告编制",
            "Feasibility study",
            20,
            (30_000, 200_000),
            (_INVEST, "9"),
            "LX-02",
        ),
        _item("项目建议书编制", "Project proposal", 10, (10_000, 60_000), (_INVEST, "9"), "LX-01"),
        _item("项目申请报告编制", "Project application report", 15, (20_000, 120_000)),
        _item("社会稳定风险评估", "Social stability risk assessment", 15, (20_000, 80_000)),
    ),
    _C.ENERGY: (
        _item(
            "节能报告编制",
            "Energy conservation report",
            15,
            (20_000, 90_000),
            (_ENERGY, "15"),
            "LX-05",
        ),
        _item("节能验收报告编制", "Energy acceptance report", 10, (10_000, 40_000)),
        _item("碳排放核算", "Accounting of carbon emissions", 15, (20_000, 70_000)),
    ),
    _C.ENVIRONMENT: (
        _item(
            "环境影响报告书编制",
            "Environmental impact report",
            30,
            (80_000, 400_000),
            (_EIA, "16"),
            "LX-11",
        ),
        _item(
            "环境影响报告表编制",
            "Environmental impact form",
            15,
            (15_000, 80_000),
            (_EIA, "16"),
            "LX-11",
        ),
        _item(
            "竣工环境保护验收监测",
            "Monitoring for environmental acceptance",
            15,
            (20_000, 100_000),
            None,
            "",
            _LAB,
        ),
        _item(
            "环境质量现状监测",
            "Monitoring of the environment as it is",
            12,
            (10_000, 60_000),
            None,
            "",
            _LAB,
        ),
    ),
    _C.WATER: (
        _item(
            "水资源论证报告编制",
            "Water resources report",
            20,
            (30_000, 150_000),
            (_WATER, "48"),
            "LX-12",
        ),
        _item(
            "防洪影响评价报告编制",
            "Flood impact assessment",
            20,
            (40_000, 180_000),
            (_FLOOD, "33"),
            "LX-13",
        ),
        _item(
            "入河排污口设置论证",
            "Study of an outlet into a river",
            20,
            (30_000, 120_000),
            (_WATER, "34"),
            "LX-14",
        ),
    ),
    _C.SOIL: (
        _item(
            "水土保持方案报告书编制",
            "Soil and water conservation plan",
            15,
            (20_000, 120_000),
            (_SOIL, "25"),
            "LX-15",
        ),
        _item(
            "水土保持方案报告表编制",
            "Soil and water conservation form",
            8,
            (8_000, 30_000),
            (_SOIL, "25"),
            "LX-15",
        ),
        _item(
            "水土保持设施验收报告编制",
            "Report for acceptance of conservation works",
            12,
            (15_000, 70_000),
        ),
    ),
    _C.SAFETY: (
        _item(
            "安全预评价",
            "Safety assessment before construction",
            20,
            (30_000, 150_000),
            (_SAFETY, "32"),
            "LX-16",
            _SAFE,
        ),
        _item(
            "安全验收评价",
            "Safety assessment on completion",
            20,
            (30_000, 150_000),
            (_SAFETY, "32"),
            "JG-12",
            _SAFE,
        ),
        _item(
            "安全现状评价",
            "Safety assessment of a running plant",
            20,
            (25_000, 120_000),
            (_CHEMICALS, "22"),
            "JG-13",
            _SAFE,
        ),
        _item("职业病危害预评价", "Assessment of hazards to health at work", 20, (20_000, 90_000)),
    ),
    _C.SEISMIC: (
        _item(
            "建设工程地震安全性评价",
            "Seismic safety assessment",
            30,
            (100_000, 500_000),
            (_SEISMIC, "35"),
            "LX-17",
        ),
        _item(
            "区域性地震安全性评价", "Regional seismic safety assessment", 60, (300_000, 1_500_000)
        ),
    ),
    _C.LIGHTNING: (
        _item(
            "防雷装置设计技术评价",
            "Review of a lightning protection design",
            7,
            (3_000, 20_000),
            (_WEATHER, "23"),
            "SG-11",
        ),
        _item(
            "雷电防护装置检测",
            "Testing of lightning protection",
            7,
            (2_000, 20_000),
            (_WEATHER, "24"),
            "JG-11",
            _BOLT,
        ),
        _item("雷击风险评估", "Lightning risk assessment", 10, (10_000, 40_000)),
    ),
    _C.DESIGN: (
        _item(
            "岩土工程勘察",
            "Geotechnical survey",
            20,
            (30_000, 300_000),
            (_BUILD, "4"),
            "SG-01",
            _GEO,
        ),
        _item(
            "建筑工程方案设计",
            "Architectural design",
            30,
            (60_000, 600_000),
            (_PLAN, "40"),
            "GH-11",
            _DESIGN_AB,
        ),
        _item(
            "施工图设计",
            "Construction drawings",
            40,
            (80_000, 900_000),
            (_BUILD, "26"),
            "SG-01",
            _DESIGN_AB,
        ),
        _item("交通影响评价", "Traffic impact assessment", 15, (20_000, 100_000)),
    ),
    _C.DRAWINGS: (
        _item(
            "房屋建筑施工图审查",
            "Review of building drawings",
            15,
            (10_000, 150_000),
            (_BUILD, "33"),
            "SG-01",
            Requirement(_Q.DRAWING_REVIEW, (_L.FIRST, _L.SECOND)),
        ),
        _item(
            "市政基础设施施工图审查",
            "Review of municipal drawings",
            15,
            (10_000, 150_000),
            (_BUILD, "33"),
            "SG-01",
            Requirement(_Q.DRAWING_REVIEW, (_L.FIRST,)),
        ),
    ),
    _C.SURVEYING: (
        _item(
            "用地勘测定界",
            "Survey of a site's boundaries",
            7,
            (5_000, 40_000),
            (_SURVEY, "27"),
            "GH-12",
            _MAPS,
        ),
        _item(
            "规划放线和验线测量",
            "Setting out and checking of building lines",
            5,
            (3_000, 30_000),
            (_SURVEY, "27"),
            "GH-13",
            _MAPS,
        ),
        _item(
            "竣工联合测绘（三测合一）",
            "Joint surveying on completion",
            5,
            (8_000, 80_000),
            (_SURVEY, "27"),
            "JG-02",
            _MAPS,
        ),
        _item(
            "房产面积预测绘",
            "Survey of floor areas before sale",
            5,
            (4_000, 40_000),
            (_SURVEY, "27"),
            "GH-14",
            _MAPS,
        ),
    ),
    _C.CONSULTING: (
        _item("工程造价咨询", "Cost consulting", 15, (10_000, 200_000)),
        _item("招标代理", "Tender agency", 25, (10_000, 150_000)),
        _item(
            "竣工财务决算审计",
            "Audit of final accounts",
            20,
            (20_000, 200_000),
            (_AUDIT, "23"),
            "JG-05",
            _FIRM,
        ),
        _item(
            "资产评估",
            "Valuation of assets",
            15,
            (20_000, 150_000),
            (_VALUE, "3"),
            "LX-18",
            _WORTH,
        ),
        _item(
            "建设工程质量检测",
            "Testing of construction quality",
            10,
            (5_000, 100_000),
            (_QUALITY, "31"),
            "JG-03",
            _TEST,
        ),
    ),
}
"""Forty-one items by category; codes follow from their order."""
