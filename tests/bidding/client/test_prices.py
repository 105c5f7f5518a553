"""The client's commands about one's own price, against the anonymous host and nothing else.

A profile here has a wallet, a bid that was accepted, and the address of that host: no account, no
trust file, no platform.
"""

import io
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, update
from sqlalchemy.orm import Session

from bidding.client.bidbook import ACCEPTED, Bid
from bidding.client.main import main
from bidding.client.wallet import Held, Wallet, new_token
from bidding.evaluation.feature import FEATURE
from bidding.evaluation.price_lines import own_correction
from bidding.evaluation.queries import own_question
from bidding.evaluation.rules.states import PriceCorrectionState
from bidding.opening.model import ListedBid
from market.factory import create_anonymous_app
from market.kernel.money import Money
from market.protocol.encoding import parse, unb64u
from market.protocol.price_answers import read_price_answer
from market.protocol.price_confirmations import read_price_confirmation
from market.settings import Settings
from tests.bidding.evaluation.cast import Hall, make_hall
from tests.market.web.conftest import settings_for
from tests.support import protocol_cast
from tests.support.bidding_bank import served

PRICES = {"A": "1800000", "B": "1500000", "C": "1450000", "D": "640000"}
"""D's is questioned by rule."""
BEFORE, AFTER = "1800000.00", "1800000.01"
INSTANT = timedelta(microseconds=1)
CONTRADICTS = pytest.mark.parametrize("hall", ["capitals"], indirect=True)


@dataclass
class Firm:
    """A bidder's profile of the client, and the tender it has bid for."""

    home: Path
    host: str
    no: str

    def run(self, *arguments: str, code: int = 0) -> dict:
        """One command of the client; what it told."""
        out = io.StringIO()
        words = ["--home", str(self.home), "--json", "--wait", "0", "--anonymous", self.host]
        found = main([*words, *arguments], out, environment={})
        assert found == code, out.getvalue()
        told: dict = json.loads(out.getvalue())
        return told

    def kept(self, name: str) -> bytes:
        """What the profile keeps of this bid under this name."""
        return (self.home / "bids" / self.no / name).read_bytes()

    def text(self, words: str) -> Path:
        """A file with these words."""
        path = self.home / "words.txt"
        path.write_text(words, "utf-8")
        return path


def profile(folder: Path, host: str, no: str) -> tuple[Firm, Held]:
    """A profile whose bid was accepted, and the token its key signed with."""
    held = new_token(protocol_cast.bond_key())
    Wallet(folder).keep(held)
    act = protocol_cast.bid("a").act
    Bid(folder / "bids" / no / "0001", act, held.name, {}, sent=True, outcome=ACCEPTED).keep()
    return Firm(folder, host, no), held


@contextmanager
def bidding(hall: Hall, settings: Settings) -> Iterator[dict[str, Firm]]:
    """Every bidder with the key of its bid; the panel has locked its sheets."""
    app = create_anonymous_app(settings, (FEATURE,), office=hall.house.office)
    with served(app) as host:
        made = {letter: profile(settings.files / letter, host, hall.no) for letter in PRICES}
        with Session(hall.engine) as session, session.begin():
            for letter, (_, held) in made.items():
                of_bidder = ListedBid.uscc == hall.usccs[letter]
                session.execute(update(ListedBid).where(of_bidder).values(bid_pub=held.public))
        hall.to_scoring()
        hall.lock_all(dict.fromkeys(PRICES, (44,) * 5))
        yield {letter: firm for letter, (firm, _) in made.items()}


@pytest.fixture
def hall(engine: Engine, request: pytest.FixtureRequest) -> Hall:
    """D's offer is low; where a test asks for it, A's says one fen more in capitals."""
    said = {"A": Money.from_yuan(AFTER).in_capitals()} if hasattr(request, "param") else None
    return make_hall(engine, PRICES, capitals=said)


@pytest.fixture
def firms(hall: Hall, redis_url: str, tmp_path: Path) -> Iterator[dict[str, Firm]]:
    with bidding(hall, settings_for(redis_url, tmp_path)) as made:
        yield made


# --- an explanation of a low offer ----------------------------------------------------------------


def question(hall: Hall):
    return hall.ask(own_question, hall.no, hall.usccs["D"])


def test_what_the_panel_asks_is_shown_and_answered_from_a_file(
    hall: Hall, firms: dict[str, Firm]
) -> None:
    firm = firms["D"]
    shown = firm.run("lowprice", "show", hall.no)
    assert (shown["state"], shown["next_seq"], len(shown["reasons"])) == ("asked", 0, 3)
    path = firm.text("成本构成：设备 60 万元，安装 4 万元")
    told = firm.run("lowprice", "answer", hall.no, "--text", str(path))
    assert (told["seq"], told["until"]) == (0, shown["until"])
    assert question(hall).answer == "成本构成：设备 60 万元，安装 4 万元"
    assert firm.run("lowprice", "show", hall.no)["next_seq"] == 1


def test_the_same_file_again_sends_the_very_same_bytes_and_another_takes_its_place(
    hall: Hall, firms: dict[str, Firm]
) -> None:
    firm = firms["D"]
    first = firm.run("lowprice", "answer", hall.no, "--text", str(firm.text("一")))
    kept = firm.kept("price-answer.json")
    assert firm.run("lowprice", "answer", hall.no, "--text", str(firm.text("一"))) == first
    assert firm.kept("price-answer.json") == kept
    second = firm.run("lowprice", "answer", hall.no, "--text", str(firm.text("二")))
    assert second["seq"] == 1
    assert question(hall).answer == "二"
    made = read_price_answer(parse(firm.kept("price-answer.json")))
    assert (made.seq, made.answer, made.tender) == (1, "二", hall.no)


def test_an_empty_answer_a_late_one_and_one_that_nobody_asked_for_are_refused(
    hall: Hall, firms: dict[str, Firm]
) -> None:
    firm = firms["D"]
    empty = firm.run("lowprice", "answer", hall.no, "--text", str(firm.text(" \n")), code=1)
    assert empty["code"] == "answer-empty"
    assert firms["B"].run("lowprice", "show", hall.no, code=1)["code"] == "nothing-asked"
    other = firm.run("lowprice", "show", "ZC-2026-999999", code=1)
    assert other["code"] == "no-bid"
    hall.clock.at = question(hall).until + INSTANT
    late = firm.run("lowprice", "answer", hall.no, "--text", str(firm.text("迟到")), code=1)
    assert late["code"] == "answer-late"
    assert question(hall).answer is None


# --- a corrected price ----------------------------------------------------------------------------


def correction(hall: Hall):
    return hall.ask(own_correction, hall.no, hall.usccs["A"])


@CONTRADICTS
def test_a_corrected_price_is_shown_with_its_steps_and_confirmed_once(
    hall: Hall, firms: dict[str, Firm]
) -> None:
    firm = firms["A"]
    shown = firm.run("price", "show", hall.no)
    assert (shown["state"], shown["before"], shown["after"]) == ("asked", 180_000_000, 180_000_001)
    assert shown["steps"]
    wrong = firm.run("price", "confirm", hall.no, "--yuan", BEFORE, code=1)
    assert wrong["code"] == "amount-differs"
    assert correction(hall).state is PriceCorrectionState.ASKED
    told = firm.run("price", "confirm", hall.no, "--yuan", AFTER)
    assert told["state"] == "confirmed"
    kept = firm.kept("price-confirmation.json")
    hall.clock.at += timedelta(days=1)  # the answer was lost; it is asked for again, much later
    assert firm.run("price", "confirm", hall.no, "--yuan", AFTER) == told
    assert firm.kept("price-confirmation.json") == kept
    made = read_price_confirmation(parse(kept))
    assert (made.amount, made.confirmed) == (180_000_001, True)
    no = firm.run("price", "decline", hall.no, "--yuan", AFTER, code=1)
    assert no["code"] == "answered-already"
    assert correction(hall).state is PriceCorrectionState.CONFIRMED


@CONTRADICTS
def test_a_price_that_is_not_confirmed_is_declined_for_good(
    hall: Hall, firms: dict[str, Firm]
) -> None:
    firm = firms["A"]
    told = firm.run("price", "decline", hall.no, "--yuan", AFTER)
    assert told["state"] == correction(hall).state.value == "not_confirmed"
    again = firm.run("price", "confirm", hall.no, "--yuan", AFTER, code=1)
    assert again["code"] == "answered-already"


@CONTRADICTS
def test_late_words_and_those_of_bidders_who_were_not_corrected_are_refused(
    hall: Hall, firms: dict[str, Firm]
) -> None:
    assert firms["B"].run("price", "show", hall.no, code=1)["code"]
    assert firms["B"].run("price", "confirm", hall.no, "--yuan", AFTER, code=1)["code"]
    hall.clock.at = correction(hall).until + INSTANT
    late = firms["A"].run("price", "confirm", hall.no, "--yuan", AFTER, code=1)
    assert late["code"] == "answer-late"
    assert correction(hall).state is PriceCorrectionState.ASKED


def test_nothing_of_it_says_who_answers(hall: Hall, firms: dict[str, Firm]) -> None:
    """The signed structures hold tender, key and word; no code, name or address of a bidder."""
    firm = firms["D"]
    firm.run("lowprice", "answer", hall.no, "--text", str(firm.text("成本")))
    value = parse(firm.kept("price-answer.json"))
    assert set(value) == {"type", "suite", "tender", "bid_pub", "seq", "answer", "signature"}
    assert len(unb64u(str(value["bid_pub"]))) == 32
