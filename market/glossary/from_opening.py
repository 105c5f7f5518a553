"""The terms of sealing and opening, evaluation, result and record."""

from typing import Final

from market.glossary.term import Group, Term

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
