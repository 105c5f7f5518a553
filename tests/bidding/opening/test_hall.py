"""The hall: what everybody sees of an opening, stage by stage, and when it has changed."""

from datetime import timedelta
from http import HTTPStatus

import pytest

from bidding.opening.hall import Hall, Happening, Stage, hall, pulse
from bidding.opening.record import fail_overdue
from bidding.opening.rules import GRACE, SHARES_WITHIN
from market.command import HOUSE
from market.journal.queries import entries_of
from market.kernel.errors import NotFound
from tests.support.bidding_cast import House
from tests.support.bidding_hosts import platform
from tests.support.bidding_questions import opening_row

TICK = timedelta(microseconds=1)


def seen(house: House) -> Hall:
    """The hall now."""
    return house.ask(hall, house.no, house.clock.at)


def beat_of(house: House) -> str:
    """The version that the script compares."""
    return house.ask(pulse, house.no, house.clock.at)


def names(house: House, who: str) -> set[str]:
    """The credit codes of these bidders."""
    return {house.bidders[one].uscc for one in who}


def test_before_the_deadline_the_hall_tells_when_and_who_opens_and_no_number_of_bids(
    sealed: House,
) -> None:
    found = seen(sealed)
    assert (found.stage, found.until) == (Stage.WAITING, sealed.deadline)
    assert (len(found.seats), found.k) == (5, 3)
    assert (found.listed, found.bids, found.events) == (0, (), ())


def test_the_stage_changes_one_moment_after_the_deadline(sealed: House) -> None:
    sealed.clock.at = sealed.deadline
    before = beat_of(sealed)
    assert seen(sealed).stage is Stage.WAITING
    sealed.clock.at += TICK
    assert (seen(sealed).stage, seen(sealed).until) == (Stage.CLOSING, sealed.deadline + GRACE)
    assert beat_of(sealed) != before


def test_officers_come_one_by_one_and_whoever_is_missing_is_named(sealed: House) -> None:
    sealed.close()
    versions = {beat_of(sealed)}
    assert seen(sealed).until == opening_row(sealed).round_since + SHARES_WITHIN
    for count, i in enumerate((4, 2), start=1):
        sealed.post_shares(i)
        versions.add(beat_of(sealed))
        found = seen(sealed)
        assert (found.here, found.listed) == (count, 3)
    assert len(versions) == 3
    assert [one.i for one in seen(sealed).missing] == [1, 3, 5]
    assert [one.what for one in seen(sealed).events] == [
        Happening.CLOSED,
        Happening.CAME,
        Happening.CAME,
    ]


def test_names_stand_there_after_round_1_and_not_before(sealed: House) -> None:
    sealed.close()
    sealed.post_shares(1, 2, 3)
    assert seen(sealed).stage is Stage.COMBINING
    assert seen(sealed).named == ()
    sealed.open_round()
    found = seen(sealed)
    assert (found.stage, found.round) == (Stage.COLLECTING, 2)
    assert {bid.uscc for bid in found.named} == names(sealed, "abc")
    assert [bid.uscc for bid in found.named] == sorted(names(sealed, "abc"))
    assert Happening.NAMED in [one.what for one in found.events]


def test_the_record_ends_the_hall_with_every_event_once(sealed: House) -> None:
    sealed.close()
    sealed.open_all()
    found = seen(sealed)
    assert (found.stage, found.until) == (Stage.DONE, None)
    counted = [one.what for one in found.events]
    assert (counted.count(Happening.CAME), counted.count(Happening.COMPLETE)) == (9, 3)
    assert (counted[0], counted[-1]) == (Happening.CLOSED, Happening.RECORDED)


def test_officers_who_did_not_come_are_seen_after_the_opening_has_failed(sealed: House) -> None:
    sealed.close()
    sealed.post_shares(1, 2)
    sealed.clock.at = opening_row(sealed).round_since + SHARES_WITHIN + TICK
    sealed.office.run(fail_overdue, opening_row(sealed).id, HOUSE)
    found = seen(sealed)
    assert (found.stage, [one.i for one in found.missing]) == (Stage.FAILED, [3, 4, 5])
    assert len(found.out) == 3
    assert {bid.uscc for bid in found.out} == {None}
    assert found.events[-1].what is Happening.FAILED


def test_too_few_bids_end_without_an_opening(house: House) -> None:
    for name in "ab":
        house.submit(name)
    house.close()
    found = seen(house)
    assert (found.stage, found.bids, found.until) == (Stage.ENDED, (), None)
    assert found.tender.ending is not None


def test_the_live_answer_is_small_and_304_until_something_has_happened(sealed: House) -> None:
    sealed.close()
    host, path = platform(sealed), f"/tenders/{sealed.no}/opening.json"
    first = host.get(path)
    assert first.status_code == HTTPStatus.OK
    assert len(first.data) < 2_000
    assert first.json["needed"] == 3
    same = {"If-None-Match": first.headers["ETag"]}
    assert host.get(path, headers=same).status_code == HTTPStatus.NOT_MODIFIED
    sealed.post_shares(5)
    changed = host.get(path, headers=same)
    assert (changed.status_code, changed.json["here"]) == (HTTPStatus.OK, 1)
    assert len(changed.json["events"]) == len(first.json["events"]) + 1


def test_the_page_itself_says_everything_in_both_languages_without_a_script(sealed: House) -> None:
    sealed.close()
    sealed.open_all()
    host, path = platform(sealed), f"/tenders/{sealed.no}/opening"
    for language, word in (("zh", "开标经过"), ("en", "What has happened")):
        page = host.get(path, query_string={"lang": language}).get_data(as_text=True)
        assert word in page
        assert all(code in page for code in names(sealed, "abc"))
        assert 'class="box proof"' in page  # the badge of the record's own journal entry
        placed = sealed.ask(entries_of, sealed.no, "opening-record")
        assert not placed or f'href="/record/{placed[-1].index}"' in page


def test_the_hall_has_no_badge_before_the_closing_and_then_the_closings(sealed: House) -> None:
    host, path = platform(sealed), f"/tenders/{sealed.no}/opening"
    assert 'class="box proof"' not in host.get(path).text
    sealed.close()
    (placed,) = sealed.ask(entries_of, sealed.no, "closing")
    page = host.get(path).text
    assert f'href="/record/{placed.index}"' in page
    assert f'href="/log/proof/{placed.index}"' in page


def test_a_hall_of_no_tender_is_not_found(house: House) -> None:
    with pytest.raises(NotFound):
        house.ask(hall, "ZC-2026-999999", house.clock.at)
    path = "/tenders/ZC-2026-999999/opening.json"
    assert platform(house).get(path).status_code == HTTPStatus.NOT_FOUND
