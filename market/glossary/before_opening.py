"""The terms of people, tendering and bonds."""

from typing import Final

from market.glossary.term import Group, Term

PEOPLE: Final = Group(
    "人和单位",
    "People and organisations",
    (
        Term(
            "采购人",
            "purchaser (project owner)",
            "owner",
            "用财政资金采购的单位，确定中标人并签订合同。",
            "The body that buys with public money, determines the winner and signs the contract.",
        ),
        Term(
            "采购代理机构",
            "procurement agency",
            "agent",
            "受采购人委托办理采购事宜的机构。",
            "The agency that runs a procurement on the purchaser's behalf.",
        ),
        Term(
            "供应商 / 投标人",
            "supplier / bidder",
            "bidder",
            "提交投标文件参加竞争的单位。",
            "An organisation that submits a bid.",
        ),
        Term(
            "监督部门",
            "supervising authority",
            "supervisor",
            "依法监督交易、处理投诉的部门。",
            "The authority that supervises trading by law and decides complaints.",
        ),
        Term(
            "见证人",
            "witness",
            "witness",
            "另一单位，逐分钟核对公开日志只增不改，并联署检查点。",
            "Another organisation that checks every minute that the public record only grew, and "
            "cosigns its checkpoints.",
        ),
        Term(
            "托管行",
            "custodian",
            "custodian",
            "收取和退还保证金的银行，盲签保证金令牌，不知道缴款人投哪个项目。",
            "The bank that takes and returns bonds and signs bond tokens blindly: it does not "
            "learn which tender a payer bids for.",
        ),
        Term(
            "统一社会信用代码",
            "unified social credit code",
            "uscc",
            "单位的十八位统一代码。",
            "The eighteen-sign code of an organisation.",
        ),
        Term(
            "基本账户",
            "basic (deposit) account",
            "basic_account",
            "单位在银行的主账户，保证金从此付出，也退回此处。",
            "An organisation's main bank account: bonds are paid from it and returned to it.",
        ),
    ),
)

TENDERING: Final = Group(
    "招标",
    "Tendering",
    (
        Term(
            "公共资源交易",
            "public resource trading",
            "",
            "政府采购、工程招标、土地、矿业权和国有资产等公开交易。",
            "Government procurement, construction tendering, land, mining rights and state assets, "
            "traded in public.",
        ),
        Term(
            "公开招标",
            "open tender",
            "bidding.tenders",
            "以公告邀请不特定供应商投标的采购方式。",
            "A procurement that invites every supplier by public notice.",
        ),
        Term(
            "公告 / 公示",
            "notice / public notice period",
            "notice",
            "依法公开的文书；公示期内可以提出异议。",
            "A publication required by law; objections may be raised during its period.",
        ),
        Term(
            "最高限价",
            "price ceiling",
            "ceiling",
            "超过即无效的报价上限。",
            "The price above which a bid is invalid.",
        ),
        Term(
            "投标截止时间",
            "bid deadline",
            "deadline",
            "到此时刻为止收到的投标有效，晚一微秒即迟到。",
            "Bids received up to this moment are in time; one microsecond later is late.",
        ),
        Term(
            "澄清 / 更正",
            "clarification / amendment",
            "amendment",
            "对已发布文件的说明或修改；要求重新投标的更正使已交投标失效并顺延截止时间。",
            "An explanation or change of published documents; one that requires new bids releases "
            "earlier bids and moves the deadline.",
        ),
        Term(
            "废标 / 流标",
            "cancelled tender / failed tender",
            "cancelled, failed",
            "因法定事由不再继续，或有效投标不足三家。",
            "Ended for a cause named by law, or with fewer than three valid bids.",
        ),
        Term(
            "工作日 / 日 / 调休",
            "working day / calendar day / make-up working day",
            "working_days",
            "期限按工作日或自然日计算，按国务院公布的节假日和调休安排。",
            "Periods run in working or calendar days, by the State Council's yearly arrangement of "
            "holidays and make-up days.",
        ),
    ),
)

MONEY: Final = Group(
    "保证金",
    "Bonds",
    (
        Term(
            "投标保证金",
            "bid bond",
            "bond",
            "担保投标人履行投标义务的款项，未中标的退还本息。",
            "Money that secures a bidder's duties; whoever does not win has it back with interest.",
        ),
        Term(
            "面额",
            "denomination",
            "denomination",
            "保证金令牌的固定金额；金额相同才分不出是谁的。",
            "The fixed amount of a bond token: only equal amounts cannot be told apart.",
        ),
        Term(
            "保证金令牌",
            "bond token",
            "token",
            "证明已缴保证金而不说明是谁缴的凭证。",
            "Proof that a bond was paid that does not say by whom.",
        ),
        Term(
            "核销标识",
            "nullifier",
            "nullifier",
            "使一枚令牌只能用一次的标识。",
            "The mark by which a token serves once only.",
        ),
        Term(
            "关联",
            "link",
            "link",
            "开标后核对投标人与其存款的步骤。",
            "The step after opening that matches a bidder with its deposit.",
        ),
        Term(
            "退回令牌 / 退款",
            "surrender / refund",
            "surrender, refund",
            "未投标或撤回后，不露名交回令牌换取退款。",
            "A token given back without a name, for a refund, by whoever did not bid or withdrew.",
        ),
        Term(
            "不予退还",
            "forfeiture",
            "forfeit",
            "因法定事由、经听取陈述后不退还保证金。",
            "A bond is kept for a cause listed by law, after a hearing.",
        ),
    ),
)
