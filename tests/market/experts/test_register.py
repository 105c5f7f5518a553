"""The register: entered by the centre, its root journaled once a day."""

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import Engine

from market.command import HOUSE, Actor
from market.db.base import Base
from market.demo.people.everybody import everybody
from market.draws.sealing import Sealer
from market.experts.commands.register import (
    EnterExpert,
    EnterExperts,
    TakeSnapshot,
    enter_experts,
    take_snapshot,
)
from market.experts.library import candidates, declared, is_current, latest_snapshot
from market.journal.model import JournalEntry
from market.kernel.errors import BadInput, Refusal
from market.kernel.permissions import Permission
from market.protocol.encoding import b64u, parse
from market.protocol.pools import register_root
from tests.support.offices import TestOffice, make_office

KEEPER = Actor("keeper", frozenset({Permission.EXPERTS_REGISTER_EDIT}), person=uuid4())
SEALER = Sealer(b"k" * 32)
REPORT = tuple(
    EnterExpert(uuid4(), one.candidate, one.declared, one.title_zh, one.title_en)
    for one in everybody().experts[:50]
)


@pytest.fixture
def house(engine: Engine) -> TestOffice:
    Base.metadata.create_all(engine)
    return make_office(engine)


def test_a_library_is_entered_and_entered_again_renews_it(house):
    assert house.office.run(enter_experts, EnterExperts(REPORT), KEEPER) == {"entered": 50}
    newer = replace(REPORT[0], candidate=replace(REPORT[0].candidate, region="110000"))
    house.office.run(enter_experts, EnterExperts([newer]), KEEPER)
    found = house.office.read(lambda session: candidates(session, house.clock.now()))
    assert len(found) == 50
    assert found[newer.candidate.id] == replace(
        newer.candidate,
        specialties=tuple(sorted(newer.candidate.specialties)),
        suspended_until=REPORT[0].candidate.suspended_until,
    )
    facts = house.office.read(declared)
    assert facts[REPORT[3].candidate.id].unit == REPORT[3].declared.unit


def test_only_the_keeper_enters_experts_and_nobody_twice(house):
    with pytest.raises(Refusal, match="not-allowed"):
        house.office.run(enter_experts, EnterExperts(REPORT), HOUSE)
    with pytest.raises(BadInput, match="expert-twice"):
        house.office.run(enter_experts, EnterExperts([REPORT[0], REPORT[0]]), KEEPER)
    swapped = replace(REPORT[0], declared=REPORT[1].declared)
    with pytest.raises(BadInput, match="wrong-declarations"):
        house.office.run(enter_experts, EnterExperts([swapped]), KEEPER)


def test_the_registers_root_is_journaled_once_a_day_and_names_nobody(house):
    house.office.run(enter_experts, EnterExperts(REPORT), KEEPER)
    assert house.office.run(take_snapshot, TakeSnapshot(SEALER), HOUSE)
    assert not house.office.run(take_snapshot, TakeSnapshot(SEALER), HOUSE)
    house.clock.at += timedelta(days=1)
    assert house.office.run(take_snapshot, TakeSnapshot(SEALER), HOUSE)
    with house.office.sessions() as session:
        entries = session.query(JournalEntry).filter_by(type="library-root").all()
        held = latest_snapshot(session, SEALER)
    assert len(entries) == 2
    newest = max(entries, key=lambda entry: entry.moment)
    root = register_root(held.key, held.records)
    assert parse(newest.data) == {"register": "experts", "root": b64u(root), "size": 50}
    assert REPORT[0].candidate.id.encode() not in newest.data


def test_a_root_is_renewed_when_somebody_changed_and_only_then(house):
    house.office.run(enter_experts, EnterExperts(REPORT), KEEPER)
    renewal = TakeSnapshot(SEALER, renew=True)
    assert house.office.run(take_snapshot, renewal, HOUSE)
    assert not house.office.run(take_snapshot, renewal, HOUSE)

    def newest(session):
        held = latest_snapshot(session, SEALER)
        return held, is_current(session, held, house.clock.now())

    first, current = house.office.read(newest)
    assert current
    barred = replace(REPORT[0], candidate=replace(REPORT[0].candidate, blacklisted=True))
    house.office.run(enter_experts, EnterExperts([barred]), KEEPER)
    assert house.office.read(newest) == (first, False)
    assert not house.office.run(take_snapshot, TakeSnapshot(SEALER), HOUSE)
    assert house.office.run(take_snapshot, renewal, HOUSE)
    second, current = house.office.read(newest)
    assert current
    assert (second.number, second.day) == (1, first.day)
    changed = [one.id for one, two in zip(first.records, second.records, strict=True)
               if one.attributes["barred"] != two.attributes["barred"]]  # fmt: skip
    assert changed == [REPORT[0].candidate.id]


def test_a_later_root_has_a_key_of_its_own_and_the_same_salts_under_declared_facts(house):
    house.office.run(enter_experts, EnterExperts(REPORT), KEEPER)
    held = []
    for _ in range(2):
        assert house.office.run(take_snapshot, TakeSnapshot(SEALER), HOUSE)
        held.append(house.office.read(lambda session: latest_snapshot(session, SEALER)))
        house.clock.at += timedelta(days=1)
    first, second = held
    assert first.facts_key == second.facts_key
    assert first.key != second.key
    assert first.root != second.root
    said = [[one.attributes["declared"] for one in each.records] for each in held]
    assert said[0] == said[1]
    assert len(set(said[0])) == len(REPORT)


def test_a_new_declaration_changes_the_root(house):
    house.office.run(enter_experts, EnterExperts(REPORT), KEEPER)
    renewal = TakeSnapshot(SEALER, renew=True)
    assert house.office.run(take_snapshot, renewal, HOUSE)
    told = replace(REPORT[0], declared=replace(REPORT[0].declared, ties=("91370100MA3C0000XX",)))
    house.office.run(enter_experts, EnterExperts([told]), KEEPER)
    assert house.office.run(take_snapshot, renewal, HOUSE)
