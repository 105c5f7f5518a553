"""The tables of states: every pair of state and action, who may move, and by which article."""

import pytest

from bidding.evaluation.rules.signing import Signature
from bidding.evaluation.rules.states import (
    CORRECTION,
    EVALUATION,
    LOW_PRICE_QUESTION,
    PRICE_CORRECTION,
    SEAT,
    SHEET,
    SIGNATURE,
    CorrectionAction,
    CorrectionState,
    EvaluationAction,
    EvaluationState,
    PriceCorrectionAction,
    PriceCorrectionState,
    QuestionAction,
    QuestionState,
    SeatAction,
    SeatState,
    SheetAction,
    SheetState,
    SignatureAction,
)
from market.kernel.errors import IllegalMove
from market.kernel.permissions import Permission

HOUSE = Permission.HOUSE_ACT
PANEL = Permission.EVALUATION_SCORE_GIVE
CHECK = Permission.EVALUATION_QUALIFICATION_CHECK
DETERMINE = Permission.EVALUATION_WINNER_DETERMINE
SUPPLIER = Permission.BIDS_OWN_READ

S, A = EvaluationState, EvaluationAction
EVALUATION_ROWS = {
    ("signing_in", "close_roll"): ("discipline", HOUSE),
    ("discipline", "start_checks"): ("qualification", HOUSE),
    ("qualification", "close_qualification"): ("compliance", CHECK),
    ("qualification", "fail"): ("cancelled", HOUSE),
    ("compliance", "close_compliance"): ("scoring", PANEL),
    ("compliance", "fail"): ("cancelled", HOUSE),
    ("scoring", "close_scoring"): ("low_prices", HOUSE),
    ("low_prices", "close_low_prices"): ("ranking", HOUSE),
    ("low_prices", "fail"): ("cancelled", HOUSE),
    ("ranking", "rank"): ("drafting", HOUSE),
    ("ranking", "call_draw"): ("drawing", HOUSE),
    ("drawing", "record_draw"): ("drafting", HOUSE),
    ("drafting", "call_signatures"): ("signing", PANEL),
    ("drafting", "correct"): ("ranking", PANEL),
    ("signing", "correct"): ("ranking", PANEL),
    ("signing", "report"): ("reported", HOUSE),
    ("reported", "correct"): ("ranking", DETERMINE),
    ("reported", "determine"): ("determined", DETERMINE),
    ("reported", "deem_determined"): ("determined", HOUSE),
    ("determined", "take_next"): ("determined", DETERMINE),
    **{
        (state, "cancel"): ("cancelled", DETERMINE)
        for state in (
            "signing_in",
            "discipline",
            "qualification",
            "compliance",
            "scoring",
            "low_prices",
            "ranking",
            "drawing",
            "drafting",
            "signing",
            "reported",
        )
    },
}
SEAT_ROWS = {
    ("expected", "sign_in"): ("signed_in", PANEL),
    ("signed_in", "read_discipline"): ("ready", PANEL),
    ("expected", "replace"): ("replaced", CHECK),
    ("signed_in", "replace"): ("replaced", CHECK),
    ("ready", "replace"): ("replaced", CHECK),
}
SHEET_ROWS = {
    ("open", "lock"): ("locked", PANEL),
    ("locked", "hash"): ("hashed", HOUSE),
    ("hashed", "correct"): ("locked", PANEL),
    ("open", "void"): ("void", CHECK),
    ("locked", "void"): ("void", CHECK),
    ("hashed", "void"): ("void", CHECK),
}
QUESTION_ROWS = {
    ("asked", "answer"): ("answered", SUPPLIER),
    ("answered", "answer"): ("answered", SUPPLIER),
    ("answered", "accept"): ("stands", PANEL),
    ("answered", "refuse"): ("invalid", PANEL),
    ("asked", "expire"): ("invalid", HOUSE),
}
SIGNATURE_ROWS = {
    ("awaited", "sign"): ("signed", PANEL),
    ("awaited", "dissent"): ("dissented", PANEL),
    ("awaited", "deem"): ("deemed", HOUSE),
}
CORRECTION_ROWS = {
    ("proposed", "apply"): ("applied", PANEL),
    ("proposed", "refuse"): ("refused", PANEL),
}
PRICE_CORRECTION_ROWS = {
    ("proposed", "find"): ("asked", HOUSE),
    ("proposed", "adopt"): ("asked", PANEL),
    ("proposed", "drop"): ("dropped", PANEL),
    ("asked", "confirm"): ("confirmed", SUPPLIER),
    ("asked", "decline"): ("not_confirmed", SUPPLIER),
    ("asked", "expire"): ("not_confirmed", HOUSE),
}
TABLES = [
    (EVALUATION, EvaluationState, EvaluationAction, EVALUATION_ROWS),
    (SEAT, SeatState, SeatAction, SEAT_ROWS),
    (SHEET, SheetState, SheetAction, SHEET_ROWS),
    (LOW_PRICE_QUESTION, QuestionState, QuestionAction, QUESTION_ROWS),
    (SIGNATURE, Signature, SignatureAction, SIGNATURE_ROWS),
    (CORRECTION, CorrectionState, CorrectionAction, CORRECTION_ROWS),
    (PRICE_CORRECTION, PriceCorrectionState, PriceCorrectionAction, PRICE_CORRECTION_ROWS),
]
EVERY_PAIR = [
    pytest.param(table, state, action, rows, id=f"{table.name}-{state}-{action}")
    for table, states, actions, rows in TABLES
    for state in states
    for action in actions
]


@pytest.mark.parametrize(("table", "state", "action", "rows"), EVERY_PAIR)
def test_every_pair_moves_as_written_or_is_refused(table, state, action, rows):
    expected = rows.get((state.value, action.value))
    if expected is None:
        assert not table.allows(state, action)
        with pytest.raises(IllegalMove):
            table.move(state, action)
        return
    move = table.move(state, action)
    assert (move.target.value, move.by) == expected
    assert move.law.zh
    assert move.law.en


@pytest.mark.parametrize(("table", "states", "actions", "rows"), TABLES)
def test_the_hand_written_rows_are_all_of_the_table(table, states, actions, rows):
    assert {(move.source.value, move.action.value) for move in table} == rows.keys()


@pytest.mark.parametrize(("table", "states", "actions", "rows"), TABLES)
def test_every_state_is_reached_and_every_action_is_used(table, states, actions, rows):
    reached, waiting = set(), [table.start]
    while waiting:
        here = waiting.pop()
        if here not in reached:
            reached.add(here)
            waiting += [move.target for move in table if move.source is here]
    assert reached == set(states)
    assert {move.action for move in table} == set(actions)


def test_an_evaluation_starts_with_signing_in_and_ends_determined_or_cancelled():
    assert EVALUATION.start is S.SIGNING_IN
    ends = {state for state in S if not any(move.source is state for move in EVALUATION)}
    assert ends == {S.CANCELLED}
    assert [move.action for move in EVALUATION if move.source is S.DETERMINED] == [A.TAKE_NEXT]


def test_the_purchaser_checks_qualification_before_the_panel_checks_anything():
    assert EVALUATION.move(S.QUALIFICATION, A.CLOSE_QUALIFICATION).by is CHECK
    assert not EVALUATION.allows(S.DISCIPLINE, A.CLOSE_COMPLIANCE)


def test_after_the_determination_nothing_is_corrected():
    assert not EVALUATION.allows(S.DETERMINED, A.CORRECT)
    assert not EVALUATION.allows(S.DETERMINED, A.CANCEL)


def test_the_tables_can_be_drawn():
    drawing = EVALUATION.as_mermaid()
    assert drawing.startswith("stateDiagram-v2\n    [*] --> signing_in")
    assert "reported --> determined : deem_determined" in drawing
