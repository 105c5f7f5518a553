"""What the troupe is going to play: plans that the rooms accept, people who exist, honest ends."""

import itertools
import stat
import threading
from datetime import UTC, timedelta
from pathlib import Path

import pytest

from bidding.evaluation.rules.price_tables import read_table
from bidding.panels.web import read_strata
from bidding.rulebook.bonds import forfeitures
from bidding.rulebook.criteria import Kind
from bidding.rulebook.criteria import Part as CriterionPart
from bidding.tenders.scheme_lines import read_lines
from market.db.launcher import Servers
from market.demo.clock import BEGIN, FIRST_MORNING
from market.demo.people.everybody import everybody
from market.demo.people.kinds import Duty
from market.demo.people.kinds import OrganisationKind as Part
from market.demo.play import bidders, evaluations, everything, matters, owners, panels
from market.demo.play.driver import Page
from market.demo.play.troupe import Interrupted, PlayFailed, Troupe, fine, keep_private, paper
from market.demo.seed.accounts import ROLES
from market.demo.stage import Ports
from market.demo.stage import Stage as Demonstration
from market.demo.staged import Stage
from market.kernel.errors import Refusal
from market.kernel.holidays import SEED
from market.kernel.ids import Track
from market.kernel.money import Money
from market.kernel.workdays import WorkCalendar, legal_day

CAST = everybody()
CALENDAR = WorkCalendar(SEED)
NOBODY_LISTENS = Ports(9)


def demonstration(folder: Path) -> Demonstration:
    """One whose servers nobody has started."""
    return Demonstration(folder, Servers(folder / "postgres", folder / "valkey"), NOBODY_LISTENS)


@pytest.fixture
def troupe(tmp_path: Path) -> Troupe:
    """A troupe at a demonstration that is not running."""
    return Troupe(demonstration(tmp_path), threading.Event())


def test_every_stage_has_a_need_of_its_own_in_both_languages() -> None:
    assert set(everything.NEEDS) == set(Stage)
    needs = [*everything.NEEDS.values(), everything.REVIEWED]
    for field in ("zh", "en", "need_zh", "need_en"):
        words = [getattr(need, field) for need in needs]
        assert len(set(words)) == len(words), field
        assert all(one.isascii() for one in words) is field.endswith("en"), field


def test_the_bids_are_different_and_none_is_above_the_ceiling() -> None:
    assert len(set(everything.PRICES)) == len(everything.PRICES) >= 3
    ceiling = Money.from_yuan(owners.CEILING)
    assert all(Money(yuan * bidders.YUAN) <= ceiling for yuan in everything.PRICES)
    assert ceiling <= Money.from_yuan(owners.BUDGET)
    assert len(set(everything.FIRMS)) == len(everything.FIRMS) == len(everything.PRICES)
    assert max(everything.FIRMS) < len(CAST.bidders())
    assert everything.OTHERS < 3 <= everything.OTHERS + 1, "a visitor's bid makes it three"


def test_the_bond_is_within_two_hundredths_of_the_budget() -> None:
    """Two per cent of the budget is the law's most (Government Procurement Regulation art. 33)."""
    most = Money.from_yuan(owners.BUDGET).fen // 50
    assert most >= owners.BOND


def test_the_firms_that_bid_are_of_nobody_else_who_bids() -> None:
    """The seed's tenders are honest ones: no two of their bidders stand under one holding."""
    known = CAST.bidders()
    firms = [known[number] for number in everything.FIRMS]
    assert len({one.uscc for one in firms}) == len(firms)
    assert len({one.basic_account for one in firms}) == len(firms)


def test_the_scheme_is_one_the_room_reads_and_the_marks_given_stand_in_it() -> None:
    criteria = read_lines(owners.CRITERIA)
    assert {one.part for one in criteria} == {CriterionPart.TECHNICAL, CriterionPart.BUSINESS}
    subjective = [one for one in criteria if one.kind is Kind.SUBJECTIVE]
    for given in (evaluations.BEST, evaluations.GOOD):
        assert set(given) == {one.code for one in subjective}
        for one in subjective:
            assert given[one.code] in {str(level.points) for level in one.levels}


def test_the_strata_are_read_by_the_room_and_seat_everybody_but_the_representative() -> None:
    strata = read_strata(panels.STRATA)
    assert sum(one.quota for one in strata) == panels.EXPERTS
    for one in strata:
        wanted = set(one.specialties)
        able = [each for each in CAST.experts if wanted & set(each.candidate.specialties)]
        assert len(able) >= 4 * one.quota, one.name


def test_what_is_left_open_is_said_in_both_languages_and_names_no_price_of_a_bid() -> None:
    said = [matters.ASKED, matters.ANSWERED, matters.DEFICIENT]
    said += [*matters.WORDS.values(), *matters.TOO_NARROW.values()]
    for words in (*said, matters.NOT_RIGHT, matters.RIGHT, evaluations.DOUBT):
        zh, _, en = words.partition(" / ")
        assert zh, words
        assert en.isascii(), words
    assert matters.FALSE_MATERIAL in {one.id for one in forfeitures(Track.GOVERNMENT)}
    rows, _ = read_table(matters.TABLE)
    total = Money(sum(int(row.quantity * row.unit_price) for row in rows))
    assert total not in {Money(yuan * bidders.YUAN) for yuan in everything.PRICES}
    assert total <= Money.from_yuan(owners.CEILING)
    levels = {str(level.points) for one in read_lines(owners.CRITERIA) for level in one.levels}
    assert evaluations.FEWEST in levels - {evaluations.BEST["T2"], evaluations.GOOD["T2"]}


def test_some_invitations_are_answered_and_some_are_left_open() -> None:
    assert 0 < everything.COMING < panels.EXPERTS
    assert everything.SITTING < everything.AFTERNOON < timedelta(hours=9)


def test_everybody_who_plays_exists_and_has_the_right_to() -> None:
    seats = [(part, Duty.OPENING_OFFICER) for _, part in owners.SEATS]
    for part, duty in (*seats, *panels.PARTIES, panels.AUDITOR):
        assert CAST.with_duty(duty, CAST.the(part).uscc), (part, duty)
        assert duty in ROLES[part], (part, duty)
    assert len({part for part, _ in seats}) == len(owners.SEATS) > bidders.OPENERS
    assert len({part for part, _ in panels.PARTIES}) == 3
    assert panels.AUDITOR in panels.PARTIES


def test_deadlines_are_told_in_local_time_and_fall_on_working_days() -> None:
    told = [(2, 26, 9, 30), (2, 27, 9, 30), (3, 2, 8, 30), (3, 9, 9, 30)]
    moments = [everything._at(*one) for one in told]
    assert owners._wall(moments[0]) == "2026-02-26T09:30"
    assert moments == sorted(moments)
    assert all(CALENDAR.is_working(legal_day(one)) for one in moments)
    assert moments[0] > BEGIN
    assert moments[2] < FIRST_MORNING < moments[3]
    assert owners._wall(FIRST_MORNING) == "2026-03-02T09:00"
    assert FIRST_MORNING.tzinfo is UTC


def test_the_closing_is_awaited_beyond_its_grace_of_a_minute() -> None:
    assert timedelta(seconds=60) < owners.NEAR <= timedelta(seconds=61)


def test_the_hall_is_read_by_the_words_that_its_page_has() -> None:
    hall = Path(bidders.__file__).parents[3] / "bidding" / "opening" / "templates"
    texts = [one.read_text() for one in hall.rglob("*.html")]
    assert any("data-state=" in one and "data-round=" in one for one in texts)
    assert bidders._collecting(2) == b'data-state="collecting" data-round="2"'


def test_letters_are_matched_to_experts_whose_shown_digits_are_their_own() -> None:
    box = "05-01 138****0001 mobile · SM14 words 139****2222 mobile · SM03"
    assert panels.CALLED.findall(box) == [("138", "0001")]
    shown = [(one.person.mobile[:3], one.person.mobile[-4:]) for one in CAST.experts]
    assert len(set(shown)) == len(shown), "two experts with one masked number"


def test_choices_are_read_with_their_words() -> None:
    page = Page("http://exchange.test")
    picks = "".join(
        f'<input type="checkbox" name="who" value="{value}"><span>{words}</span>'
        for value, words in (("7", "p1"), ("8", "p2"))
    )
    html = f'<form method="post">{picks}</form>'
    page.body = html.encode()
    page._seen.feed(html)
    assert panels._choices(page, "who") == (["p1", "p2"], ["7", "8"])


def test_a_step_that_is_refused_ends_the_play_with_what_the_page_said() -> None:
    page = Page("http://exchange.test/at")
    page.status = 200
    assert fine(page) is page
    page._seen.troubles.append("It is too early.")
    with pytest.raises(PlayFailed, match="It is too early"):
        fine(page)
    page._seen.troubles.clear()
    page.status = 403
    with pytest.raises(PlayFailed, match="403"):
        fine(page)


def test_whoever_ends_the_demonstration_ends_the_play_between_two_looks(troupe: Troupe) -> None:
    looked = itertools.count()

    def never() -> bool:
        if next(looked) == 2:
            troupe.stop.set()
        return False

    with pytest.raises(Interrupted):
        troupe.until(never)
    assert next(looked) == 3
    with pytest.raises(Interrupted):
        troupe.look()


def test_what_holds_at_once_is_not_waited_for(troupe: Troupe) -> None:
    assert troupe.until(lambda: "there") == "there"


@pytest.mark.parametrize(
    ("fails", "said"),
    [
        (Interrupted(), None),
        (PlayFailed("no seat"), "no seat"),
        (Refusal("late", zh="晚了", en="Too late"), "late"),
    ],
)
def test_the_end_of_the_play_is_told_in_one_line_or_not_at_all(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, fails: Exception, said: str | None
) -> None:
    def play(troupe: Troupe) -> None:
        raise fails

    monkeypatch.setattr(everything, "play", play)
    told = everything.perform(demonstration(tmp_path), threading.Event())
    assert (told is None) is (said is None)
    assert said is None or said in told.lower()
    assert not list(tmp_path.iterdir()), "nothing is written of a play that did not come to its end"


def test_an_officers_keys_are_made_once_and_read_by_the_owner_alone(
    troupe: Troupe, tmp_path: Path
) -> None:
    officer = troupe.person(Part.NOTARY, Duty.OPENING_OFFICER)
    pool = troupe.pool(officer)
    assert len(pool) == 20
    assert troupe.pool(officer) is pool
    (keys,) = tmp_path.rglob("keys.age")
    (word,) = tmp_path.rglob("passphrase")
    for file in (keys, word):
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert not any(secret.encode() in keys.read_bytes() for secret in pool.values())
    keep_private(tmp_path / "again", b"one")
    keep_private(tmp_path / "again", b"two")
    assert (tmp_path / "again").read_bytes() == b"two"


def test_a_paper_is_made_once(tmp_path: Path) -> None:
    made = paper(tmp_path, "plan.pdf", "实施方案", "words")
    raw = made.read_bytes()
    assert raw.startswith(b"%PDF-")
    assert paper(tmp_path, "plan.pdf", "Another title") == made
    assert made.read_bytes() == raw
