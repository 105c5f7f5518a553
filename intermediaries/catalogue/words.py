"""What categories, qualifications and levels are called in both languages."""

from typing import Final

from intermediaries.catalogue.rules import Category, Level, Qualification
from market.web.words import words_of

WORDS: Final = (
    words_of(
        Category,
        {
            Category.FEASIBILITY: ("可行性研究报告、项目申请报告编制", "feasibility studies"),
            Category.ENERGY: ("节能评估", "energy assessment"),
            Category.ENVIRONMENT: ("环境影响评价", "environmental impact assessment"),
            Category.WATER: ("水资源论证、防洪影响评价", "water resources and floods"),
            Category.SOIL: ("水土保持方案", "soil and water conservation"),
            Category.SAFETY: ("安全评价", "safety assessment"),
            Category.SEISMIC: ("地震安全性评价", "seismic safety assessment"),
            Category.LIGHTNING: ("防雷技术评价、检测", "lightning protection"),
            Category.DESIGN: ("勘察、设计、规划方案编制", "survey, design and planning"),
            Category.DRAWINGS: ("施工图审查", "construction drawing review"),
            Category.SURVEYING: ("测绘、三测合一", "surveying, joint surveying"),
            Category.CONSULTING: (
                "造价咨询、招标代理、审计、资产评估、检测鉴定",
                "costs, tendering, audit, valuation, testing",
            ),
        },
    ),
    words_of(
        Qualification,
        {
            Qualification.ENGINEERING_SURVEY: ("工程勘察资质", "engineering survey"),
            Qualification.ENGINEERING_DESIGN: ("工程设计资质", "engineering design"),
            Qualification.DRAWING_REVIEW: ("施工图审查机构认定", "construction drawing review"),
            Qualification.SURVEYING: ("测绘资质", "surveying and mapping"),
            Qualification.SAFETY_ASSESSMENT: ("安全评价机构资质", "safety assessment"),
            Qualification.LIGHTNING_TESTING: (
                "雷电防护装置检测资质",
                "testing of lightning protection",
            ),
            Qualification.CONSTRUCTION_TESTING: (
                "建设工程质量检测机构资质",
                "construction quality testing",
            ),
            Qualification.TESTING_LABORATORY: ("检验检测机构资质认定", "testing laboratory (CMA)"),
            Qualification.AUDIT_FIRM: ("会计师事务所执业证书", "practice of an accounting firm"),
            Qualification.VALUATION_FIRM: ("资产评估机构备案", "filing of a valuation firm"),
        },
    ),
    words_of(
        Level,
        {
            Level.A: ("甲级", "grade A"),
            Level.B: ("乙级", "grade B"),
            Level.C: ("丙级", "grade C"),
            Level.FIRST: ("一类", "class 1"),
            Level.SECOND: ("二类", "class 2"),
            Level.GENERAL: ("综合", "general"),
            Level.SPECIAL: ("专项", "special"),
            Level.ONE: ("不分等级", "no grades"),
        },
    ),
)
