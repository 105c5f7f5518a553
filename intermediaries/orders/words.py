"""What states, purposes and codes of orders are called in both languages."""

from typing import Final

from intermediaries.orders.rules.states import (
    AskedPauseState,
    Cause,
    OrderState,
    Purpose,
    RectificationState,
    ResultComplaintState,
    ResultObjectionState,
    Side,
)
from intermediaries.orders.rules.supplement import SupplementState
from intermediaries.rulebook.clock.events import PauseCode
from intermediaries.rulebook.clock.parties import Party
from intermediaries.rulebook.ratings import DepartmentItem, OwnerItem
from market.web.words import words_of

WORDS: Final = (
    words_of(
        OrderState,
        {
            OrderState.AWARDED: ("待确认中选", "waits for the agency's confirmation"),
            OrderState.CONTRACTING: ("待签约", "being contracted"),
            OrderState.SERVING: ("履约中", "service under way"),
            OrderState.SUBMITTED: ("审批中", "at the department"),
            OrderState.COMPLETED: ("已办结，待评价", "completed, to be rated"),
            OrderState.RATED: ("已评价，待备案", "rated, to be filed"),
            OrderState.CLOSED: ("已备案", "filed"),
            OrderState.FAILED: ("未成立", "failed"),
            OrderState.TERMINATED: ("已终止", "ended"),
        },
    ),
    words_of(
        ResultObjectionState,
        {
            ResultObjectionState.OPEN: ("待答复", "waits for its answer"),
            ResultObjectionState.DISMISSED: ("不成立", "not right"),
            ResultObjectionState.UPHELD: ("成立", "right"),
            ResultObjectionState.SETTLED: (
                "逾期未答复，已由中心管理办处理",
                "never answered, settled by the management office",
            ),
        },
    ),
    words_of(
        ResultComplaintState,
        {
            ResultComplaintState.OPEN: ("待处理", "waits for a decision"),
            ResultComplaintState.HELD: ("待处理，暂缓签约", "waits for a decision, signing held"),
            ResultComplaintState.DISMISSED: ("投诉不成立", "dismissed"),
            ResultComplaintState.UPHELD: ("投诉成立", "right"),
            ResultComplaintState.WITHDRAWN: ("已撤回", "withdrawn"),
            ResultComplaintState.SETTLED: ("异议已成立，终结", "ended, the objection was right"),
        },
    ),
    words_of(
        AskedPauseState,
        {
            AskedPauseState.ASKED: ("待批准", "waits for approval"),
            AskedPauseState.APPROVED: ("已批准", "approved"),
            AskedPauseState.DECLINED: ("未批准", "declined"),
        },
    ),
    words_of(
        RectificationState,
        {
            RectificationState.OPEN: ("待整改", "to be put right"),
            RectificationState.REPORTED: ("已报告", "reported"),
        },
    ),
    words_of(
        Cause,
        {
            Cause.GIVEN_UP: ("放弃中选", "given up"),
            Cause.NOT_CONFIRMED: ("逾期未确认", "not confirmed in time"),
            Cause.NOT_SIGNED: ("逾期未签约", "not signed in time"),
            Cause.OBJECTION: ("异议成立", "an objection was right"),
            Cause.COMPLAINT: ("投诉成立", "a complaint was right"),
            Cause.OWNER_LATE: ("业主逾期未签约", "the owner did not sign in time"),
        },
    ),
    words_of(
        SupplementState,
        {
            SupplementState.OFFERED: ("待签订", "waits to be signed"),
            SupplementState.IN_FORCE: ("已生效", "in force"),
            SupplementState.WITHDRAWN: ("已撤回", "withdrawn"),
            SupplementState.DECLINED: ("已拒绝", "declined"),
        },
    ),
    words_of(
        Purpose,
        {
            Purpose.INPUT: ("业主资料", "input"),
            Purpose.ANSWER: ("补充资料", "answer"),
            Purpose.DRAFT: ("成果", "deliverable"),
            Purpose.SUPPLY: ("补正材料", "correction"),
            Purpose.OPINION: ("审查意见", "opinion"),
            Purpose.REVISION: ("修改稿", "revised file"),
            Purpose.EVIDENCE: ("证据", "evidence"),
            Purpose.ARCHIVE: ("备案材料", "filed papers"),
        },
    ),
    words_of(
        Side,
        {
            Side.OWNER: ("业主", "owner"),
            Side.AGENCY: ("中介机构", "agency"),
            Side.DEPARTMENT: ("审批部门", "department"),
            Side.OFFICE: ("中心管理办", "management office"),
        },
    ),
    words_of(
        Party,
        {
            Party.OWNER: ("业主", "owner"),
            Party.AGENCY: ("中介机构", "agency"),
            Party.DEPARTMENT: ("审批部门", "department"),
            Party.EXPERT: ("评审专家", "experts"),
            Party.STATUTORY: ("法定程序", "statutory procedure"),
            Party.PLATFORM: ("平台", "platform"),
        },
    ),
    words_of(
        PauseCode,
        {
            PauseCode.HEARING: ("听证", "hearing"),
            PauseCode.PUBLIC: ("公示", "public notice"),
            PauseCode.TEST: ("检验检测", "inspection and tests"),
            PauseCode.UPPER: ("上级转报", "a higher level has the case"),
            PauseCode.FORCE: ("不可抗力", "force majeure"),
            PauseCode.LITIGATION: ("诉讼", "litigation"),
            PauseCode.OWNER_REQUEST: ("业主要求", "the owner's wish"),
            PauseCode.PLATFORM: ("平台原因", "the platform's fault"),
        },
    ),
    words_of(
        OwnerItem,
        {
            OwnerItem.QUALITY: ("服务质量", "quality of the service"),
            OwnerItem.TIME: ("服务时效", "timeliness"),
            OwnerItem.NORMS: ("规范执业", "keeping to the norms"),
            OwnerItem.ATTITUDE: ("服务态度", "attitude"),
            OwnerItem.CHARGE: ("收费情况", "charges"),
        },
    ),
    words_of(
        DepartmentItem,
        {
            DepartmentItem.QUALITY: ("成果质量", "quality of the deliverable"),
            DepartmentItem.TIME: ("修改时效", "timeliness of revisions"),
        },
    ),
)
