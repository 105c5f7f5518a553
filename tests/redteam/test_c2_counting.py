"""C2: whoever reads the public record counts the bids of a tender, live and to the microsecond."""

from market.factory import create_anonymous_app, create_app
from market.features import FEATURES
from market.journal import queries as journal
from market.protocol.entries import read_entry
from tests.support.bidding_cast import SECOND, House

ASKED = (
    "/api/v1/tenders/{no}",
    "/api/v1/tenders",
    "/api/v1/bond-keys",
    "/api/v1/tenders/{no}/manifest",
    "/log/entries?subject={no}",
)


def seen(house: House) -> dict[str, tuple[int, bytes]]:
    """What both hosts tell anybody about the tender."""
    told = {}
    for make in (create_app, create_anonymous_app):
        client = make(house.settings, FEATURES, office=house.office).test_client()
        for path in ASKED:
            answer = client.get(path.format(no=house.no))
            told[f"{make.__name__} {path}"] = (answer.status_code, answer.data)
    return told


def entry_forms(house: House, start: int) -> list[tuple[str, str, int]]:
    """Kind, subject and length of every entry from `start` on."""
    raws = house.ask(journal.entry_range, start, 100)
    read = [read_entry(raw) for raw in raws]
    return [(one.kind, one.subject, len(one.raw)) for one in read]


def grown(house: House, acts: tuple[str, ...]) -> list[tuple[str, str, int]]:
    """What one tick adds to the record after these bidders have sent their bids."""
    start = house.ask(journal.head).size
    for name in acts:
        house.submit(name)
    house.clock.at += 5 * SECOND
    house.tick()
    return entry_forms(house, start)


def test_the_record_and_both_hosts_look_the_same_for_no_bid_and_for_three(house: House) -> None:
    before = seen(house)
    assert any(status == 200 for status, _ in before.values())
    quiet = grown(house, ())
    busy = grown(house, ("a", "b", "c"))
    assert quiet == busy
    assert [kind for kind, _, _ in busy] == ["sealed-batch"]
    assert seen(house) == before


def test_an_official_act_is_seen_by_the_same_look(house: House) -> None:
    before = seen(house)
    house.tenders.amend(house.no)
    house.tick()
    assert seen(house) != before
