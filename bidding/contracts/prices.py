"""The opened prices as everybody may compare them: one line a bid, with its length in a chart."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from bidding.contracts.queries import LapseFacts
from bidding.opening.queries import OpeningFacts
from market.kernel.money import Money
from market.protocol.encoding import Json, JsonObject

WHOLE: Final = 10_000
"""Parts of the chart's width; lengths are written in hundredths of a percent."""


@dataclass(frozen=True, slots=True)
class PriceLine:
    """A bid in the chart. `mark` is "winner", "lapsed" or ""."""

    uscc: str
    name_zh: str
    name_en: str
    price: Money
    share: Fraction
    """Of the ceiling price."""
    mark: str

    @property
    def length(self) -> str:
        """How long its bar is, as an SVG length."""
        parts = min(WHOLE, int(self.share * WHOLE))
        return f"{parts // 100}.{parts % 100:02d}%"

    def name(self, language: str) -> str:
        """The bidder's name in "zh" or "en"."""
        return self.name_zh if language == "zh" else self.name_en


def price_lines(
    opening: OpeningFacts, ceiling: Money, winner: str, lapses: Sequence[LapseFacts]
) -> list[PriceLine]:
    """The opened bids, the lowest price first; none before the record."""
    fallen = {one.winner for one in lapses}
    found = list[PriceLine]()
    for bid in _objects(None if opening.record is None else opening.record.get("bids")):
        uscc = str(bid["uscc"])
        for fact in _objects(bid["facts"]):
            price = fact["value"]
            if fact["name"] == "price" and isinstance(price, int):
                mark = "winner" if uscc == winner else "lapsed" if uscc in fallen else ""
                share = Fraction(price, ceiling.fen)
                names = str(bid["name_zh"]), str(bid["name_en"])
                found.append(PriceLine(uscc, *names, Money(price), share, mark))
    return sorted(found, key=lambda line: (line.price.fen, line.uscc))


def as_csv(lines: Sequence[PriceLine], ceiling: Money) -> bytes:
    """The table behind the chart; UTF-8 with the mark that spreadsheets look for."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["uscc", "name_zh", "name_en", "price_yuan", "ceiling_yuan", "mark"])
    for line in lines:
        row = (line.uscc, _plain(line.name_zh), _plain(line.name_en), _yuan(line.price))
        writer.writerow([*row, _yuan(ceiling), line.mark])
    return out.getvalue().encode("utf-8-sig")


def _plain(text: str) -> str:
    """A name that no spreadsheet takes for a formula."""
    return f"'{text}" if text[:1] in {"=", "+", "-", "@", "\t"} else text


def _yuan(amount: Money) -> str:
    yuan, fen = divmod(amount.fen, 100)
    return f"{yuan}.{fen:02d}"


def _objects(value: Json) -> list[JsonObject]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []
