"""How bids of the sealing page come before a panel: more bids, members, prices seen."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Final

from market.demo.people.kinds import Person
from tests.support.exchange import Exchange
from tests.support.story_bidder import PRICED, Firm, firm
from tests.support.story_evaluation import members_do, qualified, representative
from tests.support.story_owner import BOND, deadline
from tests.support.story_panel import accepted, arrived, drawn, numbered

FIGURES: Final = 2_700_000
CORRECTED: Final = 2_600_000
"""What the capitals of a careless bidder say; they prevail over its figures."""
CARELESS: Final = "tests.support.careless_client"
BACKUP: Final = "Passphrase of the backup"
BEFORE: Final = timedelta(hours=20)
SITTING: Final = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Careless:
    """A bidder whose price contradicts itself, with its bid-key file and the file's passphrase."""

    firm: Firm
    key: Path
    word: str


def two_with_the_client(exchange: Exchange, no: str) -> Careless:
    """Two more bidders with the client; the one of them that did not read its offer over."""
    first, second = (firm(exchange, number) for number in (7, 8))
    key = first.home / "bid-key.age"
    order = ["bond", "buy", "--yuan", f"{BOND // PRICED}", "--uscc", first.uscc]
    bought = first.client(*order, "--backup", str(key)).facts
    (said,) = [words for words in bought["warnings"] if words.startswith(BACKUP)]
    first.pay(bought, BOND)
    ready = first.client("bond", "wait", "--seconds", "20", "--uscc", first.uscc)
    assert ready.facts["ready"]
    replace(first, program=CARELESS).bid(no, FIGURES)
    second.buy()
    second.bid(no, FIGURES)
    return Careless(first, key, said.rpartition(": ")[2])


def panel(exchange: Exchange, no: str) -> list[Person]:
    """The panel, drawn the day before the deadline."""
    until = deadline(exchange, no)
    exchange.advance_to(until - BEFORE)
    drawn(exchange, no, until + SITTING)
    return accepted(exchange, no)


def prices_seen(exchange: Exchange, no: str, members: Sequence[Person]) -> None:
    """All sheets are locked: the house asks whose price contradicts itself or is very low."""
    numbered(exchange, no)
    arrived(exchange, no, members)
    exchange.beat()
    qualified(exchange, no)
    done = members_do(exchange, no, [*members, representative(exchange)])
    assert done.troubles == ()
