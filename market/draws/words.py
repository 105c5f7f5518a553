"""What the codes of a draw are called in both languages: purposes, sides, findings, causes."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from market.draws.changes import ADMITTED, CAME, CHANGED, EXCLUDED, GONE
from market.draws.rules import TIE, DrawState
from market.protocol.draws import BAD_ESCROW, NOT_COMMITTED, PREDICTABLE, REFREEZE, SKIPS
from market.protocol.freezes import PERMUTATION, PICK, WALK
from market.protocol.pools import NO_STRATUM
from market.protocol.walks import (
    DECLINED,
    EARLIER_STRATUM,
    NO_ANSWER,
    NOT_SIGNED_IN,
    RECUSED,
    UNIT_CAP,
)
from market.web.words import words_of

Pair = tuple[str, str]

STATE_WORDS: Final = words_of(
    DrawState,
    {
        DrawState.FROZEN: ("名册已冻结，等待核验", "pool frozen, waits for its audit"),
        DrawState.AUDITED: ("等待各方承诺", "waits for commitments"),
        DrawState.COMMITTED: ("等待各方公开随机数", "waits for nonces"),
        DrawState.DRAWN: ("已抽出", "drawn"),
        DrawState.PUBLISHED: ("已公布", "published"),
        DrawState.STOPPED: ("核验未通过，已停止", "stopped by its audit"),
    },
)

_PURPOSES: Final[Mapping[str, Pair]] = MappingProxyType(
    {
        "panel": ("评审专家抽取", "Draw of the panel"),
        "dark-numbers": ("暗标编号抽取", "Draw of the dark numbers"),
    }
)
_SELECTION: Final = "selection."
_SELECTIONS: Final[Pair] = ("中介选取抽取", "Draw for the choice of an agency")
_REVIEWS: Final[Mapping[str, Pair]] = MappingProxyType(
    {
        "review-": ("订单评审专家抽取", "Draw of experts for the review of an order"),
        "reviewers-": ("方案评审专家抽取", "Draw of reviewers for schemes"),
    }
)
"""How purposes of reviews begin."""
_TIES: Final[Pair] = ("并列投标排序抽取", "Draw among equal bids")

KINDS: Final[Mapping[str, Pair]] = MappingProxyType(
    {
        WALK: ("从名册中依次抽取", "candidates called in a drawn order"),
        PERMUTATION: ("抽取先后次序", "an order is drawn"),
        PICK: ("从公布的选项中抽取一项", "one of a published list"),
    }
)
SIDES: Final[Mapping[str, Pair]] = MappingProxyType(
    {
        "supervisor": ("监督方", "supervisor"),
        "notary": ("公证机构", "notary"),
        "centre": ("交易中心", "trading centre"),
        "owner": ("采购人", "purchaser"),
        "agent": ("代理机构", "agent"),
        "operator": ("平台运营方", "operator"),
    }
)
FINDINGS: Final[Mapping[str, Pair]] = MappingProxyType(
    {
        "register-differs": (
            "名册与冻结所用的名册日根不符",
            "the register is not the one of the journaled root",
        ),
        "listed-twice": ("同一候选人在名册中出现两次", "a candidate stands in the register twice"),
        "key-differs": ("抽取密钥不是冻结的那一个", "the draw's key is not the frozen one"),
        "plan-differs": ("抽取方案不是冻结的那一个", "the plan is not the frozen one"),
        "strata-differ": ("各层与方案不同", "the strata are not those of the plan"),
        "pool-differs": (
            "有人被加入、重复或漏掉",
            "somebody was added, repeated or left out",
        ),
        "excluded-differ": (
            "各规则排除的人数不符",
            "the counts of the excluded are not what the plan gives",
        ),
        "conditions-differ": (
            "排除条件与法定条件不同",
            "the plan's conditions are not those of the law",
        ),
        "claim-too-many": (
            "回避依据中有方案未列出的人",
            "a recusal is claimed that the plan does not list",
        ),
        "recusal-not-proved": (
            "有人被回避排除而无事实支持",
            "somebody is kept out without a fact that supports it",
        ),
        "case-differs": (
            "回避所依据的采购人、代理机构或项目与公告不符",
            "owner, agent or project are not those of the notice",
        ),
    }
)
CAUSES: Final[Mapping[str, Pair]] = MappingProxyType(
    {
        CAME: ("新进入名册", "entered the register"),
        GONE: ("已退出名册", "left the register"),
        "register-renewed": (  # not written any more; it stands in files of before
            "记录未变，仅名册日根更新",
            "record unchanged, only the register's root is newer",
        ),
        CHANGED: ("名册记录有变化", "the record changed"),
        EXCLUDED + NO_STRATUM: ("不再符合任何专业", "fits no field any more"),
        ADMITTED + NO_STRATUM: ("现符合专业要求", "fits a field now"),
    }
)
LAPSES: Final[Mapping[str, Pair]] = MappingProxyType(
    {
        NOT_COMMITTED: ("逾时未提交承诺", "did not commit in time"),
        BAD_ESCROW: ("逾时未公开随机数", "did not reveal its nonce in time"),
    }
)
CONSENTS: Final[Mapping[str, Pair]] = MappingProxyType(
    {
        PREDICTABLE: ("名册偏小或抽取比例过高", "the pool is small or much of it is drawn"),
        REFREEZE: ("名册经重新冻结", "the pool was frozen again"),
        SKIPS: ("跳过次数超过席位数", "more were passed over than there are seats"),
    }
)
SKIPPED: Final[Mapping[str, Pair]] = MappingProxyType(
    {
        EARLIER_STRATUM: ("已在前一专业入选", "seated in an earlier field"),
        UNIT_CAP: ("同一单位名额已满", "the unit has its seats already"),
        RECUSED: ("开标后回避", "recused after the opening"),
        DECLINED: ("本人谢绝", "declined"),
        NO_ANSWER: ("未答复", "no answer"),
        NOT_SIGNED_IN: ("未签到", "did not sign in"),
    }
)
TOOLS: Final[Mapping[str, Pair]] = MappingProxyType(
    {
        "client": ("本方程序", "own program"),
        "own-page": ("本方页面", "own page"),
        "dice": ("掷骰", "dice"),
        "platform-page": ("平台页面", "page of the platform"),
    }
)

ACTS: Final[Mapping[str, Pair]] = MappingProxyType(
    {
        "draw-freeze": ("冻结", "frozen"),
        "draw-audit": ("核验名册", "pool audited"),
        "draw-consent": ("监督方同意", "consent of the supervisor"),
        "draw-commit": ("提交承诺", "committed"),
        "draw-reveal": ("公开随机数", "number revealed"),
        "draw-void": ("作废一轮", "attempt ended"),
        "draw-result": ("公布结果", "result published"),
    }
)
RULES: Final[Mapping[str, Pair]] = MappingProxyType(
    {
        NO_STRATUM: ("不属于所需专业", "of none of the fields asked for"),
        "d04-library": ("不在政府采购专家库", "not in the library for procurement"),
        "d05-title": ("职称不足", "professional title too low"),
        "d05-years": ("从业年限不足", "too few years in the field"),
        "d05-age.d06-term": ("超龄或聘期届满", "too old, or appointment run out"),
        "d06-suspended": ("暂停期内", "suspended"),
        "d06-blacklist": ("已列入禁止名单", "barred"),
        "d06-month": ("当月评审次数已满", "has its seats of the month"),
        "r2": ("主管或监管部门人员", "staff of the competent department or regulator"),
        "r4": ("因招投标违法受过处罚", "punished for violations in tenders"),
        "r10": ("采购人、代理机构或监管部门人员", "staff of purchaser, agent or supervision"),
        "r11": ("参与过本项目前期工作", "took part in preparing the project"),
        "r13": ("近期已为同一采购人评审", "judged for the same purchaser lately"),
    }
)
"""Rules that keep somebody out of a pool, as plans name them."""


def purpose_words(purpose: str) -> Pair:
    """What is drawn: "Draw of the panel"; a purpose without words stands for itself."""
    if purpose.startswith(TIE):
        number = purpose.removeprefix(TIE)
        return f"{_TIES[0]}（{number}）", f"{_TIES[1]} {number}"
    if is_selection(purpose):
        return _SELECTIONS
    for begins, words in _REVIEWS.items():
        if purpose.startswith(begins):
            return words
    return _PURPOSES.get(purpose, (purpose, purpose))


def is_selection(purpose: str) -> bool:
    """Whether the order of enrolments for a demand is drawn."""
    return purpose.startswith(_SELECTION)


def case_page(case: str, purpose: str) -> str:
    """Where everybody reads of the case: the order, the demand, or the tender."""
    if purpose.startswith("review-"):
        return f"/orders/{case}"
    of_demand = is_selection(purpose) or purpose.startswith("reviewers-")
    return f"/demands/{case}" if of_demand else f"/tenders/{case}"


def cause_words(cause: str) -> Pair:
    """Why a leaf came or went between two freezes."""
    if cause in CAUSES:
        return CAUSES[cause]
    for prefix, zh, en in (
        (EXCLUDED, "现予排除：{}", "kept out now: {}"),
        (ADMITTED, "不再排除：{}", "no longer kept out: {}"),
    ):
        if cause.startswith(prefix):
            rule = cause.removeprefix(prefix)
            named = words_in(RULES, rule)
            return zh.format(named[0]), en.format(named[1])
    return cause, cause


def words_in(names: Mapping[str, Pair], code: str) -> Pair:
    """The words for a code; a code without words stands for itself."""
    return names.get(code, (code, code))


@dataclass(frozen=True, slots=True)
class Spoken:
    """The words of a draw for one reader, "zh" or "en"; pages hand it to their templates."""

    language: str

    def case_page(self, case: str, purpose: str) -> str:
        """Where everybody reads of the case."""
        return case_page(case, purpose)

    def is_selection(self, purpose: str) -> bool:
        """Whether the order of enrolments for a demand is drawn."""
        return is_selection(purpose)

    def purpose(self, code: str) -> str:
        """What is drawn."""
        return self._one_of(purpose_words(code))

    def cause(self, code: str) -> str:
        """Why a leaf came or went."""
        return self._one_of(cause_words(code))

    def kind(self, code: str) -> str:
        """How it is drawn."""
        return self._one_of(words_in(KINDS, code))

    def side(self, code: str) -> str:
        """On which side a party stands."""
        return self._one_of(words_in(SIDES, code))

    def finding(self, code: str) -> str:
        """What an audit found."""
        return self._one_of(words_in(FINDINGS, code))

    def consent(self, code: str) -> str:
        """Why a supervisor signs."""
        return self._one_of(words_in(CONSENTS, code))

    def lapse(self, code: str) -> str:
        """How a party let an attempt lapse."""
        return self._one_of(words_in(LAPSES, code))

    def skipped(self, code: str) -> str:
        """Why a candidate was passed over."""
        return self._one_of(words_in(SKIPPED, code))

    def tool(self, code: str) -> str:
        """With what a nonce was made."""
        return self._one_of(words_in(TOOLS, code))

    def act(self, kind: str) -> str:
        """What an entry of the journal about a draw says was done."""
        return self._one_of(words_in(ACTS, kind))

    def rule(self, code: str) -> str:
        """Why a rule keeps somebody out."""
        return self._one_of(words_in(RULES, code))

    def _one_of(self, pair: Pair) -> str:
        return pair[0] if self.language == "zh" else pair[1]
