"""The words of the notices of a tender, in both languages, from its facts alone."""

from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import Final

from bidding.rulebook.amendments import AmendmentKind
from bidding.rulebook.criteria import Part, Scheme
from bidding.rulebook.events import Edge, Event
from bidding.rulebook.figures import write_figure
from bidding.rulebook.limits import Category, Method
from bidding.rulebook.timetable import Entry, Timetable
from bidding.rulebook.why import shown_moment
from bidding.tenders.facts import TenderFacts

SHOWN: Final = (
    Event.NOTICE_END,
    Event.DOCUMENTS_START,
    Event.DOCUMENTS_END,
    Event.DOCUMENTS_CHALLENGE_END,
    Event.QUESTIONS_END,
    Event.BID_DEADLINE,
    Event.OPENING,
)
"""The dates that the publication fixes and a notice states."""

METHODS: Final = {
    Method.COMPREHENSIVE: ("综合评分法", "comprehensive scoring"),
    Method.LOWEST_PRICE: ("最低评标价法", "lowest evaluated price"),
    Method.CONSULTATION: ("竞争性磋商", "competitive consultation"),
}
CATEGORIES: Final = {Category.GOODS: ("货物", "goods"), Category.SERVICES: ("服务", "services")}


@dataclass(frozen=True, slots=True)
class Names:
    """An organisation's name in both languages."""

    zh: str
    en: str


def scheme_words(scheme: Scheme) -> tuple[str, str]:
    """How bids are compared, in a line of each language."""
    method_zh, method_en = METHODS[scheme.method]
    if not scheme.criteria:
        return method_zh, method_en
    technical, business = scheme.weight_of(Part.TECHNICAL), scheme.weight_of(Part.BUSINESS)
    points = [write_figure(value) for value in (technical, business, scheme.price_weight)]
    return (
        f"{method_zh}：技术 {points[0]} · 商务 {points[1]} · 价格 {points[2]}（低价优先）",
        (
            f"{method_en}: technical {points[0]} · business {points[1]} · price {points[2]}"
            " (the lower the better)"
        ),
    )


def sme_words(scheme: Scheme) -> tuple[str, str]:
    """What the tender does for small and micro firms."""
    share = scheme.deductions.small
    if share is None:
        return (
            "专门面向中小企业，不再扣除",
            "reserved for small and medium firms, nothing is deducted",
        )
    return (
        f"小型和微型企业价格扣除 {percent(share)}",
        f"{percent(share)} off the compared price of small and micro firms",
    )


def low_price_words(scheme: Scheme) -> tuple[str, str]:
    """When an abnormally low offer is reviewed."""
    low = scheme.low_price
    if low is None:
        return "不适用", "does not apply"
    mean, second, ceiling = percent(low.mean), percent(low.second), percent(low.ceiling)
    minutes = int(low.answer.total_seconds()) // 60
    return (
        (
            f"报价低于平均报价的 {mean}、次低报价的 {second} 或最高限价的 {ceiling} 时启动审查，"
            f"供应商至少有 {minutes} 分钟说明"
        ),
        (
            f"an offer below {mean} of the mean, {second} of the second-lowest or {ceiling} of the"
            f" ceiling is reviewed; the supplier has at least {minutes} minutes to answer"
        ),
    )


def percent(value: Fraction) -> str:
    """A percent of the documents: 15%."""
    return f"{write_figure(value)}%"


def shown_at(entry: Entry) -> tuple[str, str]:
    """The moment of a date in both languages."""
    if not isinstance(entry.at, datetime):
        return entry.at.words("zh"), entry.at.words("en")
    closing = entry.edge in (Edge.OPEN_UNTIL, Edge.NOT_AFTER, Edge.CLOSES)
    text = shown_moment(entry.at, closing=closing)
    return text, text


def announcement(
    tender: TenderFacts, owner: Names, agent: Names | None, dates: Timetable
) -> tuple[str, str]:
    """The text of the tender notice (NT08), everything the law asks it to contain."""
    scheme, sme, low = (
        scheme_words(tender.scheme),
        sme_words(tender.scheme),
        low_price_words(tender.scheme),
    )
    kind = CATEGORIES[tender.category]
    none = ("无", "none")
    acting = none if agent is None else (agent.zh, agent.en)
    joint = ("接受", "accepted") if tender.consortium else ("不接受", "not accepted")
    bond = f"{tender.bond}元" if tender.bond.fen else "不收取"
    bond_en = f"{tender.bond} yuan" if tender.bond.fen else "none"
    lines: list[tuple[str, str, str, str]] = [
        ("采购人", owner.zh, "Purchaser", owner.en),
        ("代理机构", acting[0], "Agent", acting[1]),
        ("联系方式", tender.contact, "Contact", tender.contact),
        ("项目编号", tender.no, "Number", tender.no),
        ("采购类别", kind[0], "Kind", kind[1]),
        ("预算金额", f"{tender.budget}元", "Budget", f"{tender.budget} yuan"),
        ("最高限价", f"{tender.ceiling}元", "Ceiling", f"{tender.ceiling} yuan"),
        ("采购需求", tender.need_zh, "What is needed", tender.need_en),
        ("供应商资格", tender.qualification_zh, "Qualification", tender.qualification_en),
        ("联合体投标", joint[0], "Consortia", joint[1]),
        ("中小企业政策", sme[0], "Small firms", sme[1]),
        ("评审方法", scheme[0], "Method", scheme[1]),
        ("异常低价审查", low[0], "Low offers", low[1]),
        ("投标保证金", bond, "Bid bond", bond_en),
        (
            "投标有效期",
            f"{tender.validity_days}日",
            "Bids stay valid",
            f"{tender.validity_days} days",
        ),
    ]
    for event in SHOWN:
        at = shown_at(dates[event])
        lines.append((event.zh, at[0], _capital(event.en), at[1]))
    lines.append(
        (
            "获取招标文件",
            f"在本页直接下载，无需登录，不作记录：/tenders/{tender.no}",
            "Documents",
            f"on this page, without signing in, and nothing is recorded: /tenders/{tender.no}",
        )
    )
    return _text(lines)


def correction(
    version: int, kind: AmendmentKind, words: tuple[str, str], effect: tuple[str, str]
) -> tuple[str, str]:
    """The text of an amendment (NT11): what changed, what becomes of bids and of the deadline."""
    bids = {
        AmendmentKind.EXPLAINS: (
            "说明性更正：已提交的投标继续有效",
            "explains: bids handed in stand",
        ),
        AmendmentKind.REQUIRES_NEW: (
            "要求重新投标：已提交的投标失效，凭证随即释放，请重新提交",
            "requires new bids: those handed in are released at once; hand in anew",
        ),
    }[kind]
    return _text(
        [
            ("更正次数", str(version), "Amendment", str(version)),
            ("更正内容", words[0], "What changes", words[1]),
            ("对投标的影响", bids[0], "Bids", bids[1]),
            ("投标截止", effect[0], "Deadline", effect[1]),
        ]
    )


def answered(question: str, zh: str, en: str) -> tuple[str, str]:
    """The text of an answer (NT04); the asker is nobody."""
    return _text([("提问", question, "Question", question), ("答复", zh, "Answer", en)])


def ended(no: str, zh: str, en: str) -> tuple[str, str]:
    """The text of the notice that a tender ended without an award (NT14)."""
    refund_zh = "已缴保证金凭证随即释放，可匿名退回；开标后已关联的，按规定期限原路退还"
    refund_en = (
        "tokens are released at once and can be given back; linked bonds go back to the paying"
        " account within the time the rules set"
    )
    return _text(
        [
            ("项目编号", no, "Number", no),
            ("原因", zh, "Cause", en),
            ("保证金", refund_zh, "Bonds", refund_en),
        ]
    )


def _text(lines: list[tuple[str, str, str, str]]) -> tuple[str, str]:
    """One line for each label; a value of several lines is joined, lest it pose as another."""
    return (
        "\n".join(f"{label}：{_joined(value, '；')}" for label, value, _, _ in lines),
        "\n".join(f"{label}: {_joined(value, '; ')}" for _, _, label, value in lines),
    )


def _joined(value: str, sign: str) -> str:
    return sign.join(line.strip() for line in value.splitlines() if line.strip())


def _capital(sentence: str) -> str:
    return sentence[0].upper() + sentence[1:]
