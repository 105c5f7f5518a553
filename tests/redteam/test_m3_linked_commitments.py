"""M3: equal personal values behind commitments are found by comparing them, or by guessing."""

import pytest

from market.journal.model import JournalEntry
from market.protocol.encoding import canonical, digest
from market.protocol.entries import check_commitment, commitment
from tests.support.bidding_cast import House
from tests.support.bidding_questions import refused
from tests.support.protocol_cast import secret

PERSON = {"name": "王某", "id": "371400199001010000"}


def test_equal_values_look_alike_only_under_one_salt() -> None:
    first, second = (commitment(secret(label), PERSON) for label in ("one", "two"))
    assert first != second
    check_commitment(first, secret("one"), PERSON)
    with refused("wrong-commitment"):
        check_commitment(first, secret("two"), PERSON)


def test_whoever_knows_the_value_cannot_find_it_by_hashing() -> None:
    found = commitment(secret("one"), PERSON)
    guesses = {digest(canonical(PERSON)), digest(bytes(32) + canonical(PERSON))}
    assert found not in guesses
    assert commitment(bytes(32), PERSON) in guesses  # a salt somebody knows would have done it


@pytest.mark.parametrize("salt", [b"", bytes(31), bytes(33)])
def test_there_is_no_commitment_with_less_salt(salt: bytes) -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        commitment(salt, PERSON)


def test_no_name_of_anybody_stands_in_the_journal_of_a_whole_tender(sealed: House) -> None:
    sealed.close()
    sealed.open_all()

    def rows(session):
        return b"".join(row.data for row in session.query(JournalEntry))

    said = sealed.ask(rows)
    people = [str(person).encode() for person in sealed.cast.people.values()]
    names = [f"name of {account}".encode() for account in sealed.cast.people]
    assert not any(one in said for one in (*people, *names))
    assert sealed.cast.usccs["notary"].encode() in said  # organisations of officers are named
