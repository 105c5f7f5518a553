"""What the counter of the trial bank says, in both languages: (Chinese, English)."""

from typing import Final

WORDS: Final[dict[str, tuple[str, str]]] = {
    "bank": ("试验银行", "TRIAL BANK"),
    "trial": (
        "这里没有真实资金，仅用于演示。",
        "No real money is here; it serves the demonstration alone.",
    ),
    "title": ("柜台入账", "Pay in at the counter"),
    "lead": (
        "代付款单位向托管账户转账。附言写明缴款单上的代码，托管方据此入账。",
        (
            "Make a transfer to the custodian in the name of a payer. The remark is the code of the"
            " payment order; by it the custodian books the money."
        ),
    ),
    "payee": ("收款人", "Payee"),
    "payee_account": ("收款账号", "Account of the payee"),
    "payer": ("付款账号", "Paying account"),
    "payer_hint": (
        "投标保证金应从单位基本账户转出；从列表中选择，或输入任一账号。",
        "A bond is paid from the basic account: choose one from the list, or type any number.",
    ),
    "name": ("付款户名", "Name on the account"),
    "name_hint": ("空白则为该账号登记的户名。", "Left empty: the name the bank knows."),
    "amount": ("金额（元）", "Amount in yuan"),
    "remark": ("附言", "Remark"),
    "more": ("其他情形", "Other cases"),
    "moment": (
        "到账时间（北京时间，空白为现在）",
        "Moment of the credit (Beijing time; empty means now)",
    ),
    "how": ("方式", "How"),
    "once": ("入账一次", "once"),
    "told-twice": ("同一笔通知两次", "one payment, told twice"),
    "paid-twice": ("付款两次", "paid twice"),
    "pay": ("入账", "Pay in"),
    "outcome": ("处理结果", "What the custodian made of it"),
    "serial": ("流水号", "Serial"),
    "result": ("结果", "Outcome"),
    "refused": ("未入账", "Nothing was paid in"),
    "back": (
        "可关闭本页；投标页面会自行发现款项已到账。",
        "You may close this page: the page you came from sees by itself that the money has come.",
    ),
    "other": ("English", "中文"),
}
