"""Quotes, terms and draws for tests of selection: keys and seeds follow from labels."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from fractions import Fraction

from intermediaries.rulebook.selection.choosing import Given, choose
from intermediaries.rulebook.selection.lots import Drawn
from intermediaries.rulebook.selection.modes import Funds, Mode, Unit
from intermediaries.rulebook.selection.outcome import Outcome
from intermediaries.rulebook.selection.quotes import Quote
from intermediaries.rulebook.selection.terms import SCHEME_WEIGHT, Terms
from market.kernel.money import Money
from tests.support.log_cast import secret

SUBJECT = "FW-2026-000123"
PURPOSE = "selection"
CHOOSE_BY = datetime(2026, 11, 27, 10, 0, tzinfo=UTC)
ROUNDS_FROM = datetime(2026, 11, 26, 1, 0, tzinfo=UTC)
WAN = 1_000_000  # ten thousand yuan, in fen

OWN = {
    Mode.RANDOM: {"fixed": Money(5 * WAN)},
    Mode.DIRECT: {
        "fixed": Money(2 * WAN),
        "ceiling": Money(3 * WAN),
        "named": "agency-0",
        "reason": "承担过前期勘察",
    },
    Mode.CREDIT: {"list_size": 5, "short_size": 2, "choose_by": CHOOSE_BY, "fixed": Money(5 * WAN)},
    Mode.MULTIROUND: {"rounds_from": ROUNDS_FROM},
    Mode.SCHEME: {"scheme_weight": SCHEME_WEIGHT},
}


def terms(mode: Mode, funds: Funds = Funds.FISCAL, **changed: object) -> Terms:
    """Terms of a mode with its own parameters; prices in ten thousand yuan, up to 20 of them."""
    held = {
        "subject": SUBJECT,
        "mode": mode,
        "funds": funds,
        "ceiling": Money(20 * WAN),
        "published": date(2026, 11, 23),
        "unit": Unit.WAN,
        **OWN.get(mode, {}),
        **changed,
    }
    return Terms(**held)  # type: ignore[arg-type]


def key(label: object) -> bytes:
    """The key of the quote with this label."""
    return secret(f"quote/{label}")


def wan(text: str) -> Money:
    """An amount written in ten thousand yuan."""
    return Money(int(Fraction(text) * WAN))


def quotes(*prices: str) -> tuple[Quote, ...]:
    """Quotes 0, 1, 2 … of these prices in ten thousand yuan."""
    return tuple(
        Quote(key(number), f"agency-{number}", wan(price)) for number, price in enumerate(prices)
    )


def drawn(of: Sequence[Quote], seed: object = "seed") -> Drawn:
    """The draw of a seed's label over these quotes."""
    return Drawn(secret(f"draw/{seed}"), PURPOSE, tuple(sorted(quote.key for quote in of)))


def seed_where(of: Sequence[Quote], wanted: object, least: int = 0) -> Drawn:
    """The first draw, of seeds 0, 1, 2 …, for which `wanted(draw)` holds."""
    return next(
        draw
        for number in range(least, 10_000)
        if wanted(draw := drawn(of, number))  # type: ignore[operator]
    )


def outcome(terms_of: Terms, of: Sequence[Quote], draw: Drawn | None = None, **more) -> Outcome:
    """What these quotes and this draw (the first seed's, unless given) come to."""
    return choose(terms_of, Given(quotes=tuple(of), drawn=draw or drawn(of), **more))


def label_of(found: bytes | None, of: Sequence[Quote]) -> int | None:
    """The number of the quote with this key, None for none."""
    return next((number for number, quote in enumerate(of) if quote.key == found), None)


def winner(terms_of: Terms, of: Sequence[Quote], draw: Drawn | None = None, **more) -> int | None:
    """The number of the winning quote."""
    return label_of(outcome(terms_of, of, draw, **more).winner, of)


def figure(result: Outcome, name: str) -> str:
    """A figure of the outcome, as shown."""
    return next(item.shown for item in result.figures if item.name == name)


def row_figure(result: Outcome, quote: Quote, name: str) -> str:
    """A figure of a quote's row, as shown."""
    return next(item.shown for item in result.row(quote.key).figures if item.name == name)
