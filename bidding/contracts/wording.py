"""What result and contract notices say, in both languages."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from bidding.tenders.facts import TenderFacts
from market.accounts.queries.organisations import OrganisationFacts
from market.kernel.money import Money

PREFERENCES: Final = {
    "small": ("小微企业价格扣除", "price deduction for small and micro firms"),
    "joint": ("联合体或分包小微企业价格扣除", "price deduction for consortia with small firms"),
    "national": ("本国产品价格扣除", "price deduction for national products"),
}


@dataclass(frozen=True, slots=True)
class ResultFacts:
    """Everything the result notice names; `experts` are the panel's names."""

    tender: TenderFacts
    owner: OrganisationFacts
    agent: OrganisationFacts | None
    winner: OrganisationFacts
    amount: Money
    preferences: Sequence[str]
    experts: Sequence[str]
    earlier: Sequence[tuple[str, str, str]]
    """Earlier winners that fell out: name, and why, in Chinese and English."""
    rejected: Sequence[tuple[str, str, str]]
    """Name, and why the bid was invalid, in Chinese and English."""


def result(facts: ResultFacts) -> tuple[str, str]:
    """The result notice (NT13)."""
    tender, amount = facts.tender, facts.amount
    deducted = [PREFERENCES[one] for one in facts.preferences]
    zh = [
        f"一、项目编号：{tender.no}；项目名称：{tender.title_zh}",
        f"二、采购人：{facts.owner.name_zh}，联系方式：{tender.contact}",
        f"采购代理机构：{facts.agent.name_zh if facts.agent else '无'}",
        f"三、中标供应商：{facts.winner.name_zh}（{facts.winner.uscc}）",
        f"中标金额：{amount} 元（{amount.in_capitals()}）",
        f"四、主要标的：{tender.need_zh}",
        f"五、评审专家及采购人代表：{'、'.join(facts.experts)}",
        f"六、价格扣除：{'、'.join(zh for zh, _ in deducted) or '未享受'}",
        (
            "七、采购文件随公告在项目页面公布；公告期限 1 个工作日，"
            "公告期满之日起 7 个工作日内可以书面提出质疑。"
        ),
    ]
    en = [
        f"1. Tender {tender.no}: {tender.title_en}",
        f"2. Purchaser: {facts.owner.name_en}, contact: {tender.contact}",
        f"Agent: {facts.agent.name_en if facts.agent else 'none'}",
        f"3. Winner: {facts.winner.name_en} ({facts.winner.uscc})",
        f"Amount: {amount} yuan",
        f"4. Subject: {tender.need_en}",
        f"5. Panel: {', '.join(facts.experts)}",
        f"6. Deduction applied: {', '.join(en for _, en in deducted) or 'none'}",
        (
            "7. The tender documents stand on the tender's page. The notice lasts one working day; "
            "challenges may be filed in writing within seven working days after its end."
        ),
    ]
    if facts.rejected:
        zh.append(
            "八、无效投标：" + "；".join(f"{name}：{said}" for name, said, _ in facts.rejected)
        )
        en.append("8. Invalid bids: " + "; ".join(f"{n}: {said}" for n, _, said in facts.rejected))
    if facts.earlier:
        zh.append(
            "九、原中标人丧失中标资格，按排名顺序确定下一名："
            + "；".join(f"{name}：{said}" for name, said, _ in facts.earlier)
        )
        en.append(
            "9. An earlier winner fell out and the next in the ranking was determined: "
            + "; ".join(f"{name}: {said}" for name, _, said in facts.earlier)
        )
    return "\n".join(zh), "\n".join(en)


def contract(
    tender: TenderFacts,
    owner: OrganisationFacts,
    winner: OrganisationFacts,
    amount: Money,
    signed_on: date,
) -> tuple[str, str]:
    """The contract notice (NT15)."""
    zh = (
        f"一、项目编号：{tender.no}；项目名称：{tender.title_zh}\n"
        f"二、采购人（甲方）：{owner.name_zh}\n三、供应商（乙方）：{winner.name_zh}\n"
        f"四、合同金额：{amount} 元（{amount.in_capitals()}）\n"
        f"五、主要标的：{tender.need_zh}\n六、签订日期：{signed_on.isoformat()}"
    )
    en = (
        f"1. Tender {tender.no}: {tender.title_en}\n2. Purchaser: {owner.name_en}\n"
        f"3. Supplier: {winner.name_en}\n4. Amount: {amount} yuan\n"
        f"5. Subject: {tender.need_en}\n6. Signed on {signed_on.isoformat()}"
    )
    return zh, en
