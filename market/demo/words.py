"""What the parts and duties of the fictional people are called in both languages."""

from typing import Final

from market.demo.people.kinds import Duty, OrganisationKind
from market.web.words import words_of

DUTIES: Final = words_of(
    Duty,
    {
        Duty.LEGAL_REPRESENTATIVE: ("法定代表人", "legal representative"),
        Duty.PERSON_IN_CHARGE: ("负责人", "person in charge"),
        Duty.PROJECT_OFFICER: ("采购专员", "procurement officer"),
        Duty.OWNER_REPRESENTATIVE: ("采购人代表", "purchaser's representative"),
        Duty.AGENT_MANAGER: ("代理项目经理", "agent's project manager"),
        Duty.BID_CLERK: ("投标专员", "bid clerk"),
        Duty.AGENCY_CLERK: ("中介服务专员", "agency clerk"),
        Duty.OPENING_OFFICER: ("开启人", "opening officer"),
        Duty.DRAW_OPERATOR: ("抽取经办人", "draw operator"),
        Duty.DRAW_PARTY: ("抽取参与方", "draw party"),
        Duty.REGISTER_KEEPER: ("专家库管理员", "keeper of the expert register"),
        Duty.ENTRY_CHECKER: ("入驻审核员", "entry checker"),
        Duty.SYSTEM_ADMINISTRATOR: ("系统管理员", "system administrator"),
        Duty.SUPERVISION_OFFICER: ("监督员", "supervision officer"),
        Duty.COMPLAINT_OFFICER: ("投诉处理人", "complaint officer"),
        Duty.CASE_OFFICER: ("审批经办人", "case officer"),
        Duty.NOTARY: ("公证员", "notary"),
        Duty.WITNESS_KEEPER: ("日志见证员", "keeper of the witness"),
        Duty.CUSTODIAN_CLERK: ("托管专员", "custodian clerk"),
        Duty.EXPERT: ("评审专家", "expert"),
    },
)
PARTS: Final = words_of(
    OrganisationKind,
    {
        OrganisationKind.PURCHASER: ("采购人", "purchaser"),
        OrganisationKind.AGENT: ("采购代理机构", "procurement agent"),
        OrganisationKind.TRADING_CENTRE: ("公共资源交易中心", "trading centre"),
        OrganisationKind.SUPERVISOR: ("监督部门", "supervisor"),
        OrganisationKind.COMPETENT_DEPARTMENT: ("行业主管部门", "competent department"),
        OrganisationKind.APPROVING_DEPARTMENT: ("审批部门", "approving department"),
        OrganisationKind.NOTARY: ("公证机构", "notary office"),
        OrganisationKind.WITNESS: ("日志见证单位", "witness of the record"),
        OrganisationKind.BANK: ("试用托管银行", "trial custodian bank"),
        OrganisationKind.DESIGNER: ("设计单位", "designer"),
        OrganisationKind.BIDDER: ("供应商", "supplier"),
        OrganisationKind.AGENCY: ("中介服务机构", "intermediary agency"),
        OrganisationKind.HOLDING: ("控股公司", "holding company"),
        OrganisationKind.EMPLOYER: ("专家所在单位", "employer of experts"),
    },
)
