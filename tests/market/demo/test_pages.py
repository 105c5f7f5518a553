"""People by role, the tour, the files of fictional people: what the demonstration's pages hold."""

from pathlib import Path

import pytest

from market.demo.media import KEY_FILE, ORGANISATION_KEY, PASSPHRASE, files_of, organisation_of
from market.demo.people.everybody import everybody
from market.demo.people.kinds import Duty
from market.demo.people.kinds import OrganisationKind as Part
from market.demo.roles import GROUPS, players
from market.demo.seed.accounts import ROLES
from market.demo.seed.house import account_of
from market.demo.staged import WORDS, Stage, Staged, staged, write
from market.demo.tour import TOUR, tour

CAST = everybody()
ANONYMOUS = "http://localhost:8001"


def test_every_role_has_people_and_everybody_in_it_has_an_account() -> None:
    for group in GROUPS:
        found = players(CAST, group)
        assert found, group.name
        for one in found:
            known = one.organisation.kind in ROLES or Duty.EXPERT in one.duties
            assert known, (group.name, one.person)
            assert set(one.duties) <= set(group.duties)


def test_everybody_who_can_sign_in_stands_in_a_group() -> None:
    grouped = {one.person.id for group in GROUPS for one in players(CAST, group)}
    able = {
        person.id
        for part, duties in ROLES.items()
        for organisation in CAST.of_kind(part)
        for duty in duties
        for person in CAST.with_duty(duty, organisation.uscc)
    }
    assert able - grouped == {person.id for person in CAST.with_duty(Duty.CUSTODIAN_CLERK)}, (
        "the bank's clerk works at the bank's own counter"
    )


def test_the_tour_has_ten_steps_with_and_without_tenders() -> None:
    bare = tour((), ANONYMOUS)
    filled = tour([Staged(stage, f"ZC-{stage}", "名", "name") for stage in Stage], ANONYMOUS)
    assert [one.number for one in bare] == list(range(1, 11))
    assert len(TOUR) == len(filled) == 10
    assert all("{" not in one.url and "//" not in one.url[8:] for one in (*bare, *filled))
    assert filled[0].url == "/tenders/ZC-bidding"
    assert bare[0].url == "/tenders"
    assert filled[4].url == bare[4].url == f"{ANONYMOUS}/seal"


def test_a_step_that_asks_for_something_to_type_says_what_and_whose() -> None:
    filled = tour([Staged(stage, f"ZC-{stage}", "名", "name") for stage in Stage], ANONYMOUS)
    (typed,) = [one for one in filled if one.bidder is not None]
    assert typed.url == f"{ANONYMOUS}/seal"
    assert typed.no == "ZC-bidding"
    assert typed.people == ()
    assert Duty.BID_CLERK in typed.bidder.duties
    assert [len(one.people) for one in filled].count(2) == 1, (
        "two officers open, one after the other"
    )


def test_what_the_seed_wrote_down_is_read_again(tmp_path: Path) -> None:
    assert staged(tmp_path) == ()
    tenders = [Staged(stage, f"ZC-{n}", "超声", "Ultrasound") for n, stage in enumerate(Stage)]
    write(tmp_path, tenders)
    assert staged(tmp_path) == tenders
    assert set(WORDS) == set(Stage)


@pytest.fixture
def officer_files(tmp_path: Path) -> Path:
    officer = CAST.with_duty(Duty.OPENING_OFFICER, CAST.the(Part.NOTARY).uscc)[0]
    own = tmp_path / "people" / account_of(officer)
    own.mkdir(parents=True)
    (own / KEY_FILE).write_text("keys")
    (own / PASSPHRASE).write_text("word")
    (own / "token").write_text("a token that nobody is handed")
    signing = tmp_path / "people" / officer.organisation
    signing.mkdir()
    (signing / ORGANISATION_KEY).write_text("key")
    return tmp_path


def test_an_officer_is_handed_the_own_keys_and_nobody_elses(officer_files: Path) -> None:
    officer = CAST.with_duty(Duty.OPENING_OFFICER, CAST.the(Part.NOTARY).uscc)[0]
    other = CAST.with_duty(Duty.OPENING_OFFICER, CAST.the(Part.SUPERVISOR).uscc)[0]
    found = {one.name: one.passphrase for one in files_of(officer_files, officer)}
    assert found == {KEY_FILE: "word", ORGANISATION_KEY: ""}
    assert files_of(officer_files, other) == []
    assert organisation_of(CAST, officer).kind is Part.NOTARY
