"""Price and scheme are sealed apart: everybody opens prices, reviewers alone read schemes."""

import io
import json
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import Engine, func, select

from intermediaries.offers import proofs, queries, schemes
from intermediaries.offers.commands.scoring import LockSheet, lock_sheet
from intermediaries.offers.model import EnrolmentRow
from intermediaries.offers.rows import known
from intermediaries.rulebook.selection.modes import Mode
from intermediaries.rulebook.selection.outcome import Standing
from market.kernel.errors import NotFound, Refusal
from market.protocol.encoding import b64u, canonical, parse, unb64u
from market.protocol.enrolments import Enrolment, quote_binding, read_enrolment, sign_enrolment
from market.protocol.selection_files import given_hash
from market.protocol.signing import public_bytes
from market.verify.command_line import main as verify
from tests.intermediaries.offers.test_schemes import (
    FULL,
    PRICES,
    called,
    demanded,
    finish,
    key_of,
    locked,
    opened,
)
from tests.support.offers_cast import AGENCIES, Bazaar, make_bazaar
from tests.support.review_cast import ReviewTable
from tests.support.sealed_offers import SealedOffer, sealed_offer

FIRST, SECOND, THIRD = AGENCIES[:3]


@pytest.fixture
def place(engine: Engine, tmp_path: Path) -> Bazaar:
    return make_bazaar(engine, tmp_path, AGENCIES[:3])


@pytest.fixture
def table(place: Bazaar) -> ReviewTable:
    keys = {"supervisor": place.keys["jian"], "centre": place.keys["ceng"]}
    made = ReviewTable(place.market.cast, lambda: None, keys=keys)
    made.admit()
    made.enter(30)
    return made


def told(place: Bazaar, raw: bytes) -> tuple[int, str]:
    """What the verifier says of a file."""
    file, out = place.folder / "selection.json", io.StringIO()
    file.write_bytes(raw)
    trust = str(place.folder / "trust.json")
    code = verify(["selection", str(file), "--trust", trust, "--language", "en"], out)
    return code, out.getvalue()


def handed_out(place: Bazaar) -> bytes:
    place.witness()
    return place.ask(proofs.handed_out, place.no, 1)


def offer_of(place: Bazaar, name: str, price: int, **changed: object) -> SealedOffer:
    """What an agency seals, with a scheme that may be odd."""
    row, public = place.row(), public_bytes(place.keys[name])
    bound = quote_binding(row.demand_no, place.manifest().hash, row.amendment, public)
    return sealed_offer(bound, place.manifest(), price, **({"scheme": b"x"} | changed))


def odd_act(place: Bazaar, name: str, made: SealedOffer) -> tuple[Enrolment, bytes]:
    """An enrolment with these envelopes, signed by the agency."""
    held, _ = place.act(name, 1, scheme=b"y")
    odd = replace(held, envelope=made.price, scheme=made.scheme, raw=b"")
    signed = sign_enrolment(odd, place.keys[name])
    place.schemes[signed.hash] = made.hidden
    return signed, made.ciphertext


def standings(place: Bazaar) -> dict[str, str]:
    uscc = {one: name for name, one in place.market.cast.usccs.items()}
    found = place.ask(queries.result, place.no)
    return {uscc[row.uscc]: row.standing.value for row in found.rows}


def test_everybody_opens_every_price_and_nobody_a_scheme(place: Bazaar, table: ReviewTable) -> None:
    opened(place)
    locked(place, called(place, table), FIRST)
    finish(place, table)
    raw = handed_out(place)
    code, said = told(place, raw)
    assert code == 0, said
    assert "3 sealed quotes were opened again with the released identities" in said
    assert "agencies sealed price and scheme apart in one signed enrolment" in said
    assert "Not proved: That the sheets score the schemes of these hashes" in said
    assert "come without their ciphertext" not in said
    rows = place.ask(lambda s: s.execute(select(EnrolmentRow.act, EnrolmentRow.scheme)).all())
    named = {read_enrolment(parse(act)).scheme.ciphertext_hash for act, _ in rows}
    shown = {
        unb64u(one["enrolment"]["scheme"]["ciphertext_hash"]) for one in json.loads(raw)["quotes"]
    }
    assert shown == named
    # Positive control: the price's bytes are there, those of the scheme are nowhere.
    for name, (_, sealed) in zip(AGENCIES, rows, strict=False):
        assert f"方案 {name}".encode() not in raw
        assert b64u(sealed)[:60].encode() not in raw
    assert all(len(unb64u(one["ciphertext"])) > 60_000 for one in json.loads(raw)["quotes"])


def test_a_file_that_keeps_back_a_price_or_says_another_is_refused(
    place: Bazaar, table: ReviewTable
) -> None:
    opened(place)
    locked(place, called(place, table), FIRST)
    finish(place, table)
    whole = parse(handed_out(place), limit=1 << 28)

    def changed(change) -> str:
        rows = json.loads(json.dumps(whole["quotes"]))
        change(rows)
        inputs = {**whole, "quotes": rows}
        given = b64u(given_hash(inputs))
        made = {**inputs, "outcome": {**whole["outcome"], "given": given}, "journal": []}
        return told(place, canonical(made))[1].splitlines()[-1]

    assert changed(lambda _: None) == "Everything above holds."
    assert "[quote-withheld]" in changed(lambda rows: rows[0].update(ciphertext=None))

    def dearer(rows) -> None:
        next(one for one in rows[1]["offer"]["facts"] if one["name"] == "price")["value"] += 1

    assert "[wrong-offer]" in changed(dearer)
    assert "[wrong-fault]" in changed(lambda rows: rows[2].update(fault="ill-sealed"))

    def without(rows) -> None:
        del rows[0]["enrolment"]["scheme"]

    assert "[bad-signature]" in changed(without)


def test_without_a_scheme_or_with_anothers_bytes_nothing_is_taken(place: Bazaar) -> None:
    demanded(place)
    with pytest.raises(Refusal, match="scheme-missing"):
        place.enrol(FIRST, PRICES[0])
    mine, theirs = place.act(FIRST, PRICES[0], scheme=b"a"), place.act(SECOND, 1, scheme=b"b")
    right = place.schemes[mine[0].hash]
    swapped, altered = place.schemes[theirs[0].hash], right[:-1] + bytes([right[-1] ^ 1])
    for wrong in (None, swapped, altered, right[:-1], mine[1]):
        place.schemes[mine[0].hash] = wrong
        with pytest.raises(Refusal, match="ciphertext-missing"):
            place.send(FIRST, mine)
    place.schemes[mine[0].hash] = right
    first = place.send(FIRST, mine)
    # Sent twice, and with other bytes the second time: one enrolment, one receipt, its own scheme.
    place.schemes[mine[0].hash] = swapped
    assert place.send(FIRST, mine) == first
    kept = place.ask(lambda s: s.scalars(select(EnrolmentRow.scheme)).all())
    assert kept == [right]


def test_a_withdrawal_takes_price_and_scheme_with_it(place: Bazaar) -> None:
    demanded(place)
    place.enrol(FIRST, PRICES[0], scheme=b"a")
    place.enrol(FIRST, leave=True)
    place.enrol(FIRST, PRICES[1], scheme=b"b")
    count = select(func.count()).select_from(EnrolmentRow).where(EnrolmentRow.scheme.is_not(None))
    assert place.ask(lambda s: s.scalar(count)) == 2


def test_who_hands_in_anothers_sealed_scheme_does_not_count_and_anybody_sees_why(
    place: Bazaar, table: ReviewTable
) -> None:
    demanded(place)
    theirs = place.act(FIRST, PRICES[0], scheme=b"know-how")
    place.send(FIRST, theirs)
    place.enrol(SECOND, PRICES[1], scheme=b"own")
    copied = offer_of(place, THIRD, PRICES[2], named=theirs[0].scheme)
    stolen = replace(copied, scheme=theirs[0].scheme, hidden=place.schemes[theirs[0].hash])
    place.send(THIRD, odd_act(place, THIRD, stolen))
    read = drawn_and_scored(place, table, (FIRST, SECOND))
    assert read == [b"know-how", b"own"]
    finish(place, table)
    assert standings(place)[THIRD] == Standing.INVALID.value
    code, said = told(place, handed_out(place))
    assert code == 0, said
    assert "the quote was not sealed by the rule" in said


def test_a_scheme_without_a_document_does_not_count_and_the_file_says_whose_word_that_is(
    place: Bazaar, table: ReviewTable
) -> None:
    demanded(place)
    place.enrol(FIRST, PRICES[0], scheme=b"a")
    place.enrol(SECOND, PRICES[1], scheme=b"b")
    place.send(THIRD, odd_act(place, THIRD, offer_of(place, THIRD, PRICES[2], papers=0)))
    drawn_and_scored(place, table, (FIRST, SECOND))
    finish(place, table)
    assert standings(place)[THIRD] == Standing.INVALID.value
    code, said = told(place, handed_out(place))
    assert code == 0, said
    assert "the scheme was not sealed by the rule" in said
    assert "Not proved: That a scheme did not open is the platform's word" in said


def drawn_and_scored(place: Bazaar, table: ReviewTable, names: tuple[str, ...]) -> list[bytes]:
    """From the closing to three locked sheets on these agencies; what the reviewers read."""
    place.close()
    place.clock.at = max(place.clock.at, place.row().opens_at)
    place.draw()
    place.release(1, 2)
    keys = [key_of(place, name) for name in names]
    reviewers = called(place, table)

    def papers(session) -> list[bytes]:
        row = known(session, place.no)
        found = [schemes.document(session, row, 1 + at, 1)[1] for at in range(len(names))]
        with pytest.raises(NotFound):
            schemes.document(session, row, len(names) + 1, 1)
        return found

    found = sorted(place.ask(papers))
    for one in reviewers:
        place.office.run(lock_sheet, LockSheet(place.no, dict.fromkeys(keys, FULL)), one)
    assert place.row().mode is Mode.SCHEME
    return found
