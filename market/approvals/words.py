"""What stages, modes and states of approvals are called in both languages."""

from typing import Final

from market.approvals.rules.cases import (
    CaseState,
    EventKind,
    ExtensionState,
    IssueKind,
    Outcome,
    Owes,
    PauseKind,
)
from market.approvals.rules.items import CaseType, ItemState, Mode, Provider, Stage
from market.web.words import words_of

WORDS: Final = (
    words_of(
        Stage,
        {
            Stage.SET_UP: ("立项", "project set-up"),
            Stage.PLANNING: ("规划", "planning"),
            Stage.CONSTRUCTION: ("施工许可", "construction permit"),
            Stage.COMPLETION: ("竣工", "completion"),
        },
    ),
    words_of(
        Mode,
        {
            Mode.DIRECT: ("直接办理", "handled at once"),
            Mode.PROMISED: ("承诺办理", "by a promised day"),
            Mode.JOINT: ("联合办理", "jointly by several departments"),
            Mode.UPWARD: ("负责上报", "checked and sent upwards"),
            Mode.REASONED_RETURN: ("明确答复", "answered, returned with reasons"),
            Mode.SINGLE_CHARGE: ("统一收费", "one charge for all"),
        },
    ),
    words_of(
        CaseType,
        {
            CaseType.AT_ONCE: ("即办件", "at-once case"),
            CaseType.PROMISED: ("承诺件", "promised case"),
            CaseType.JOINT: ("联办件", "joint case"),
            CaseType.REPORTED: ("上报件", "reported case"),
            CaseType.ANSWERED: ("答复件", "answered case"),
        },
    ),
    words_of(
        Provider,
        {
            Provider.APPLICANT: ("申请人提供", "the applicant"),
            Provider.AGENCY: ("中介机构出具", "an intermediary agency"),
            Provider.DEPARTMENT: ("部门自行调取", "looked up by the department"),
        },
    ),
    words_of(
        ItemState,
        {
            ItemState.PROPOSED: ("待负责人核准", "waits for the head"),
            ItemState.IN_FORCE: ("现行", "in force"),
            ItemState.DROPPED: ("已撤下", "dropped"),
            ItemState.REPLACED: ("已被新版替代", "replaced"),
            ItemState.RETIRED: ("已取消", "ended"),
        },
    ),
    words_of(
        CaseState,
        {
            CaseState.PREPARING: ("准备材料", "being prepared"),
            CaseState.RECEIVED: ("已收件，待受理", "received, to be accepted"),
            CaseState.CORRECTING: ("待申请人补正", "waits for the applicant's correction"),
            CaseState.REVIEWING: ("审查中", "in review"),
            CaseState.PAUSED: ("不计时", "time stands still"),
            CaseState.APPROVED: ("已批准，待送达", "approved, to be delivered"),
            CaseState.REFUSED: ("不予批准，待送达", "refused, to be delivered"),
            CaseState.DELIVERED: ("已送达", "delivered"),
            CaseState.NOT_ACCEPTED: ("不予受理", "not accepted"),
            CaseState.WITHDRAWN: ("已撤回", "withdrawn"),
        },
    ),
    words_of(
        ExtensionState,
        {
            ExtensionState.ASKED: ("待负责人决定", "waits for the head"),
            ExtensionState.APPROVED: ("已批准延长", "granted"),
            ExtensionState.DECLINED: ("不同意延长", "declined"),
        },
    ),
    words_of(
        PauseKind,
        {
            PauseKind.HEARING: ("听证", "hearing"),
            PauseKind.TENDER: ("招标", "tender"),
            PauseKind.AUCTION: ("拍卖", "auction"),
            PauseKind.INSPECTION: ("检验", "inspection"),
            PauseKind.TEST: ("检测", "test"),
            PauseKind.QUARANTINE: ("检疫", "quarantine"),
            PauseKind.APPRAISAL: ("鉴定", "appraisal"),
            PauseKind.EXPERT_REVIEW: ("专家评审", "expert review"),
        },
    ),
    words_of(Owes, {Owes.OWNER: ("业主", "the owner"), Owes.AGENCY: ("中介机构", "the agency")}),
    words_of(
        IssueKind,
        {
            IssueKind.FIRST: ("首次提出", "first time"),
            IssueKind.UNSOLVED: ("上轮未改到位", "left unsolved"),
            IssueKind.NEW_VISIBLE: ("新增，此前可见", "new, was visible before"),
            IssueKind.NEW_ARISEN: ("新增，此前不可见", "new, arose since"),
            IssueKind.SCOPE: ("范围变化引起", "from a change of scope"),
        },
    ),
    words_of(
        Outcome,
        {Outcome.APPROVED: ("批准", "approved"), Outcome.REFUSED: ("不予批准", "refused")},
    ),
    words_of(
        EventKind,
        {
            EventKind.RECEIVED: ("收件", "received"),
            EventKind.CORRECTION: ("一次性告知补正", "asked for a correction"),
            EventKind.SUPPLIED: ("补来一项", "one thing supplied"),
            EventKind.COMPLETED: ("补正齐全", "correction complete"),
            EventKind.ACCEPTED: ("受理", "accepted"),
            EventKind.NOT_ACCEPTED: ("不予受理", "not accepted"),
            EventKind.PAUSED: ("停止计时", "time stopped"),
            EventKind.RESUMED: ("恢复计时", "time counts again"),
            EventKind.OPINION: ("提出审查意见", "opinion given"),
            EventKind.REVISED: ("修改反馈", "revised"),
            EventKind.EXTENSION_ASKED: ("申请延长", "more time asked for"),
            EventKind.EXTENDED: ("批准延长", "more time granted"),
            EventKind.NOT_EXTENDED: ("不同意延长", "more time declined"),
            EventKind.DECIDED: ("作出决定", "decided"),
            EventKind.DELIVERED: ("送达", "delivered"),
            EventKind.WITHDRAWN: ("撤回", "withdrawn"),
        },
    ),
)
