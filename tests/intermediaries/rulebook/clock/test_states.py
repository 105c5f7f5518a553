"""The tables of the clock, row by row as they were meant."""

from itertools import product

import pytest

from intermediaries.rulebook.clock.states import (
    BUNDLE_TABLE,
    EXTENSION_TABLE,
    OBJECTION_TABLE,
    OVER,
    PAUSE_TABLE,
    Act,
    BundleState,
    ExtensionAct,
    ExtensionState,
    ObjectionAct,
    ObjectionState,
    PauseAct,
    PauseState,
    Stage,
)
from market.kernel.errors import IllegalMove

S, A = Stage, Act

BUNDLES = {
    (S.NEW, A.COMMIT): S.AWAITING_INPUT,
    (S.NEW, A.COMMIT_WITHOUT_INPUTS): S.WORKING,
    (S.AWAITING_INPUT, A.GIVE_SOME_INPUTS): S.AWAITING_INPUT,
    (S.AWAITING_INPUT, A.GIVE_INPUTS): S.INPUT_GIVEN,
    (S.AWAITING_INPUT, A.CONFIRM_INPUTS): S.WORKING,
    (S.INPUT_GIVEN, A.OBJECT_TO_INPUTS): S.AWAITING_INPUT,
    (S.INPUT_GIVEN, A.CONFIRM_INPUTS): S.WORKING,
    (S.INPUT_GIVEN, A.DEEM_INPUTS): S.WORKING,
    (S.WORKING, A.ASK): S.ASKING,
    (S.WORKING, A.DELIVER): S.OWNER_REVIEW,
    (S.WORKING, A.ORDER_CHANGE): S.CHANGE_ORDERED,
    (S.ASKING, A.ANSWER_SOME): S.ASKING,
    (S.ASKING, A.ANSWER): S.WORKING,
    (S.OWNER_REVIEW, A.ACCEPT_DRAFT): S.OWNER_ACCEPTED,
    (S.OWNER_REVIEW, A.DEEM_ACCEPTED): S.OWNER_ACCEPTED,
    (S.OWNER_REVIEW, A.RETURN_DRAFT): S.WORKING,
    (S.OWNER_REVIEW, A.ORDER_CHANGE): S.CHANGE_ORDERED,
    (S.CHANGE_ORDERED, A.SPECIFY_CHANGE): S.REWORKING,
    (S.REWORKING, A.DELIVER): S.OWNER_REVIEW,
    (S.OWNER_ACCEPTED, A.SUBMIT): S.INTAKE,
    (S.INTAKE, A.NOTIFY_CORRECTION): S.CORRECTING,
    (S.INTAKE, A.ACCEPT_CASE): S.REVIEW,
    (S.CORRECTING, A.SUPPLY_SOME): S.CORRECTING,
    (S.CORRECTING, A.SUPPLY): S.INTAKE_CORRECTED,
    (S.INTAKE_CORRECTED, A.ACCEPT_CASE): S.REVIEW,
    (S.REVIEW, A.CALL_EXPERTS): S.EXPERT_REVIEW,
    (S.REVIEW, A.ISSUE_OPINION): S.REVISING,
    (S.REVIEW, A.FINALISE): S.DECIDING,
    (S.REVIEW, A.DECIDE): S.DECIDED,
    (S.EXPERT_REVIEW, A.SIGN_SOME): S.EXPERT_REVIEW,
    (S.EXPERT_REVIEW, A.SIGN_LAST): S.REVIEW,
    (S.REVISING, A.ASK): S.ASKING_IN_REVISION,
    (S.REVISING, A.REVISE): S.REVIEW,
    (S.ASKING_IN_REVISION, A.ANSWER_SOME): S.ASKING_IN_REVISION,
    (S.ASKING_IN_REVISION, A.ANSWER): S.REVISING,
    (S.DECIDING, A.DECIDE): S.DECIDED,
    (S.DECIDED, A.FILE): S.FILED,
    (S.DECIDED, A.RETURN_DECISION): S.DECIDED,
    (S.FILED, A.RETURN_DECISION): S.FILED,
    (S.AWAITING_INPUT, A.TERMINATE): S.TERMINATED,
    (S.INPUT_GIVEN, A.TERMINATE): S.TERMINATED,
    (S.WORKING, A.TERMINATE): S.TERMINATED,
    (S.ASKING, A.TERMINATE): S.TERMINATED,
    (S.OWNER_REVIEW, A.TERMINATE): S.TERMINATED,
    (S.OWNER_ACCEPTED, A.TERMINATE): S.TERMINATED,
    (S.CHANGE_ORDERED, A.TERMINATE): S.TERMINATED,
    (S.REWORKING, A.TERMINATE): S.TERMINATED,
    (S.INTAKE, A.TERMINATE): S.TERMINATED,
    (S.CORRECTING, A.TERMINATE): S.TERMINATED,
    (S.INTAKE_CORRECTED, A.TERMINATE): S.TERMINATED,
    (S.REVIEW, A.TERMINATE): S.TERMINATED,
    (S.EXPERT_REVIEW, A.TERMINATE): S.TERMINATED,
    (S.REVISING, A.TERMINATE): S.TERMINATED,
    (S.ASKING_IN_REVISION, A.TERMINATE): S.TERMINATED,
    (S.DECIDING, A.TERMINATE): S.TERMINATED,
}
PAUSES = {
    (PauseState.RUNNING, PauseAct.PAUSE): PauseState.PAUSED,
    (PauseState.PAUSED, PauseAct.RESUME): PauseState.RUNNING,
    (PauseState.PAUSED, PauseAct.EXPIRE): PauseState.RUNNING,
}
EXTENSIONS = {
    (ExtensionState.NONE, ExtensionAct.ASK): ExtensionState.ASKED,
    (ExtensionState.ASKED, ExtensionAct.AGREE): ExtensionState.AGREED,
    (ExtensionState.ASKED, ExtensionAct.DECLINE): ExtensionState.DECLINED,
}
OBJECTIONS = {
    (ObjectionState.OPEN, ObjectionAct.UPHOLD): ObjectionState.UPHELD,
    (ObjectionState.OPEN, ObjectionAct.DISMISS): ObjectionState.DISMISSED,
}


@pytest.mark.parametrize(
    ("table", "rows", "states", "acts"),
    [
        (BUNDLE_TABLE, BUNDLES, Stage, Act),
        (PAUSE_TABLE, PAUSES, PauseState, PauseAct),
        (EXTENSION_TABLE, EXTENSIONS, ExtensionState, ExtensionAct),
        (OBJECTION_TABLE, OBJECTIONS, ObjectionState, ObjectionAct),
    ],
)
def test_every_pair_moves_as_written_or_is_refused(table, rows, states, acts):
    for state, act in product(states, acts):
        if (state, act) in rows:
            assert table.move(state, act).target is rows[state, act]
        else:
            with pytest.raises(IllegalMove):
                table.move(state, act)


def test_a_bundle_that_is_over_never_runs_again():
    assert {target for (source, _), target in BUNDLES.items() if source in OVER} <= OVER


def test_every_state_has_its_name_in_both_languages():
    names = {(state.zh, state.en) for state in BundleState}
    assert len(names) == 12
    assert all(zh and en for zh, en in names)
