"""The items of the demonstration's two departments, over the four stages."""

from typing import Final

from market.approvals.rules.items import ItemContent, Material, Mode, Provider, Stage
from market.demo.people.kinds import OrganisationKind as Part
from market.kernel.money import Money

REFORM: Final = Part.APPROVING_DEPARTMENT
HOUSING: Final = Part.COMPETENT_DEPARTMENT

_FORM: Final = Material("申请表", "Application form", Provider.APPLICANT)
_LICENCE: Final = Material("营业执照或法人证书", "Business licence", Provider.DEPARTMENT)
_SITE: Final = Material("用地预审与选址意见书", "Opinion on site and land use", Provider.DEPARTMENT)
_STUDY: Final = Material(
    "可行性研究报告", "Feasibility study", Provider.AGENCY, "政府投资条例第九条"
)
_ENERGY: Final = Material(
    "节能报告", "Energy report", Provider.AGENCY, "固定资产投资项目节能审查办法第七条"
)
_DESIGN: Final = Material(
    "初步设计文件", "Preliminary design", Provider.AGENCY, "建设工程勘察设计管理条例第二十六条"
)
_DRAWINGS: Final = Material(
    "施工图设计文件审查合格书",
    "Certificate of the drawing review",
    Provider.AGENCY,
    "建设工程质量管理条例第十一条",
)
_FIRE: Final = Material("消防设计文件", "Fire-protection design", Provider.AGENCY, "消防法第十一条")
_SURVEY: Final = Material(
    "联合测绘成果", "Joint survey", Provider.AGENCY, "建设工程质量管理条例第十六条"
)
_REPORT: Final = Material("竣工报告", "Completion report", Provider.APPLICANT)
_FUNDS: Final = Material("资金来源说明", "Statement of the money", Provider.APPLICANT)
_SAFETY: Final = Material("质量安全保证措施", "Quality and safety plan", Provider.APPLICANT)

Line = tuple[Part, str, str, str, Stage, Mode, int, int, tuple[Material, ...], str, str]
_S, _M = Stage, Mode
_INVEST_ZH, _INVEST_EN = "政府投资条例第九条", "Government Investment Regulation art. 9"
_ENTER_ZH, _ENTER_EN = "企业投资项目核准和备案管理条例", "Regulation on Enterprise Investment"
_BUILD_ZH, _BUILD_EN = "建筑法第七条", "Construction Law art. 7"
_FIRE_ZH, _FIRE_EN = "消防法第十一条、第十三条", "Fire Protection Law arts. 11, 13"
_QUALITY_ZH, _QUALITY_EN = "建设工程质量管理条例", "Regulation on Quality of Construction"
_SET: Final[tuple[Line, ...]] = (
    (REFORM, "LX-01", "项目建议书审批", "Approval of the project proposal",
     _S.SET_UP, _M.PROMISED, 20, 8, (_FORM, _FUNDS, _LICENCE), _INVEST_ZH, _INVEST_EN),
    (REFORM, "LX-02", "可行性研究报告审批", "Approval of the feasibility study",
     _S.SET_UP, _M.PROMISED, 20, 10, (_FORM, _STUDY, _SITE), _INVEST_ZH, _INVEST_EN),
    (REFORM, "LX-03", "企业投资项目备案", "Filing of an enterprise's investment",
     _S.SET_UP, _M.DIRECT, 5, 1, (_FORM, _LICENCE), _ENTER_ZH, _ENTER_EN),
    (REFORM, "LX-04", "企业投资项目核准", "Approval of an enterprise's investment",
     _S.SET_UP, _M.UPWARD, 20, 12, (_FORM, _FUNDS, _SITE), _ENTER_ZH, _ENTER_EN),
    (REFORM, "LX-05", "固定资产投资项目节能审查", "Energy review of an investment",
     _S.SET_UP, _M.PROMISED, 20, 8, (_FORM, _ENERGY), "节约能源法第十五条",
     "Energy Conservation Law art. 15"),
    (REFORM, "GH-01", "初步设计及概算审批", "Approval of preliminary design and estimate",
     _S.PLANNING, _M.PROMISED, 20, 10, (_FORM, _DESIGN, _FUNDS), _INVEST_ZH, _INVEST_EN),
    (REFORM, "GH-02", "招标方案核准", "Approval of the tendering plan",
     _S.PLANNING, _M.PROMISED, 20, 10, (_FORM, _FUNDS), "招标投标法实施条例第七条",
     "Bidding Regulation art. 7"),
    (HOUSING, "GH-03", "超限高层建筑抗震设防审批", "Seismic approval of tall buildings",
     _S.PLANNING, _M.PROMISED, 20, 12, (_FORM, _DESIGN), "建设工程抗震管理条例第十三条",
     "Regulation on Seismic Construction art. 13"),
    (HOUSING, "GH-04", "海绵城市设计审查", "Review of sponge-city design",
     _S.PLANNING, _M.REASONED_RETURN, 15, 7, (_FORM, _DESIGN), _QUALITY_ZH, _QUALITY_EN),
    (HOUSING, "SG-01", "建筑工程施工许可", "Building permit",
     _S.CONSTRUCTION, _M.PROMISED, 7, 3, (_FORM, _DRAWINGS, _SAFETY, _LICENCE),
     _BUILD_ZH, _BUILD_EN),
    (HOUSING, "SG-02", "建设工程消防设计审查", "Fire-protection design review",
     _S.CONSTRUCTION, _M.PROMISED, 15, 7, (_FORM, _FIRE), _FIRE_ZH, _FIRE_EN),
    (HOUSING, "SG-03", "城镇污水排入排水管网许可", "Permit to drain into public sewers",
     _S.CONSTRUCTION, _M.PROMISED, 20, 8, (_FORM, _SAFETY), "城镇排水与污水处理条例第二十一条",
     "Regulation on Urban Drainage art. 21"),
    (HOUSING, "SG-04", "市政设施占用挖掘审批", "Permit to dig up public works",
     _S.CONSTRUCTION, _M.SINGLE_CHARGE, 15, 5, (_FORM, _SAFETY), "城市道路管理条例第三十条",
     "Regulation on Urban Roads art. 30"),
    (HOUSING, "SG-05", "质量监督手续", "Entry for quality supervision",
     _S.CONSTRUCTION, _M.DIRECT, 3, 0, (_FORM,), _QUALITY_ZH, _QUALITY_EN),
    (HOUSING, "JG-01", "建设工程消防验收", "Fire-protection acceptance",
     _S.COMPLETION, _M.PROMISED, 15, 7, (_FORM, _REPORT), _FIRE_ZH, _FIRE_EN),
    (HOUSING, "JG-02", "竣工联合验收", "Joint acceptance",
     _S.COMPLETION, _M.JOINT, 45, 12, (_FORM, _REPORT, _SURVEY), _QUALITY_ZH, _QUALITY_EN),
    (HOUSING, "JG-03", "竣工验收备案", "Filing of the acceptance",
     _S.COMPLETION, _M.PROMISED, 10, 3, (_FORM, _REPORT), _QUALITY_ZH, _QUALITY_EN),
    (HOUSING, "JG-04", "城建档案验收", "Acceptance of the files of a construction",
     _S.COMPLETION, _M.PROMISED, 20, 5, (_FORM, _REPORT), _QUALITY_ZH, _QUALITY_EN),
    (REFORM, "JG-05", "政府投资项目竣工验收", "Acceptance of a government investment",
     _S.COMPLETION, _M.PROMISED, 20, 10, (_FORM, _REPORT), "政府投资条例第二十五条",
     "Government Investment Regulation art. 25"),
    (HOUSING, "JG-06", "供水设施并网审批", "Connection to the water supply",
     _S.COMPLETION, _M.PROMISED, 10, 4, (_FORM,), _QUALITY_ZH, _QUALITY_EN),
)  # fmt: skip
SILENT: Final = {"JG-03": "云汀市政府令第3号：备案逾期未答复视为同意"}
"""The items in which silence is consent, by a rule of the fictional city."""
WAITING: Final = "JG-06"
"""The item that still waits for the head."""


def contents() -> list[tuple[Part, ItemContent]]:
    """Every item with the part that plays its department."""
    return [(line[0], _content(line)) for line in _SET]


def _content(line: Line) -> ItemContent:
    _, code, zh, en, stage, mode, statutory, promised, materials, basis_zh, basis_en = line
    return ItemContent(
        code=code,
        name_zh=zh,
        name_en=en,
        stage=stage,
        mode=mode,
        conditions_zh="项目已取得统一编号\n申请材料齐全、符合法定形式",
        conditions_en="The project has its number\nThe papers are complete and in due form",
        materials=materials,
        statutory=statutory,
        promised=promised,
        own_period="",
        silence=SILENT.get(code, ""),
        fee=Money(0),
        fee_basis="",
        basis_zh=basis_zh,
        basis_en=basis_en,
    )
