"""A penalty on its way: heard, decided, appealed; what follows for the entry of the agency."""

from datetime import date, timedelta

import pytest
from sqlalchemy import Engine, select, text
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.orm import Session

from intermediaries.agencies import queries as agencies
from intermediaries.agencies.commands.sanctions import SuspendAgency, suspend_agency
from intermediaries.agencies.rules.states import AgencyState
from intermediaries.credit.commands.deciding import (
    RecordLegal,
    SayOnPenalty,
    make_statement,
    record_legal,
)
from intermediaries.credit.commands.notices import (
    AddBonus,
    NotifyPenalty,
    add_bonus,
    notify_penalty,
    record_running,
)
from intermediaries.credit.queries import refuse_unless_may_take
from intermediaries.rulebook.penalties import Act, Level
from intermediaries.rulebook.states import PenaltyState
from market.command import HOUSE, Actor
from market.journal.model import JournalEntry
from market.kernel.errors import BadInput, IllegalMove, NotFound, Refusal
from market.kernel.workdays import end_of
from tests.support.credit_cast import INSTANT, Bureau, at
from tests.support.repeated import at_once


@pytest.fixture
def bureau(engine: Engine) -> Bureau:
    return Bureau(engine)


def acts(bureau: Bureau, kind: str, subject: str) -> list[bytes]:
    """What the journal says of this kind about a subject."""
    found = select(JournalEntry.data).where(
        JournalEntry.type == kind, JournalEntry.subject == subject
    )
    return bureau.ask(lambda session: list(session.scalars(found)))


def entry_state(bureau: Bureau) -> tuple[AgencyState, date | None]:
    """The agency's entry as everybody sees it."""
    shown = bureau.ask(lambda s: agencies.public_agency(s, bureau.agency_no, bureau.now))
    return shown.state, shown.suspended_until


def test_a_penalty_goes_from_notice_to_the_decision_on_its_appeal(bureau: Bureau) -> None:
    bureau.place.go(at(3, 10))
    no = bureau.notice()
    one = bureau.case(no)
    assert one.heard_by == end_of(date(2026, 3, 17))  # Tuesday and five working days
    assert one.decision_due == end_of(date(2026, 3, 24))
    with pytest.raises(Refusal, match="statement-time-runs"):
        bureau.decide(no)
    bureau.place.go(at(3, 11))
    bureau.state(no)
    assert bureau.case(no).decision_due == end_of(date(2026, 3, 18))
    with pytest.raises(IllegalMove):
        bureau.state(no)
    assert acts(bureau, "credit-decision", no) == []
    bureau.decide(no)
    one = bureau.case(no)
    assert (one.state, one.final_at) == (PenaltyState.FINAL, at(3, 11))
    assert one.appeal_by == end_of(date(2026, 3, 25))
    assert bureau.standing().score == 100  # of the first of March
    bureau.place.go(at(4, 1, 0))
    assert (bureau.standing().score, bureau.standing().level) == (90, Level.B)
    bureau.place.go(at(3, 25))
    bureau.appeal(no)
    assert bureau.case(no).answer_due == end_of(date(2026, 4, 9))  # past the Qingming holiday
    with pytest.raises(Refusal, match="same-person"):
        bureau.answer(no, stands=False, by=bureau.guan)
    bureau.answer(no, stands=False)
    assert bureau.case(no).state is PenaltyState.CANCELLED
    bureau.place.go(at(4, 1, 0))
    assert bureau.standing().score == 100
    assert len(acts(bureau, "credit-decision", no)) == 2
    assert b"\xe4\xba\x8b\xe5\xae\x9e" not in b"".join(acts(bureau, "credit-decision", no))


@pytest.mark.parametrize("late", [-INSTANT, timedelta(0), INSTANT])
def test_the_last_moment_of_a_statement_counts_and_the_next_does_not(
    bureau: Bureau, late: timedelta
) -> None:
    no = bureau.notice()
    bureau.place.go(bureau.case(no).heard_by + late)
    if late > timedelta(0):
        with pytest.raises(Refusal, match="statement-too-late"):
            bureau.state(no)
        bureau.decide(no)
    else:
        with pytest.raises(Refusal, match="statement-time-runs"):
            bureau.decide(no)
        bureau.state(no)


@pytest.mark.parametrize("late", [-INSTANT, timedelta(0), INSTANT])
def test_the_last_moment_of_an_appeal_counts_and_the_next_does_not(
    bureau: Bureau, late: timedelta
) -> None:
    no = bureau.final()
    by = bureau.case(no).appeal_by
    assert by is not None
    bureau.place.go(by + late)
    if late > timedelta(0):
        with pytest.raises(Refusal, match="appeal-too-late"):
            bureau.appeal(no)
    else:
        bureau.appeal(no)
        assert bureau.case(no).state is PenaltyState.APPEALED


def test_what_is_dropped_was_never_public_and_costs_nothing(bureau: Bureau) -> None:
    no = bureau.notice()
    bureau.state(no)
    bureau.decide(no, stands=False)
    assert acts(bureau, "credit-decision", no) == []
    bureau.place.pass_days(40)
    assert bureau.standing().score == 100


def test_only_the_own_penalty_is_answered_and_nobody_decides_about_the_own(bureau: Bureau) -> None:
    no = bureau.notice()
    with pytest.raises(Refusal, match="not-allowed"):
        bureau.decide(no, by=bureau.place.yan)
    with pytest.raises(NotFound):
        bureau.place.run(make_statement, SayOnPenalty(no, "不是我们"), bureau.guan)
    with pytest.raises(BadInput, match="words-missing"):
        bureau.place.run(make_statement, SayOnPenalty(no, "  "))
    with pytest.raises(BadInput, match="occurred-later"):
        bureau.notice(day=bureau.place.today + timedelta(days=1))
    with pytest.raises(BadInput, match="overdue-days"):
        bureau.notice(Act.OVERDUE)


def test_below_sixty_an_agency_is_suspended_for_three_months_with_an_act_of_its_own(
    bureau: Bureau,
) -> None:
    bureau.place.go(at(3, 10))
    for act in (Act.CHARGES_MORE, Act.REFUSES_INSPECTION):
        bureau.final(act)
    assert entry_state(bureau) == (AgencyState.ACTIVE, None)  # 60 is level C
    no = bureau.final(Act.NOT_FILED)
    assert entry_state(bureau) == (AgencyState.SUSPENDED, date(2026, 6, 10))
    (said,) = acts(bureau, "agency-sanction", bureau.agency_no)
    assert no.encode() in said
    with pytest.raises(Refusal, match="credit-suspended"):
        bureau.ask(lambda s: refuse_unless_may_take(s, bureau.agency, bureau.now))
    bureau.place.go(end_of(date(2026, 6, 10)) - INSTANT)
    assert bureau.standing().suspended_until == date(2026, 6, 10)
    bureau.place.go(bureau.now + INSTANT)
    assert bureau.standing().suspended_until is None
    assert entry_state(bureau)[0] is AgencyState.ACTIVE


def test_a_cancelled_penalty_gives_back_what_it_brought_and_no_more(bureau: Bureau) -> None:
    bureau.place.go(at(3, 10))
    bureau.final(Act.CHARGES_MORE)
    bureau.final(Act.REFUSES_INSPECTION)
    no = bureau.final(Act.NOT_FILED)
    bureau.appeal(no)
    assert entry_state(bureau)[0] is AgencyState.SUSPENDED
    bureau.answer(no, stands=False)
    assert entry_state(bureau) == (AgencyState.ACTIVE, None)
    assert len(acts(bureau, "agency-sanction", bureau.agency_no)) == 2
    again = bureau.final(Act.NOT_FILED)
    bureau.appeal(again)
    bureau.answer(again, stands=True)
    assert entry_state(bureau)[0] is AgencyState.SUSPENDED


def test_what_somebody_else_ordered_stays_when_credit_gives_back(bureau: Bureau) -> None:
    bureau.place.go(at(3, 10))
    until = date(2026, 4, 1)
    order = SuspendAgency(bureau.agency_no, "监管决定", until)
    bureau.place.run(suspend_agency, order, bureau.place.regulator)
    bureau.final(Act.CHARGES_MORE)
    bureau.final(Act.REFUSES_INSPECTION)
    no = bureau.final(Act.NOT_FILED)
    assert entry_state(bureau)[1] == date(2026, 6, 10)
    bureau.appeal(no)
    bureau.answer(no, stands=False)
    assert entry_state(bureau) == (AgencyState.SUSPENDED, until)


def test_the_third_time_given_up_in_a_year_suspends_for_six_months(bureau: Bureau) -> None:
    for month in (3, 4, 5):
        bureau.place.go(at(month, 11))
        no = bureau.final(Act.GIVES_UP)
    assert entry_state(bureau) == (AgencyState.SUSPENDED, date(2026, 11, 11))
    bureau.appeal(no)
    bureau.answer(no, stands=False)
    assert entry_state(bureau)[0] is AgencyState.ACTIVE


def test_a_forged_report_removes_and_its_cancellation_brings_back(bureau: Bureau) -> None:
    no = bureau.final(Act.FORGERY)
    assert entry_state(bureau)[0] is AgencyState.REMOVED
    assert bureau.standing().is_removed
    assert not bureau.standing().today.is_blacklisted
    bureau.place.run(record_legal, RecordLegal(no, "鲁14刑初9号"), bureau.guan)
    bureau.place.run(record_legal, RecordLegal(no, "鲁14刑初9号"), bureau.guan)
    assert bureau.standing().today.is_blacklisted
    bureau.appeal(no)
    bureau.answer(no, stands=False)
    assert entry_state(bureau)[0] is AgencyState.ACTIVE


def test_rules_of_other_rooms_notify_once_for_an_order_and_a_day(bureau: Bureau) -> None:
    command = NotifyPenalty(
        agency=bureau.agency, act=Act.GIVES_UP, order_no="ZJ-2026-000009", reason="逾期未确认"
    )
    keys = at_once(lambda _: bureau.place.run(notify_penalty, command, HOUSE))
    assert len({*keys, bureau.place.run(notify_penalty, command, HOUSE)}) == 1
    bureau.place.pass_days(1)
    assert bureau.place.run(notify_penalty, command, HOUSE) not in keys


def test_level_c_takes_three_projects_and_no_fourth(bureau: Bureau) -> None:
    bureau.final(Act.CHARGES_MORE)
    bureau.final(Act.BELOW_STANDARD)
    bureau.place.pass_days(40)

    def run(running: int) -> None:
        bureau.place.run(lambda work, _: record_running(work, bureau.agency, running), None, HOUSE)

    def ask() -> None:
        bureau.ask(lambda s: refuse_unless_may_take(s, bureau.agency, bureau.now))

    assert bureau.standing().level is Level.C
    run(2)
    ask()
    run(3)
    with pytest.raises(Refusal, match="too-many-running"):
        ask()


def test_deciding_at_once_takes_the_points_once(bureau: Bureau) -> None:
    no = bureau.notice()
    bureau.state(no)

    def once(_: int) -> str:
        try:
            bureau.decide(no)
        except (Refusal, IllegalMove) as refused:
            return refused.code
        return "done"

    assert sorted(at_once(once)) == ["done", "illegal-move", "illegal-move"]
    assert len(bureau.standing().entries) == 3
    assert len(acts(bureau, "credit-decision", no)) == 1


def test_a_bonus_is_bounded_and_published(bureau: Bureau) -> None:
    for points in (0, 21):
        command = AddBonus(agency_no=bureau.agency_no, points=points, reason="救灾")
        with pytest.raises(BadInput, match="points-out-of-range"):
            bureau.place.run(add_bonus, command, bureau.guan)
    command = AddBonus(agency_no=bureau.agency_no, points=20, reason="免费承接救灾测绘")
    bureau.place.run(add_bonus, command, bureau.guan)
    bureau.place.run(add_bonus, command, bureau.guan)
    bureau.place.pass_days(40)
    assert bureau.standing().score == 120
    assert len(acts(bureau, "credit-decision", bureau.agency_no)) == 2


def test_a_month_is_written_once_and_again_only_when_a_penalty_is_cancelled(
    bureau: Bureau,
) -> None:
    bureau.place.go(at(3, 30))
    no = bureau.final(Act.CHARGES_MORE)
    assert bureau.beat()["credit.month"] == 1
    assert bureau.beat()["credit.month"] == 0
    bureau.place.go(at(4, 1, 0))
    assert bureau.beat()["credit.month"] == 1
    scores = "SELECT hundredths FROM credit_month ORDER BY first_day"
    assert bureau.ask(lambda s: list(s.scalars(text(scores)))) == [10000, 8000]
    bureau.appeal(no)
    bureau.answer(no, stands=False)
    assert bureau.ask(lambda s: list(s.scalars(text(scores)))) == [10000, 10000]


def test_the_office_is_told_once_that_nobody_answered(bureau: Bureau) -> None:
    no = bureau.notice()
    bureau.place.go(bureau.case(no).heard_by)
    assert bureau.beat()["credit.hearing-over"] == 0
    bureau.place.go(bureau.now + INSTANT)
    assert bureau.beat()["credit.hearing-over"] == 1
    assert bureau.beat()["credit.hearing-over"] == 0


@pytest.mark.parametrize(
    "change", ["UPDATE credit_entry SET said = '{}'", "DELETE FROM credit_entry"]
)
def test_the_database_itself_keeps_the_ledger_as_it_is(bureau: Bureau, change: str) -> None:
    bureau.notice()
    with (
        pytest.raises(ProgrammingError, match="not allowed"),
        Session(bureau.place.engine) as session,
    ):
        session.execute(text(change))


def test_nobody_decides_about_an_agency_of_the_own_people(bureau: Bureau) -> None:
    """Neither acting for it, nor acting for the office while appointed by the agency as well."""
    no = bureau.notice()
    bureau.state(no)
    rights, office = bureau.guan.permissions, bureau.guan.organisation
    for own in (
        Actor("guan", rights, bureau.guan.person, bureau.agency),
        Actor("yan", rights, bureau.place.yan.person, office),
    ):
        with pytest.raises(Refusal, match="own-agency"):
            bureau.decide(no, by=own)
        bonus = AddBonus(agency_no=bureau.agency_no, points=1, reason="表彰")
        with pytest.raises(Refusal, match="own-agency"):
            bureau.place.run(add_bonus, bonus, own)
    bureau.decide(no)


def test_the_list_shows_level_a_first_from_the_month_for_which_it_is_published(
    bureau: Bureau,
) -> None:
    def comes_first() -> list[bool]:
        lines = bureau.ask(lambda s: agencies.listed(s, agencies.Search(), bureau.now, 50))
        return [one.comes_first for one in lines if one.no == bureau.agency_no]

    bureau.place.go(at(3, 10))
    bureau.final(Act.CHARGES_MORE)
    bureau.beat()
    assert comes_first() == [True], "the level of March is that of its first day"
    bureau.place.go(at(4, 20))
    assert bureau.standing().level is not Level.A
    bureau.beat()
    assert comes_first() == [False]
