"""What a demand needs before it can be handed in, and the grounds on which it comes back."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol

from intermediaries.demands.rules.contents import Section
from intermediaries.demands.rules.states import CHECKED
from intermediaries.rulebook.selection.modes import Mode
from market.kernel.errors import BadInput, Refusal

WORDS_LIMIT: Final = 1000


class Written(Protocol):
    """A demand as far as it is written: every piece by its name, None or empty while missing."""

    @property
    def mode(self) -> Mode | None:
        """How one agency is chosen."""

    @property
    def approval_item(self) -> str | None:
        """Which approval uses the deliverable."""

    @property
    def project_code(self) -> str | None:
        """The owner's project that it is for."""


@dataclass(frozen=True, slots=True)
class Gap:
    """Something that is missing, and the page that mends it."""

    section: Section
    zh: str
    en: str

    def words(self, language: str) -> str:
        """What is missing, in "zh" or "en"."""
        return self.zh if language == "zh" else self.en


_NEEDED: Final = (
    ("item", Section.ITEM, "服务事项", "the service"),
    ("title_zh", Section.ITEM, "中文名称", "the title in Chinese"),
    ("title_en", Section.ITEM, "英文名称", "the title in English"),
    ("background", Section.NEED, "项目背景", "the background"),
    ("scope", Section.NEED, "服务内容", "the scope"),
    ("deliverables", Section.NEED, "成果清单", "the deliverables"),
    ("funds", Section.MONEY, "资金来源", "the funds"),
    ("ceiling", Section.MONEY, "最高限价", "the ceiling"),
    ("working_days", Section.TERMS, "服务时限", "the time of the service"),
    ("mode", Section.MODE, "选取方式", "the mode of choice"),
    ("enrol_days", Section.WINDOW, "报名期", "the time to enrol"),
    ("contract", Section.CONTRACT, "合同范本", "the contract"),
    ("payment", Section.CONTRACT, "付款方式", "the payment"),
    ("payment_days", Section.CONTRACT, "付款期限", "the time of payment"),
    ("declared_at", Section.DECLARATION, "声明", "the declaration"),
)
_OF_MODE: Final = (
    ("fixed", frozenset({Mode.RANDOM}), "业主定价", "the price you set"),
    ("named", frozenset({Mode.DIRECT}), "指名的中介", "the agency you name"),
    ("reason", frozenset({Mode.DIRECT}), "书面理由", "the written reason"),
    ("list_size", frozenset({Mode.CREDIT}), "名单家数", "the size of the list"),
    ("short_size", frozenset({Mode.CREDIT}), "入围家数", "the size of the short list"),
    ("choose_days", frozenset({Mode.CREDIT}), "选定期限", "the time for your pick"),
    ("rounds_time", frozenset({Mode.MULTIROUND}), "竞价开始时间", "the start of the rounds"),
    ("scheme_weight", frozenset({Mode.SCHEME}), "方案分值", "the points of the scheme"),
    ("scheme", frozenset({Mode.SCHEME}), "方案评审设置", "how schemes are reviewed"),
)


def gaps(draft: Written) -> tuple[Gap, ...]:
    """Everything that is missing, in the order of the pages."""
    found = [
        Gap(section, zh, en)
        for member, section, zh, en in _NEEDED
        if getattr(draft, member) in (None, "", ())
    ]
    found += [
        Gap(Section.MODE, zh, en)
        for member, modes, zh, en in _OF_MODE
        if draft.mode in modes and getattr(draft, member) in (None, "")
    ]
    if draft.approval_item is not None and draft.project_code is None:
        # Without one there would be no application to hand the deliverable in with.
        found.append(
            Gap(Section.ITEM, "申请该审批的项目", "the project for which the approval is asked")
        )
    return tuple(found)


def refuse_unless_whole(draft: Written) -> None:
    """Go on only with a demand that lacks nothing; `Refusal` "demand-incomplete" names all."""
    missing = gaps(draft)
    if missing:
        raise Refusal(
            "demand-incomplete",
            zh="尚缺：" + "、".join(one.zh for one in missing),
            en="Still missing: " + ", ".join(one.en for one in missing),
            article=CHECKED,
        )


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a demand comes back: the page that lacks something, and what is to be mended."""

    section: str
    words: str


def refuse_unless_reasoned(reasons: Sequence[Reason]) -> None:
    """Go on only with reasons about pages of the demand; `BadInput`s.

    "reasons-missing", "reason-unknown", "reason-unexplained". Whether the need is a good one is
    not the operator's to judge: nothing but completeness is checked.
    """
    if not reasons:
        raise BadInput(
            "reasons-missing",
            zh="请选择至少一项，并一次写明全部原因",
            en="Choose at least one part, and name every reason at once",
        )
    if any(one.section not in {part.value for part in Section} for one in reasons):
        raise BadInput("reason-unknown", zh="没有此部分", en="There is no such part")
    if any(not 0 < len(one.words.strip()) <= WORDS_LIMIT for one in reasons):
        raise BadInput(
            "reason-unexplained",
            zh="每项原因都须写明需要补正的内容",
            en="Say of every reason what is to be mended",
        )


def refuse_unless_at_once(
    before: Iterable[Reason],
    decided_at: datetime,
    touched: Mapping[str, datetime],
    reasons: Iterable[Reason],
) -> None:
    """Go on only with reasons that could not have been named the last time.

    A part named `before` may be named again, and one that changed after `decided_at`; every other
    is `Refusal` "reason-too-late".
    """
    named = {one.section for one in before}
    for one in reasons:
        changed = touched.get(one.section)
        if one.section not in named and (changed is None or changed <= decided_at):
            raise Refusal(
                "reason-too-late",
                zh="须一次性告知：上次退回时未提出、内容也未改动的部分，不能再作为退回理由",
                en="All reasons are named at once: a part that was not named the last time and has"
                " not changed since sends nothing back",
                article=CHECKED,
            )
