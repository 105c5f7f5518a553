"""How an opening goes in stories: closing witnessed, officers with their programs, record."""

from collections.abc import Sequence
from datetime import timedelta
from http import HTTPStatus
from typing import Any, Final

from bidding.client.bidbook import BidBook
from market.protocol.encoding import canonical
from tests.support.exchange import Exchange, Said
from tests.support.story_bidder import Firm
from tests.support.story_owner import Officer, deadline, officer_does

ROUNDS: Final = (1, 2, 3)
GRACE: Final = timedelta(seconds=61)


def closed(exchange: Exchange, no: str) -> dict[str, Any]:
    """Deadline and grace pass; the closing record and its list."""
    exchange.advance_to(deadline(exchange, no) + GRACE)
    exchange.wait_for(lambda: is_there(exchange, no, "closing"), 60)
    found: dict[str, Any] = exchange.ask(f"/api/v1/tenders/{no}/closing")
    return found


def opened(exchange: Exchange, no: str, opening: Sequence[Officer]) -> dict[str, Any]:
    """All rounds with these officers; the opening record."""
    exchange.witnessed(no, "closing")
    for number in ROUNDS:
        for each in opening:
            done = officer_does(exchange, each, "open", no)
            assert done["round"] == number, done
            assert done["refused"] == [], done
        exchange.wait_for(lambda number=number: _after(exchange, no, number), 60)
    found: dict[str, Any] = exchange.ask(f"/api/v1/tenders/{no}/opening")
    return found


def _after(exchange: Exchange, no: str, number: int) -> bool:
    """Whether the platform has gone beyond a round; a beat is what takes it there."""
    exchange.beat()
    if number == ROUNDS[-1]:
        return is_there(exchange, no, "opening")
    hall = exchange.answer(f"/tenders/{no}/opening")[1]
    return f'data-state="collecting" data-round="{number + 1}"'.encode() in hall


def is_there(exchange: Exchange, no: str, what: str) -> bool:
    """Whether a public record of a tender can be read."""
    return exchange.answer(f"/api/v1/tenders/{no}/{what}")[0] == HTTPStatus.OK


def verified(exchange: Exchange, bidder: Firm, no: str, entry: dict[str, Any]) -> Said:
    """The offline verifier over a bidder's own files and the closing record's proof."""
    folder = exchange.folder / "verify" / bidder.uscc / no
    folder.mkdir(parents=True, exist_ok=True)
    book = BidBook(bidder.home, no).accepted()
    assert book is not None
    assert book.receipt is not None
    assert book.redemption is not None
    listed = exchange.ask(f"/api/v1/tenders/{no}/closing")["list"]
    files = {
        "receipt": canonical(book.receipt),
        "act": book.act.raw,
        "redemption": canonical(book.redemption),
        "closing": exchange.answer(f"/log/proof/{entry['index']}")[1],
        "list": canonical(listed),
    }
    for name, raw in files.items():
        (folder / name).write_bytes(raw)
    words = ["receipt", str(folder / "receipt"), "--trust", str(exchange.trust)]
    for name in ("act", "redemption", "closing", "list"):
        words += [f"--{name}", str(folder / name)]
    return exchange.verify(*words, "--language", "en")
