"""The texts that the rulebook cites: names, first day in force, how far each was verified.

Statutes were read in full. Orders and notices are known from published practice or from memory;
their articles say so by their standing.
"""

from dataclasses import dataclass
from datetime import date
from typing import Final

from market.kernel.law import Article, Standing

_DIGITS: Final = "零一二三四五六七八九"


@dataclass(frozen=True, slots=True)
class Text:
    """A statute, order or notice, and the first day on which its rules are applied here."""

    zh: str
    en: str
    since: date

    def article(
        self, number: int | None = None, standing: Standing = Standing.SOURCED, *, item: int = 0
    ) -> Article:
        """One article of the text, or the text as a whole where the article is not known."""
        if number is None:
            return Article(self.zh, self.en, standing)
        zh, en = f"{self.zh}第{_numeral(number)}条", f"{self.en}, art. {number}"
        if item:
            zh, en = f"{zh}第（{_numeral(item)}）项", f"{en}({item})"
        return Article(zh, en, standing)

    def remembered(self, number: int | None = None) -> Article:
        """An article whose official text was not at hand."""
        return self.article(number, Standing.MEMORY)


def _numeral(number: int) -> str:
    """1 to 99 as articles are numbered: 五, 十五, 二十, 八十七."""
    tens, ones = divmod(number, 10)
    text = "" if tens == 0 else "十" if tens == 1 else f"{_DIGITS[tens]}十"
    return text + (_DIGITS[ones] if ones else "")


BIDDING_LAW: Final = Text("《招标投标法》", "Bidding Law", date(2000, 1, 1))
BIDDING_REGULATION: Final = Text(
    "《招标投标法实施条例》", "Regulation implementing the Bidding Law", date(2012, 2, 1)
)
PROCUREMENT_LAW: Final = Text("《政府采购法》", "Government Procurement Law", date(2003, 1, 1))
PROCUREMENT_REGULATION: Final = Text(
    "《政府采购法实施条例》",
    "Regulation implementing the Government Procurement Law",
    date(2015, 3, 1),
)
SMALL_FIRM_PAYMENTS: Final = Text(
    "《保障中小企业款项支付条例》",
    "Regulation on Payments to Small and Medium Enterprises",
    date(2025, 6, 1),
)
ORDER_74: Final = Text("财政部令第74号", "Ministry of Finance Order 74", date(2014, 2, 1))
ORDER_87: Final = Text("财政部令第87号", "Ministry of Finance Order 87", date(2017, 10, 1))
ORDER_94: Final = Text("财政部令第94号", "Ministry of Finance Order 94", date(2018, 3, 1))
CONSULTATION: Final = Text("财库〔2014〕214号", "Notice Caiku 2014 No. 214", date(2014, 12, 31))
EXPERTS: Final = Text("财库〔2016〕198号", "Notice Caiku 2016 No. 198", date(2017, 1, 1))
INTENTIONS: Final = Text("财库〔2020〕10号", "Notice Caiku 2020 No. 10", date(2021, 1, 1))
SMALL_FIRMS_2020: Final = Text("财库〔2020〕46号", "Notice Caiku 2020 No. 46", date(2021, 1, 1))
SMALL_FIRMS_2022: Final = Text("财库〔2022〕19号", "Notice Caiku 2022 No. 19", date(2022, 7, 1))
NATIONAL_PRODUCTS: Final = Text(
    "国办发〔2025〕34号",
    "Notice of the General Office of the State Council 2025 No. 34",
    date(2026, 1, 1),
)
LOW_PRICES: Final = Text("财库〔2026〕2号", "Notice Caiku 2026 No. 2", date(2026, 2, 1))
MUST_TENDER: Final = Text("国家发展改革委令第16号", "NDRC Order 16 of 2018", date(2018, 6, 1))
CONSTRUCTION_ORDER: Final = Text(
    "《工程建设项目施工招标投标办法》",
    "Measures on Tendering of Construction (Order 30)",
    date(2013, 5, 1),
)
SURVEY_ORDER: Final = Text(
    "《工程建设项目勘察设计招标投标办法》",
    "Measures on Tendering of Survey and Design (Order 2)",
    date(2013, 5, 1),
)
THRESHOLDS_2020: Final = Text(
    "国办发〔2019〕55号",
    "Notice of the General Office of the State Council 2019 No. 55",
    date(2020, 1, 1),
)
LAND_ORDER: Final = Text(
    "《招标拍卖挂牌出让国有建设用地使用权规定》",
    "Rules on Granting Land by Tender, Auction and Listing (Order 39)",
    date(2007, 11, 1),
)
ASSET_ORDER: Final = Text(
    "《企业国有资产交易监督管理办法》",
    "Measures on Transactions of Enterprise State Assets (Order 32)",
    date(2016, 6, 24),
)

PLATFORM_SINCE: Final = date(2003, 1, 1)
"""Rules of this platform hold for every procedure it can carry: the oldest law's first day."""
