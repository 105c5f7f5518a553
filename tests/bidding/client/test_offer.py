"""The offer file is read strictly, amounts get their capitals, documents stay what they were."""

import json
from pathlib import Path

import pytest

from bidding.client.offer import read_offer_file, read_papers
from market.kernel.errors import MarketError
from market.protocol.binding import Kind

GOOD = {"price": {"price": 123_456_700, "delivery": "30 日"}, "technical": {"plan": "x"}}


def offer(folder: Path, value: object) -> Path:
    path = folder / "offer.json"
    path.write_text(json.dumps(value))
    return path


def test_capitals_are_written_where_they_are_left_out(tmp_path: Path) -> None:
    found = read_offer_file(offer(tmp_path, GOOD))
    assert found[Kind.PRICE]["price-capitals"] == "壹佰贰拾叁万肆仟伍佰陆拾柒元整"
    again = {**GOOD, "price": dict(found[Kind.PRICE])}
    assert read_offer_file(offer(tmp_path, again)) == found


@pytest.mark.parametrize(
    "price",
    [
        {"price": 1},
        {"delivery": "x"},
        {"price": 0, "delivery": "x"},
        {"price": "100", "delivery": "x"},
        {"price": True, "delivery": "x"},
        {"price": 100, "delivery": "x", "price-capitals": "贰元整"},
    ],
)
def test_a_price_that_is_not_whole_or_contradicts_itself_is_refused(
    tmp_path: Path, price: object
) -> None:
    with pytest.raises(MarketError) as no:
        read_offer_file(offer(tmp_path, {"price": price}))
    assert no.value.code == "bad-offer"


def test_fractions_unknown_parts_and_doubled_members_are_refused(tmp_path: Path) -> None:
    for text in (
        '{"price":{"price":1.5,"delivery":"x"}}',
        '{"price":{"price":1,"price":2,"delivery":"x"}}',
        json.dumps({**GOOD, "identity": {}}),
        "no json",
    ):
        (tmp_path / "offer.json").write_text(text)
        with pytest.raises(MarketError):
            read_offer_file(tmp_path / "offer.json")


def test_a_document_changed_after_it_was_read_is_not_sealed(tmp_path: Path) -> None:
    path = tmp_path / "plan.PDF"
    path.write_bytes(b"a" * 600_000)
    (paper,) = read_papers([path], [])
    document = paper.document()
    assert (document.extension, b"".join(document.pieces)) == ("pdf", b"a" * 600_000)
    for changed in (b"a" * 599_999 + b"b", b"a" * 10):
        path.write_bytes(changed)
        with pytest.raises(MarketError) as no:
            list(paper.document().pieces)
        assert no.value.code == "document-changed"


def test_a_name_is_found_across_the_border_of_two_pieces(tmp_path: Path) -> None:
    path = tmp_path / "plan.pdf"
    path.write_bytes(b"x" * (256 * 1024 - 3) + b"91350100M000100Y43")
    (paper,) = read_papers([path], ["91350100M000100Y43", "甲公司"])
    (other,) = read_papers([path], ["91350100M000100Y44"])
    assert (paper.names_bidder, other.names_bidder) == (True, False)
