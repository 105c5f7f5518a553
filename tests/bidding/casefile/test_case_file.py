"""The case file of a real tender: what is in it when, the same bytes twice, nothing that is secret.

The checks themselves are tried member by member in `tests/market/protocol/test_case_files.py`.
"""

import io
import zipfile
from datetime import timedelta
from http import HTTPStatus
from pathlib import Path

import pytest
from sqlalchemy import Engine, select

from bidding.casefile.queries import Gathering, case_file
from bidding.opening.model import ListedBid
from market.accounts.queries import people
from market.draws.sealing import sealer
from market.kernel.errors import NotFound
from market.notices.queries import Search, board, notice
from market.notices.rules import NoticeKind
from market.protocol.case_files import read_case_file
from market.protocol.encoding import b64u, parse
from market.protocol.offers import read_offer
from market.verify.command_line import main
from tests.bidding.tenders.cast import make_tender_cast
from tests.support.bidding_bids import PDF
from tests.support.bidding_cast import House
from tests.support.bidding_hosts import platform


def made(house: House, size: int | None = None) -> bytes:
    by = Gathering(1, sealer(house.settings.keys))
    return house.ask(case_file, house.no, by, size)


def members(raw: bytes) -> dict[str, bytes]:
    """By an independent reader of ZIP."""
    with zipfile.ZipFile(io.BytesIO(raw)) as held:
        assert held.testzip() is None
        return {name: held.read(name) for name in held.namelist()}


def verified(house: House, raw: bytes, language: str = "en") -> tuple[int, str]:
    file, out = house.folder / "case.zip", io.StringIO()
    file.write_bytes(raw)
    words = ["case-file", str(file), "--trust", str(house.trust_file), "--language", language]
    return main(words, out), out.getvalue()


def opened(house: House) -> None:
    house.close()
    house.open_all()
    house.tick()


def test_before_the_deadline_it_holds_what_was_published_and_nothing_of_bids(sealed: House) -> None:
    raw = made(sealed)
    assert set(members(raw)) == {"case-file.json", "index.html", "journal.json"}
    case, _ = read_case_file(raw)
    kinds = {entry.kind for entry in case.entries()}
    assert kinds == {"notice", "manifest", "rehearsal"}
    code, said = verified(sealed, raw)
    assert code == 0, said
    assert "Not proved: The whole log was not given" in said
    assert verified(sealed, raw, "zh")[0] == 0


def test_no_number_of_bids_is_in_it_before_the_deadline(house: House) -> None:
    none = made(house)
    for number, name in enumerate("abc"):
        house.submit(name, price=300_000_000 + number)
    house.tick()
    assert made(house) == none


def test_the_closing_list_comes_with_the_closing_and_the_record_with_the_opening(
    sealed: House,
) -> None:
    sealed.close()
    closed = members(made(sealed))
    assert "closing-list.json" in closed
    assert "opening-record.json" not in closed
    sealed.open_all()
    # The record stands in the tables, and its entry is not under a witnessed head yet.
    assert "opening-record.json" not in members(made(sealed))
    sealed.tick()
    raw = made(sealed)
    assert "opening-record.json" in members(raw)
    code, said = verified(sealed, raw)
    assert code == 0, said
    assert "stated facts of 3 bids" in said


def test_asked_twice_it_is_the_same_until_something_new_is_recorded(sealed: House) -> None:
    first = made(sealed)
    for _ in range(3):
        sealed.clock.at += timedelta(seconds=5)
        sealed.tick()
        assert made(sealed) == first
    head = read_case_file(first)[0].journal.checkpoint.split(b"\n")[1]
    opened(sealed)
    assert made(sealed) != first
    # The older file can still be had, by its checkpoint, byte for byte.
    assert made(sealed, int(head)) == first
    for size in (0, int(head) + 10_000):
        with pytest.raises(NotFound):
            made(sealed, size)


def test_no_restricted_word_of_a_bid_and_no_name_of_a_person_is_in_it(sealed: House) -> None:
    opened(sealed)
    everything = b"\n".join(members(made(sealed)).values())
    secrets = [*_restricted(sealed), *_persons(sealed)]
    assert len(secrets) > 10
    found = [one for one in secrets if _holds(everything, one)]
    assert found == []
    # Positive control: the same search finds each of them where it is kept.
    elsewhere = _elsewhere(sealed)
    assert [one for one in secrets if not _holds(elsewhere, one)] == []


def test_a_flip_anywhere_in_the_file_is_refused_and_says_what_does_not_hold(sealed: House) -> None:
    opened(sealed)
    raw = made(sealed)
    assert verified(sealed, raw)[0] == 0
    with zipfile.ZipFile(io.BytesIO(raw)) as held:
        starts = {one.filename: one.header_offset for one in held.infolist()}
    step = max(1, len(raw) // 150)
    for place in {*range(0, len(raw), step), *starts.values(), len(raw) - 1}:
        changed = bytearray(raw)
        changed[place] ^= 1
        code, said = verified(sealed, bytes(changed))
        assert code == 1, place
        assert said.splitlines()[-1].startswith("Does not hold [")


def test_everybody_gets_it_over_the_wire(sealed: House) -> None:
    client = platform(sealed)
    answer = client.get(f"/api/v1/tenders/{sealed.no}/case-file")
    assert (answer.status_code, answer.mimetype) == (HTTPStatus.OK, "application/zip")
    assert answer.data == made(sealed)
    again = client.get(
        f"/api/v1/tenders/{sealed.no}/case-file", headers={"If-None-Match": answer.headers["ETag"]}
    )
    assert again.status_code == HTTPStatus.NOT_MODIFIED
    size = client.get(f"/api/v1/tenders/{sealed.no}/case-file?size=x")
    assert size.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    page = client.get(f"/tenders/{sealed.no}/case-file")
    assert page.status_code == HTTPStatus.OK
    assert "journal.json" in page.text


def test_a_tender_that_is_not_published_has_no_case_file(engine: Engine, tmp_path: Path) -> None:
    cast = make_tender_cast(engine)
    draft = cast.prepared()
    with pytest.raises(NotFound):
        cast.ask(case_file, draft, Gathering(1, sealer(tmp_path / "keys")))


def _holds(everything: bytes, word: str | bytes) -> bool:
    return (word if isinstance(word, bytes) else word.encode()) in everything


def _bids(house: House) -> list[ListedBid]:
    return house.ask(lambda session: session.scalars(select(ListedBid)).all())


def _restricted(house: House) -> list[str | bytes]:
    """A document, and the salts of every technical fact and of the identities' own."""
    salts = [
        b64u(fact.salt) for row in _bids(house) for fact in read_offer(parse(row.technical or b""))
    ]
    return [PDF, *salts]


def _persons(house: House) -> list[str]:
    """The names of everybody with an account, and whom the tender notice names as its contact."""
    ask = people.name
    named = [house.ask(ask, house.cast.vault, person) for person in house.cast.people.values()]
    return [*named, house.tenders.facts(house.no).contact]


def _elsewhere(house: House) -> bytes:
    """What was opened of every bid, and where persons are named."""
    opened = [raw for row in _bids(house) for raw in (row.technical, row.identity) if raw]
    (line,) = house.ask(board, Search(subject=house.no, kind=NoticeKind.OPEN_TENDER), 5)
    told = house.ask(notice, line.digest).zh
    return b"\n".join([*opened, PDF, told.encode(), *(n.encode() for n in _persons(house)[:-1])])
