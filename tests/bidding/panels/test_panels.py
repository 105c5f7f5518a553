"""A panel from its plan to its seats: drawn, answered for, checked again, seated, made public."""

from datetime import date, timedelta

import pytest

from bidding.panels.commands.attending import SignInRepresentative, sign_in_representative
from bidding.panels.commands.course import end_without_names, publish_names
from bidding.panels.queries import seated
from bidding.panels.rules import (
    PANEL_TABLE,
    PanelAction,
    PanelState,
    Reader,
    StratumPlan,
    may_see_names,
)
from market.command import HOUSE, Actor
from market.draws import queries as draws
from market.draws.publication import draw_file
from market.draws.sealing import sealer
from market.experts import queries as experts
from market.experts.commands.attendance import miss
from market.experts.commands.inviting import ConfirmDelivery, confirm_delivery, lapse
from market.kernel.errors import BadInput, IllegalMove, MarketError, NotFound, Refusal
from market.kernel.ids import make_uscc
from market.protocol.draw_files import read_draw_file
from market.protocol.reruns import rerun
from market.protocol.statements import Account
from tests.bidding.panels.cast import (
    DRAW_DAY,
    EVALUATION,
    SPECIALTY,
    PanelCast,
    candidate,
    employed,
    make_panel_cast,
    ready,
)

BIDDER = make_uscc("371400", "0000BBBB", "91")


@pytest.fixture
def house(engine, tmp_path) -> PanelCast:
    return make_panel_cast(engine, tmp_path)


@pytest.fixture
def drawn(house) -> PanelCast:
    house.enter()
    ready(house)
    house.start()
    house.draw()
    return house


def test_a_panel_of_four_and_one_is_drawn_confirmed_checked_and_seated(drawn):
    clerk = drawn.tenders.clerk
    drawn.confirm_all()
    assert drawn.counts().confirmed == 4
    assert drawn.view(clerk).state is PanelState.COMPLETE
    drawn.clock.at = EVALUATION - timedelta(hours=1)
    drawn.check(BIDDER)
    drawn.sign_all_in()
    assert drawn.view(clerk).state is PanelState.COMPLETE
    drawn.office.run(sign_in_representative, SignInRepresentative(drawn.no, declares=True), clerk)
    found = drawn.ask(seated, drawn.no)
    assert found.is_seated
    assert [one.is_representative for one in found.members].count(True) == 1
    assert len(found.members) == 5
    tender = drawn.tenders.facts(drawn.no).id
    drawn.office.run(publish_names, tender, HOUSE)
    drawn.witness()
    raw = drawn.ask(draw_file, drawn.draw_no, 1, sealer(drawn.settings.keys))
    ((name, ids),) = rerun(read_draw_file(raw), Account()).drawn()
    assert name == "信息系统"
    assert sorted(ids) == sorted(one.number for one in found.members if one.number)


def test_a_declined_seat_goes_to_the_next_in_the_walk(drawn):
    drawn.beat()
    before = {one.leaf for one in drawn.members()}
    (following,) = drawn.ask(draws.walk, drawn.draw_no).following("信息系统", 1)
    token = next(iter(drawn.letters()))
    drawn.reply(token, accepts=False, reason="busy")
    drawn.reply(token, accepts=False, reason="busy")  # a double click changes nothing
    drawn.beat()
    after = {one.leaf for one in drawn.members()}
    assert after - before == {following}
    assert len(after) == 4


def test_an_answer_changes_no_more(drawn):
    drawn.beat()
    token = next(iter(drawn.letters()))
    drawn.reply(token)
    with pytest.raises(Refusal, match="answered-before"):
        drawn.reply(token, accepts=False, reason="busy")


def test_silence_counts_after_two_deliveries_and_fifteen_minutes(drawn):
    drawn.beat()
    member = drawn.members()[0]
    assert drawn.ask(experts.lapsing, drawn.clock.at + timedelta(days=1), 10) == []
    with pytest.raises(Refusal, match="delivery-not-shown"):
        drawn.office.run(lapse, member.invitation, HOUSE)
    shown = ConfirmDelivery(member.invitation, "library-call", "R-1")
    with pytest.raises(Refusal, match="same-carrier"):
        drawn.office.run(
            confirm_delivery,
            ConfirmDelivery(member.invitation, "mailbox", "R-1"),
            drawn.parties["supervisor"],
        )
    drawn.office.run(confirm_delivery, shown, drawn.parties["supervisor"])
    until = drawn.ask(experts.called, member.invitation).reply_until
    drawn.clock.at = until - timedelta(microseconds=1)
    with pytest.raises(Refusal, match="reply-window-open"):  # at the limit itself
        drawn.office.run(lapse, member.invitation, HOUSE)
    assert drawn.ask(experts.lapsing, until, 10) == []
    drawn.clock.at = until
    assert drawn.ask(experts.lapsing, until + timedelta(microseconds=1), 10) == [member.invitation]
    drawn.office.run(lapse, member.invitation, HOUSE)
    drawn.office.run(lapse, member.invitation, HOUSE)  # twice is once
    assert member.leaf not in {one.leaf for one in drawn.members()}
    drawn.beat()
    assert len(drawn.members()) == 4


def test_a_reply_at_the_limit_is_in_time_and_one_microsecond_later_is_not(drawn):
    drawn.beat()
    token, other = list(drawn.letters())[:2]
    for one in (token, other):
        shown = ConfirmDelivery(drawn.token_invitation(one), "library-call", "R-1")
        drawn.office.run(confirm_delivery, shown, drawn.parties["supervisor"])
    until = drawn.ask(experts.called, drawn.token_invitation(token)).reply_until
    drawn.clock.at = until - timedelta(microseconds=1)
    drawn.reply(token)
    late = drawn.ask(experts.called, drawn.token_invitation(other)).reply_until
    drawn.clock.at = late
    with pytest.raises(Refusal, match="reply-too-late"):
        drawn.reply(other)


def test_the_letter_names_neither_project_nor_owner_and_the_link_alone_does_nothing(drawn):
    drawn.beat()
    tender = drawn.tenders.facts(drawn.no)
    for letter in drawn.letters().values():
        text = f"{letter.text} {letter.link}"
        assert "德州" in text
        assert "信息系统" in text
        assert "600.00" in text
        for secret in (drawn.no, tender.title_zh, tender.project_code, "owner"):
            assert secret not in text


def test_whoever_is_hit_by_the_second_check_is_replaced_by_the_next(house):
    # Everybody worked for the bidder until last year: before the opening nobody can know it.
    house.enter(*((n, employed(n, BIDDER, date(2020, 1, 1), date(2025, 6, 1))) for n in range(44)))
    ready(house)
    house.start()
    house.draw()
    house.confirm_all()
    gone = {one.leaf for one in house.members()}
    assert house.view(house.tenders.clerk).state is PanelState.COMPLETE
    house.clock.at = EVALUATION - timedelta(hours=1)
    house.check(BIDDER)
    house.beat()
    left = {one.leaf for one in house.members()}
    assert not left & gone
    assert house.view(house.tenders.clerk).state is PanelState.DRAWING
    codes = [step.code for step in house.ask(_steps, house.draw_no)]
    assert "recused-after-opening" in codes


def test_the_second_check_lets_clean_members_sit(drawn):
    drawn.confirm_all()
    before = drawn.members()
    drawn.check(BIDDER)
    drawn.check(BIDDER)
    assert drawn.members() == before


@pytest.mark.parametrize(
    ("until", "excluded"), [(date(2023, 4, 30), True), (date(2023, 3, 29), False)]
)
def test_three_years_back_an_employer_who_is_the_designer_does_not_matter_but_a_bidder_does(
    house, until, excluded
):
    """Two years eleven months before the evaluation is inside, three years and a day is not."""
    house.enter((0, employed(0, BIDDER, date(2019, 1, 1), until)))
    ready(house)
    house.start()
    house.draw()
    house.confirm_all()
    house.clock.at = EVALUATION - timedelta(hours=1)
    _seat_by_force(house, "E0000")
    house.check(BIDDER)
    assert ("E0000" not in {one.expert for one in house.members()}) is excluded


def test_owners_staff_stand_outside_the_pool(house):
    uscc = house.tenders.cast.usccs["owner"]
    house.enter((3, employed(3, uscc, date(2020, 1, 1), None)))
    ready(house)
    house.start()
    freeze = house.ask(draws.facts, house.draw_no).freeze
    assert dict(freeze.walk.excluded) == {"r10": 1}
    assert freeze.strata[0].size == 43


def test_the_seventieth_birthday_and_the_blacklist_are_counted_by_their_rules(house):
    house.enter(
        E0001=candidate(1, born_on=date(1956, 3, 30)),
        E0002=candidate(2, born_on=date(1956, 3, 31)),
        E0003=candidate(3, blacklisted=True),
    )
    ready(house)
    house.start()
    walk = house.ask(draws.facts, house.draw_no).freeze.walk
    assert dict(walk.excluded) == {"d05-age.d06-term": 1, "d06-blacklist": 1}


@pytest.mark.parametrize(
    ("size", "experts", "code"),
    [(6, 5, "panel-even"), (5, 3, "panel-experts-too-few"), (3, 3, "panel-too-small")],
)
def test_a_panel_the_law_does_not_allow_is_refused(house, size, experts, code):
    house.enter()
    ready(house)
    people = (house.plan().representatives * 3)[: size - experts]
    named = tuple(people[:1]) + tuple(
        house.tenders.cast.enrol(f"wang{number}") for number in range(len(people) - 1)
    )
    strata = (StratumPlan("信息系统", (SPECIALTY,), experts),)
    with pytest.raises(MarketError, match=code):
        house.start(size=size, experts=experts, strata=strata, representatives=named)


def test_five_experts_and_no_representative_are_a_panel_and_seven_with_five_experts_too(house):
    house.enter()
    ready(house)
    second = house.tenders.cast.appoint("owner", "wang", "sun", house_role()).person
    people = (*house.plan().representatives, second)
    strata = (StratumPlan("信息系统", (SPECIALTY,), 5),)
    house.start(size=7, experts=5, strata=strata, representatives=people)
    assert house.view(house.tenders.clerk).representatives == 2


def test_the_draw_begins_at_the_earliest_two_working_days_before(house):
    house.enter()
    ready(house)
    # Monday's second working day before is Thursday the 26th, from midnight in Shanghai.
    opens = DRAW_DAY.replace(day=25, hour=16, minute=0)
    house.clock.at = opens - timedelta(microseconds=3)
    with pytest.raises(Refusal, match="draw-too-early"):
        house.start()
    house.clock.at = opens
    with pytest.raises(Refusal, match="evaluation-before-deadline"):
        house.start(evaluation_at=house.tenders.facts(house.no).deadline - timedelta(seconds=1))
    house.start()


def test_a_plan_whose_seats_do_not_add_up_is_refused_and_a_stranger_finds_nothing(house):
    house.enter()
    ready(house)
    with pytest.raises(BadInput, match="panel-plan"):
        house.start(strata=(StratumPlan("信息系统", (SPECIALTY,), 3),))
    with pytest.raises(BadInput, match="panel-plan"):
        house.start(representatives=())
    from bidding.panels.commands.starting import start_panel  # noqa: PLC0415

    with pytest.raises(NotFound):
        house.office.run(start_panel, house.plan(), house.tenders.stranger)
    house.start()
    with pytest.raises(Refusal, match="panel-started"):
        house.start()


def test_an_expert_or_a_stranger_does_not_represent_the_purchaser(house):
    house.enter()
    ready(house)
    with pytest.raises(Refusal, match="representative-stranger"):
        house.start(representatives=(house.persons["E0001"],))


def test_operators_see_numbers_and_never_names_before_the_result(drawn):
    drawn.confirm_all()
    clerk, centre = drawn.tenders.clerk, drawn.tenders.cast.actor("ceng", "centre")
    for actor in (clerk, centre, drawn.parties["supervisor"]):
        seen = drawn.view(actor)
        assert seen.members is None
        assert seen.confirmed == 4
    with pytest.raises(NotFound):
        drawn.view(drawn.tenders.stranger)
    with pytest.raises(NotFound):
        drawn.view(Actor("visitor"))


def test_who_confirmed_and_does_not_come_loses_points_and_the_seat(drawn):
    drawn.confirm_all()
    member = drawn.members()[0]
    drawn.clock.at = EVALUATION - timedelta(microseconds=2)
    assert drawn.ask(experts.missing, EVALUATION, 10) == []
    drawn.clock.at = EVALUATION
    assert member.invitation in drawn.ask(experts.missing, drawn.clock.now(), 10)
    drawn.office.run(miss, member.invitation, HOUSE)
    drawn.office.run(miss, member.invitation, HOUSE)
    with drawn.office.sessions() as session:
        from market.experts.model import ExpertEntry  # noqa: PLC0415

        row = session.query(ExpertEntry).filter_by(no=member.expert).one()
        assert row.credit == -3
    assert drawn.view(drawn.tenders.clerk).state is PanelState.DRAWING
    drawn.beat()
    assert len(drawn.members()) == 4


def test_nobody_is_absent_from_an_evaluation_that_does_not_take_place(drawn):
    drawn.confirm_all()
    tender = drawn.tenders.facts(drawn.no).id
    people = [member.invitation for member in drawn.members()]
    drawn.office.run(end_without_names, tender, HOUSE)
    drawn.office.run(end_without_names, tender, HOUSE)
    drawn.clock.at = EVALUATION + timedelta(hours=1)
    assert drawn.ask(experts.missing, drawn.clock.now(), 10) == []
    assert drawn.counts().ended == len(people) == 4
    for invitation in people:
        drawn.office.run(miss, invitation, HOUSE)  # too late a beat changes nothing
    with drawn.office.sessions() as session:
        from market.db.outbox import Letter  # noqa: PLC0415
        from market.experts.model import ExpertEntry  # noqa: PLC0415

        assert {row.credit for row in session.query(ExpertEntry)} == {0}
        assert session.query(Letter).filter_by(template="EX01").count() == len(people)


LEGAL = {
    ("drawing", "complete"): "complete",
    ("complete", "reopen"): "drawing",
    ("complete", "seat"): "seated",
    ("seated", "reopen"): "drawing",
    ("drawing", "end"): "ended",
    ("complete", "end"): "ended",
    ("seated", "end"): "ended",
}


@pytest.mark.parametrize("state", list(PanelState))
@pytest.mark.parametrize("action", list(PanelAction))
def test_a_panel_moves_along_its_table_and_nowhere_else(state, action):
    target = LEGAL.get((state.value, action.value))
    if target is None:
        with pytest.raises(IllegalMove):
            PANEL_TABLE.move(state, action)
    else:
        assert PANEL_TABLE.move(state, action).target.value == target


def test_names_are_for_members_once_all_have_come_and_for_everybody_with_the_result():
    member, owner = Reader(is_member=True), Reader()
    now = EVALUATION
    for reader, came, published, sees in (
        (member, False, None, False), (member, True, None, True), (owner, True, None, False),
        (owner, True, now, True), (owner, True, now + timedelta(microseconds=1), False),
    ):  # fmt: skip
        found = may_see_names(reader, all_signed_in=came, result_published_at=published, now=now)
        assert found is sees


def house_role():
    from market.accounts.roles import Role  # noqa: PLC0415

    return Role.OWNER


def _steps(session, no):
    from market.draws.rows import draw_row, steps  # noqa: PLC0415

    return steps(session, draw_row(session, no))


def _seat_by_force(house: PanelCast, expert: str) -> None:
    """Put this expert on the first seat's invitation: chance would seat him rarely."""
    from market.experts.model import ExpertEntry, Invitation  # noqa: PLC0415

    if expert in {one.expert for one in house.members()}:
        return
    with house.office.sessions.begin() as session:
        row = session.query(ExpertEntry).filter_by(no=expert).one()
        held = session.get_one(Invitation, house.members()[0].invitation)
        held.expert = row.id
