"""What states, grounds and findings of agencies are called in both languages."""

from typing import Final

from intermediaries.agencies.rules.entry import Finding
from intermediaries.agencies.rules.grounds import Ground
from intermediaries.agencies.rules.states import (
    AgencyState,
    EventKind,
    ObjectionState,
    QualificationState,
)
from market.web.words import words_of

WORDS: Final = (
    words_of(
        AgencyState,
        {
            AgencyState.APPLIED: ("自动核验未通过", "automatic check not passed"),
            AgencyState.FILES: ("填报材料", "files being entered"),
            AgencyState.CHECKING: ("核查中", "being checked"),
            AgencyState.REJECTED: ("已退回", "sent back"),
            AgencyState.PUBLICITY: ("公示中", "in publicity"),
            AgencyState.ACTIVE: ("已入驻", "active"),
            AgencyState.SUSPENDED: ("已暂停", "suspended"),
            AgencyState.REMOVED: ("已清退", "removed"),
            AgencyState.LEFT: ("已退出", "left"),
        },
    ),
    words_of(
        QualificationState,
        {
            QualificationState.DRAFT: ("未提交", "not handed in"),
            QualificationState.HANDED_IN: ("核查中", "being checked"),
            QualificationState.RETURNED: ("已退回", "sent back"),
            QualificationState.CONFIRMED: ("已确认", "confirmed"),
            QualificationState.ENDED: ("已注销", "taken off"),
        },
    ),
    words_of(
        ObjectionState,
        {
            ObjectionState.OPEN: ("待答复", "waits for its answer"),
            ObjectionState.DISMISSED: ("不成立", "not right"),
            ObjectionState.UPHELD: ("成立", "right"),
            ObjectionState.LAPSED: ("随入驻终止", "ended with the entry"),
        },
    ),
    words_of(
        EventKind,
        {
            EventKind.PUBLICITY: ("入驻公示开始", "publicity began"),
            EventKind.STOPPED: ("公示因异议终止", "publicity stopped by an objection"),
            EventKind.ENTERED: ("正式入驻", "entered"),
            EventKind.SUSPENDED: ("暂停", "suspended"),
            EventKind.RESTORED: ("恢复", "restored"),
            EventKind.REMOVED: ("清退，两年内不得重新入驻", "removed, no entry for two years"),
            EventKind.LEFT: ("主动退出", "left on its own wish"),
        },
    ),
    words_of(
        Finding,
        {
            Finding.CODE_WRONG: (
                "统一社会信用代码不正确：请在“我的单位”核对",
                "The credit code is wrong: correct it under My organisation",
            ),
            Finding.UNCONFIRMED: (
                "单位身份尚未确认：请从基本账户转账一分钱",
                "The organisation is not confirmed: send one fen from its basic account",
            ),
            Finding.LICENCE_SUSPENDED: (
                "单位登记已暂停：恢复后可继续",
                "The registration is suspended: go on when it is restored",
            ),
            Finding.BAD_RECORD: (
                "单位在失信名单内：期满或撤销后可继续",
                "The organisation is on the bad-record list: go on when the decision has ended",
            ),
        },
    ),
    words_of(
        Ground,
        {
            Ground.LICENCE_DIFFERS: (
                "登记信息与营业执照不一致",
                "the registration differs from the licence",
            ),
            Ground.QUALIFICATION_MISSING: (
                "缺少法律要求的资质证书",
                "a certificate that law asks for is missing",
            ),
            Ground.QUALIFICATION_DIFFERS: (
                "填报内容与证书不一致或证书无法辨认",
                "what was typed differs from the certificate, or it cannot be read",
            ),
            Ground.QUALIFICATION_BORROWED: (
                "证书不属于本单位",
                "the certificate is another organisation's",
            ),
            Ground.QUALIFICATION_ENDED: ("证书已过期或被撤销", "the certificate has ended"),
            Ground.PRACTITIONERS_MISSING: (
                "执业人员不符合法律要求",
                "practitioners are fewer than law asks for",
            ),
            Ground.SERVICE_UNLAWFUL: (
                "服务事项超出许可范围",
                "a service is outside of what the licence allows",
            ),
            Ground.INTEREST_UNDECLARED: (
                "利益关系声明不完整",
                "the declaration of interests is not complete",
            ),
            Ground.TIED_TO_DEPARTMENT: (
                "与审批机关存在隶属关系，不得从事相关审批的中介服务",
                "it belongs to the organ whose approvals these services are for",
            ),
        },
    ),
)
