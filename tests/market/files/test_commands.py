"""Documents written down: once each, named by each organisation for itself."""

from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from market.command import HOUSE
from market.files.commands import KeepDocument, keep_document
from market.files.media import MediaType
from market.files.model import StoredDocument
from market.files.queries import document
from market.files.store import Stored
from market.kernel.errors import NotFound
from tests.support.offices import make_office

STORED = Stored(b"d" * 32, 12, MediaType.PDF)
JIA, YI = UUID(int=1), UUID(int=2)


def test_the_same_bytes_from_two_are_one_document_with_two_names(engine: Engine) -> None:
    house = make_office(engine)
    for organisation, name in ((JIA, "甲的批复"), (YI, "乙.pdf"), (JIA, "甲的新名.pdf")):
        kept = house.office.run(keep_document, KeepDocument(STORED, name, organisation), HOUSE)
        assert kept == STORED.digest
    with Session(engine) as session:
        assert session.scalar(select(func.count()).select_from(StoredDocument)) == 1
        assert document(session, STORED.digest, JIA).name == "甲的新名.pdf"
        facts = document(session, STORED.digest, YI)
    assert (facts.name, facts.size, facts.media_type) == ("乙.pdf", 12, MediaType.PDF)


def test_who_never_handed_it_in_does_not_learn_that_it_is_there(engine: Engine) -> None:
    house = make_office(engine)
    house.office.run(keep_document, KeepDocument(STORED, "a", JIA), HOUSE)
    with Session(engine) as session, pytest.raises(NotFound):
        document(session, STORED.digest, YI)


def test_two_at_once_keep_one(engine: Engine) -> None:
    house = make_office(engine)

    def keep(organisation: UUID) -> bytes:
        return house.office.run(keep_document, KeepDocument(STORED, "a", organisation), HOUSE)

    with ThreadPoolExecutor(2) as pool:
        assert set(pool.map(keep, [JIA, YI, JIA, YI])) == {STORED.digest}
