"""The ledger of credit: notice, statement, decision, appeal, and the edges of each time."""

from datetime import date, datetime, timedelta
from itertools import product

import pytest

from intermediaries.rulebook.ledger import (
    Appealed,
    BonusGiven,
    Cancelled,
    Confirmed,
    Dropped,
    Finalised,
    LegallyDecided,
    PenaltyNoticed,
    Stated,
    admit,
    penalties,
)
from intermediaries.rulebook.penalties import Act, credit_rules, weight_of
from intermediaries.rulebook.states import COUNTING, PENALTY_TABLE, PenaltyAct, PenaltyState
from market.kernel.errors import BadInput, IllegalMove, NotFound, Refusal
from market.kernel.holidays import seed_calendar
from market.kernel.workdays import SHANGHAI, end_of

CALENDAR = seed_calendar()
INSTANT = timedelta(microseconds=1)
S, A = PenaltyState, PenaltyAct

PENALTIES = {
    (S.NOTICED, A.STATE): S.STATED,
    (S.NOTICED, A.DROP): S.DROPPED,
    (S.NOTICED, A.FINALISE): S.FINAL,
    (S.STATED, A.DROP): S.DROPPED,
    (S.STATED, A.FINALISE): S.FINAL,
    (S.FINAL, A.APPEAL): S.APPEALED,
    (S.APPEALED, A.CONFIRM): S.CONFIRMED,
    (S.APPEALED, A.CANCEL): S.CANCELLED,
}


def at(month: int, day: int, hour: int = 10) -> datetime:
    return datetime(2026, month, day, hour, tzinfo=SHANGHAI)


NOTICE = PenaltyNoticed("p1", at(11, 2), Act.BREAKS_CONTRACT, date(2026, 10, 30), "no report")
HEARD_BY = end_of(date(2026, 11, 9))
FINAL = Finalised("f1", HEARD_BY + INSTANT, "p1")
APPEAL_BY = end_of(date(2026, 11, 24))


def test_every_pair_moves_as_written_or_is_refused():
    for state, act in product(S, A):
        if (state, act) in PENALTIES:
            assert PENALTY_TABLE.move(state, act).target is PENALTIES[state, act]
        else:
            with pytest.raises(IllegalMove):
                PENALTY_TABLE.move(state, act)
    assert {S.FINAL, S.APPEALED, S.CONFIRMED} == COUNTING


def test_the_agency_is_heard_for_five_working_days():
    admit([NOTICE], Stated("s1", HEARD_BY, "p1", "it was sent"), CALENDAR)
    with pytest.raises(Refusal, match="statement-too-late"):
        admit([NOTICE], Stated("s1", HEARD_BY + INSTANT, "p1", "it was sent"), CALENDAR)


def test_nothing_is_decided_before_the_agency_was_heard():
    with pytest.raises(Refusal, match="statement-time-runs"):
        admit([NOTICE], Finalised("f1", HEARD_BY, "p1"), CALENDAR)
    admit([NOTICE], FINAL, CALENDAR)
    stated = Stated("s1", at(11, 3), "p1", "it was sent")
    admit([NOTICE, stated], Finalised("f1", at(11, 4), "p1"), CALENDAR)


def test_an_appeal_comes_within_ten_working_days_of_the_decision():
    assert penalties([NOTICE, FINAL], FINAL.at)[0].final_day == date(2026, 11, 10)
    admit([NOTICE, FINAL], Appealed("a1", APPEAL_BY, "p1", "wrong"), CALENDAR)
    with pytest.raises(Refusal, match="appeal-too-late"):
        admit([NOTICE, FINAL], Appealed("a1", APPEAL_BY + INSTANT, "p1", "wrong"), CALENDAR)


@pytest.mark.parametrize(
    ("more", "stands", "counts"),
    [
        ((), S.FINAL, True),
        ((Appealed("a", at(11, 16), "p1", "wrong"),), S.APPEALED, True),
        (
            (Appealed("a", at(11, 16), "p1", "x"), Confirmed("c", at(11, 17), "p1")),
            S.CONFIRMED,
            True,
        ),
        (
            (Appealed("a", at(11, 16), "p1", "x"), Cancelled("c", at(11, 17), "p1")),
            S.CANCELLED,
            False,
        ),
    ],
)
def test_an_appeal_alone_lifts_nothing(more, stands, counts):
    (penalty,) = penalties([NOTICE, FINAL, *more], at(11, 30))
    assert (penalty.stands, penalty.counts) == (stands, counts)


def test_what_is_dropped_never_counted():
    (penalty,) = penalties([NOTICE, Dropped("d1", at(11, 3), "p1")], at(11, 30))
    assert not penalty.counts
    with pytest.raises(ValueError, match="not final"):
        assert penalty.final_day


def test_the_ledger_is_read_up_to_a_moment_and_no_further():
    assert penalties([NOTICE, FINAL], FINAL.at - INSTANT)[0].stands is S.NOTICED
    assert penalties([NOTICE, FINAL], FINAL.at)[0].stands is S.FINAL
    assert penalties([NOTICE, FINAL], NOTICE.at - INSTANT) == ()


def test_a_legal_decision_is_kept_with_its_paper():
    ledger = [NOTICE, LegallyDecided("l1", at(11, 3), "p1", "court paper 5")]
    assert penalties(ledger, at(11, 4))[0].decided_by_law == "court paper 5"


@pytest.mark.parametrize(
    ("ledger", "error"),
    [
        ([Finalised("f1", at(11, 2), "p9")], NotFound),
        ([NOTICE, NOTICE], BadInput),
        ([NOTICE, FINAL, FINAL], IllegalMove),
        ([FINAL, NOTICE], NotFound),
        ([NOTICE, Stated("s1", at(11, 1), "p1", "early")], Refusal),
        ([BonusGiven("b1", at(11, 2), 0, "well done")], BadInput),
        ([BonusGiven("b1", at(11, 2), 5, " ")], BadInput),
        ([PenaltyNoticed("p1", at(11, 2), Act.NOT_FILED, date(2026, 11, 3), "late")], BadInput),
        ([PenaltyNoticed("p1", at(11, 2), Act.NOT_FILED, date(1999, 1, 1), "late")], BadInput),
        ([PenaltyNoticed("p1", at(11, 2), Act.NOT_FILED, date(2026, 11, 2), "")], BadInput),
        ([PenaltyNoticed("p1", at(11, 2), Act.OVERDUE, date(2026, 11, 2), "late")], BadInput),
        ([PenaltyNoticed("p1", at(11, 2), Act.FORGERY, date(2026, 11, 2), "so", 3)], BadInput),
    ],
)
def test_entries_that_cannot_be_are_refused(ledger, error):
    with pytest.raises(error):
        penalties(ledger, at(12, 31))


@pytest.mark.parametrize(
    ("act", "days", "points"),
    [
        (Act.GIVES_UP, 0, 10),
        (Act.CHARGES_MORE, 0, 20),
        (Act.BREAKS_CONTRACT, 0, 10),
        (Act.BELOW_STANDARD, 0, 10),
        (Act.OVERDUE, 1, 1),
        (Act.OVERDUE, 9, 9),
        (Act.OVERDUE, 10, 10),
        (Act.OVERDUE, 11, 10),
        (Act.OVERDUE, 200, 10),
        (Act.QUALIFICATION_CHANGED, 0, 5),
        (Act.FORGERY, 0, 60),
        (Act.REFUSES_INSPECTION, 0, 20),
        (Act.NOT_FILED, 0, 2),
    ],
)
def test_every_act_costs_its_points(act, days, points):
    assert weight_of(act, credit_rules(date(2026, 11, 2)), days) == points
    assert act.zh
    assert act.en
