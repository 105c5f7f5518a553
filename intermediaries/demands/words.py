"""What states, modes and parts of demands are called in both languages."""

from typing import Final

from intermediaries.demands.rules.contents import TEMPLATES, ContractTemplate, Section
from intermediaries.demands.rules.states import DemandState
from intermediaries.rulebook.selection.modes import FUNDS_NAMES, NAMES, Funds, Mode
from market.web.words import words_of

WORDS: Final = (
    words_of(
        DemandState,
        {
            DemandState.DRAFT: ("编写中", "draft"),
            DemandState.REVIEW: ("审核中", "being checked"),
            DemandState.RETURNED: ("已退回", "sent back"),
            DemandState.ENROLLING: ("报名中", "taking enrolments"),
            DemandState.CLOSED: ("报名已截止", "enrolment closed"),
            DemandState.SELECTED: ("已选定", "agency chosen"),
            DemandState.FAILED: ("选取失败", "no agency chosen"),
            DemandState.WITHDRAWN: ("已撤回", "withdrawn"),
        },
    ),
    words_of(
        Section,
        {
            Section.ITEM: ("服务事项", "Service"),
            Section.NEED: ("需求内容", "Need"),
            Section.MONEY: ("资金与限价", "Money"),
            Section.TERMS: ("时限与资质", "Time"),
            Section.MODE: ("选取方式", "Choice"),
            Section.WINDOW: ("报名期", "Enrolment"),
            Section.CONTRACT: ("合同与付款", "Contract"),
            Section.APPROVAL: ("用于审批", "Approval"),
            Section.DECLARATION: ("声明", "Declaration"),
        },
    ),
    words_of(Mode, dict(NAMES)),
    words_of(Funds, dict(FUNDS_NAMES)),
    words_of(ContractTemplate, dict(TEMPLATES)),
)
