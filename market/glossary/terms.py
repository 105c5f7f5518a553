"""The terms: Chinese, English, the word in code, and what it means here in both languages."""

import re
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Term:
    """One term of the field; `code` is empty where no code bears the word."""

    zh: str
    en: str
    code: str
    meaning_zh: str
    meaning_en: str

    @property
    def anchor(self) -> str:
        """Where the page has it: the English word in small letters."""
        return re.sub(r"[^a-z0-9]+", "-", self.en.lower()).strip("-")


@dataclass(frozen=True, slots=True)
class Group:
    """Terms that belong together."""

    zh: str
    en: str
    terms: tuple[Term, ...]


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

SEALING: Final = Group(
    "封装与开标",
    "Sealing and opening",
    (
        Term(
            "投标文件 / 信封",
            "bid document / envelope",
            "envelope",
            "投标分为身份、技术、价格三个信封，分别加密。",
            "A bid has three envelopes, identity, technical and price, each sealed by itself.",
        ),
        Term(
            "密文",
            "ciphertext",
            "ciphertext",
            "加密后的信封，平台无法打开。",
            "A sealed envelope, which the platform cannot open.",
        ),
        Term(
            "投标回执",
            "submission receipt",
            "receipt",
            "平台对收到投标的签名，凭它可证明遗漏。",
            "The platform's signature that it received a bid; an omission can be proved with it.",
        ),
        Term(
            "撤回 / 撤销",
            "withdraw (before the deadline) / revoke (after)",
            "withdraw, revoked",
            "截止前可以撤回；截止后撤销须承担责任。",
            "A bid may be withdrawn before the deadline; revoking it afterwards has consequences.",
        ),
        Term(
            "开启人",
            "opening officer",
            "officer",
            "持有一份开标密钥的人，够数才能开标。",
            "A person who holds one share of the opening; only enough of them together can open.",
        ),
        Term(
            "开标清单",
            "manifest",
            "manifest",
            "载明开启人、门限和轮次的文件，随公告公开。",
            "The document that names officers, threshold and rounds, public with the notice.",
        ),
        Term(
            "演练",
            "rehearsal",
            "rehearsal",
            "公告前用假投标试开，证明密钥可用。",
            "A trial opening before publication that shows the keys work.",
        ),
        Term(
            "份额",
            "share",
            "share",
            "打开一个信封所需的若干份之一。",
            "One of the parts that together open an envelope.",
        ),
        Term(
            "截标记录",
            "closing record",
            "closing",
            "截止时固定的投标清单，先经见证再开标。",
            "The list of bids fixed at the deadline, witnessed before anything is opened.",
        ),
        Term(
            "开标记录",
            "opening record",
            "opening-record",
            "开标的结果：投标人、报价、被拒的投标及原因。",
            "What the opening found: bidders, prices, refused bids with reasons.",
        ),
        Term(
            "开标 / 唱标",
            "bid opening / reading out",
            "bidding.opening",
            "在截止时间后当众打开投标并宣读。",
            "Bids are opened and read out in public after the deadline.",
        ),
    ),
)

EVALUATION: Final = Group(
    "专家与评审",
    "Experts and evaluation",
    (
        Term(
            "评标委员会",
            "evaluation panel",
            "panel",
            "由随机抽取的专家和采购人代表组成。",
            "Experts drawn at random and the purchaser's representative.",
        ),
        Term(
            "评审专家 / 专家库",
            "evaluation expert / expert library",
            "expert, library",
            "按专业登记、供抽取的专家。",
            "Experts registered by specialty, from whom panels are drawn.",
        ),
        Term(
            "随机抽取 / 补抽",
            "random draw / substitute",
            "draw, substitute",
            "由几方的随机数共同决定、任何人可重新运行的抽取；递补即次序中的下一位。",
            "A draw decided by the nonces of several parties that anybody can run again; a "
            "substitute is the next in its order.",
        ),
        Term(
            "回避",
            "recusal",
            "recusal",
            "有利害关系的专家不参加评审。",
            "An expert with an interest does not take part.",
        ),
        Term(
            "暗标",
            "dark bid",
            "dark",
            "隐去投标人身份、以编号评审的技术标。",
            "A technical bid judged under a number, without the bidder's name.",
        ),
        Term(
            "资格审查 / 符合性审查",
            "qualification check / compliance check",
            "qualification, compliance",
            "分别由采购人和评标委员会审查是否合格、是否响应。",
            "The purchaser checks who may bid; the panel checks whether the bid responds.",
        ),
        Term(
            "综合评分法",
            "comprehensive scoring",
            "scheme",
            "按公布的因素和权重评分，得分最高者为第一候选人。",
            "Points by published criteria and weights; the highest is the first candidate.",
        ),
        Term(
            "低价优先法",
            "low-price-first price score",
            "price_scores",
            "价格分以最低有效报价为基准计算。",
            "Price points measured against the lowest valid price.",
        ),
        Term(
            "异常低价",
            "abnormally low price",
            "low_price",
            "低到可能影响履约的报价，须由供应商说明。",
            "A price so low that the supplier must explain it.",
        ),
        Term(
            "评标报告",
            "evaluation report",
            "report",
            "评标委员会全体签名的报告。",
            "The report signed by the whole panel.",
        ),
    ),
)

RESULT: Final = Group(
    "结果",
    "Result",
    (
        Term(
            "定标 / 确定中标人",
            "award decision / determine the winner",
            "determine",
            "采购人从候选人中按次序确定中标人。",
            "The purchaser determines the winner from the candidates in their order.",
        ),
        Term(
            "中标通知书",
            "award notice",
            "award",
            "发给中标人的通知，发出即有法律效力。",
            "The notice to the winner; it binds once it is issued.",
        ),
        Term(
            "质疑 / 投诉",
            "challenge / complaint",
            "challenge, complaint",
            "先向采购人提出质疑，不满答复再向监督部门投诉。",
            "First a challenge to the purchaser; whoever is not content with the answer complains "
            "to the supervising authority.",
        ),
    ),
)

RECORD: Final = Group(
    "公开日志",
    "The public record",
    (
        Term(
            "公开日志 / 检查点",
            "journal / checkpoint",
            "journal, checkpoint",
            "只增不改的公开记录；检查点是对其全部内容的签名。",
            "The record that only grows; a checkpoint is a signature over all of it.",
        ),
        Term(
            "密封批次",
            "sealed batch",
            "sealed-batch",
            "每五秒写入日志的固定大小的批次，看不出其中有几份投标。",
            "A batch of fixed size journaled every five seconds, whether or not it holds a bid.",
        ),
    ),
)

GROUPS: Final = (PEOPLE, TENDERING, MONEY, SEALING, EVALUATION, RESULT, RECORD)
