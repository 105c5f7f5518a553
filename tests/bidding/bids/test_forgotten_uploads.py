"""Ciphertexts that no standing act names die a day after the deadline; those of bids outlive it."""

from datetime import timedelta

from sqlalchemy import func, select

from bidding.bids.feature import BATCH, UNSEEN, forget
from bidding.bids.model import Upload
from bidding.bids.store import SealedStore
from bidding.bids.uploads import AFTER_DEADLINE, ForgetUploads, forget_uploads
from market.journal.model import TrailLine
from market.protocol.encoding import digest
from tests.support.bidding_cast import House

MICROSECOND = timedelta(microseconds=1)


def left(house: House) -> set[bytes]:
    """The digests of uploads that are still known, each with its file."""
    with house.engine.connect() as connection:
        rows = connection.execute(select(Upload.name, Upload.length, Upload.digest)).all()
    store = SealedStore(house.settings.sealed_files)
    assert all(store.holds(row.name, row.length, row.digest) for row in rows)
    files = [path for path in house.settings.sealed_files.iterdir() if path.suffix != ".lock"]
    assert len(files) == len(rows)
    return {row.digest for row in rows}


def digests(made) -> set[bytes]:
    return {digest(raw) for raw in made.ciphertexts.values()}


def forgotten(house: House) -> int:
    return forget(house.office, house.settings)


def test_what_no_act_names_dies_a_day_after_the_deadline_and_not_at_it(house: House) -> None:
    bid, never_sent = house.submit("a"), house.bid("b")
    house.upload(never_sent)
    house.clock.at = house.deadline + AFTER_DEADLINE
    assert forgotten(house) == 0
    assert left(house) == digests(bid) | digests(never_sent)
    house.clock.at += MICROSECOND
    assert forgotten(house) == len(never_sent.ciphertexts)
    assert left(house) == digests(bid)
    house.clock.at += timedelta(days=900)
    assert forgotten(house) == 0


def test_replaced_and_withdrawn_ciphertexts_die_and_the_standing_ones_stay(house: House) -> None:
    first = house.submit("a")
    standing = _replacement(house, first)
    gone = house.submit("b")
    house.send(gone.withdrawal())
    house.clock.at = house.deadline + AFTER_DEADLINE + MICROSECOND
    assert forgotten(house) == len(first.ciphertexts) + len(gone.ciphertexts)
    assert left(house) == digests(standing)


def _replacement(house: House, first):
    sealed = house.bid("a")
    next_one = sealed.resigned(seq=1, previous=first.act.hash)
    return house.hand_in("a", next_one)


def test_a_deadline_moved_later_keeps_what_is_on_its_way(house: House) -> None:
    house.upload(house.bid("a"))
    with house.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE bid_upload SET expires_at = now() - interval '1 year'")
    assert forgotten(house) == 0
    assert len(left(house)) == 3
    house.clock.at = house.deadline + AFTER_DEADLINE + MICROSECOND
    assert forgotten(house) == 3


def test_dead_uploads_leave_no_line_that_counts_them(house: House) -> None:
    def lines() -> int:
        with house.engine.connect() as connection:
            return connection.scalar(select(func.count()).select_from(TrailLine))

    house.upload(house.bid("a"))
    house.clock.at = house.deadline + AFTER_DEADLINE + MICROSECOND
    before = lines()
    command = ForgetUploads(SealedStore(house.settings.sealed_files), 2)
    done = [house.office.run(forget_uploads, command, UNSEEN) for _ in range(3)]
    assert (done, lines()) == ([2, 1, 0], before)
    assert BATCH > 2
