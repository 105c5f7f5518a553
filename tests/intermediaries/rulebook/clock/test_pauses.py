"""Pauses: coded, with evidence, never longer than twenty working days, and timers stand still."""

import pytest

from intermediaries.rulebook.clock import events
from intermediaries.rulebook.clock.events import PauseCode
from intermediaries.rulebook.clock.states import Stage
from market.kernel.errors import BadInput, IllegalMove, Refusal
from market.kernel.workhours import HOUR
from tests.intermediaries.rulebook.clock.cast import INSTANT, PAPER, Story, at, reviewed, working

PARTIES = {
    PauseCode.HEARING: "statutory",
    PauseCode.PUBLIC: "statutory",
    PauseCode.TEST: "statutory",
    PauseCode.UPPER: "statutory",
    PauseCode.FORCE: "statutory",
    PauseCode.LITIGATION: "statutory",
    PauseCode.OWNER_REQUEST: "owner",
    PauseCode.PLATFORM: "platform",
}


@pytest.mark.parametrize("code", PauseCode)
def test_a_pause_is_whose_its_code_says(code):
    story = reviewed(at(2, "09:00"))
    story.tell(events.PauseApproved, at(2, "10:00"), code, PAPER)
    story.tell(events.Resumed, at(2, "11:00"))
    assert story.rows(at(2, "12:00")) == [
        ("BS8", "department", "department", "1"),
        ("BS12", PARTIES[code], PARTIES[code], "1"),
        ("BS8", "department", "department", "1"),
    ]
    assert story.at(at(3)).segments[1].why("en").startswith("Pause")


def paused() -> Story:
    """A pause from 9:00 of Monday 2 November; it ends by itself on Monday 30 November."""
    story = reviewed(at(2, "09:00"))
    story.tell(events.PauseApproved, at(2, "09:00"), PauseCode.HEARING, PAPER)
    return story


def test_a_pause_ends_by_itself_after_twenty_working_days():
    story = paused()
    assert story.at(at(30, "09:00")).is_paused
    assert story.at(at(30, "09:00")).next_change == at(30, "09:00")
    assert not story.at(at(30, "09:01")).is_paused
    assert story.rows(at(30, "10:00")) == [
        ("BS12", "statutory", "statutory", "160"),
        ("BS8", "department", "department", "1"),
    ]


def test_what_ended_by_itself_cannot_be_resumed_later():
    story = paused()
    with pytest.raises(IllegalMove):
        story.tell(events.Resumed, at(30, "09:00") + INSTANT)
    story.tell(events.Resumed, at(30, "09:00"))


def test_each_pause_has_its_own_twenty_days():
    story = paused()
    story.tell(events.PauseApproved, at(30, "10:00"), PauseCode.TEST, PAPER)
    assert story.at(at(25, "10:00", 12)).is_paused
    assert not story.at(at(29, "10:00", 12)).is_paused


def test_nothing_else_happens_in_a_pause_but_an_end():
    story = paused()
    for kind, what in (
        (events.FileFinal, ()),
        (events.Decided, (events.Outcome.APPROVED,)),
        (events.OpinionIssued, ((events.Issue("noise", events.Origin.NEW_VISIBLE),),)),
    ):
        with pytest.raises(Refusal, match="bundle-paused"):
            story.tell(kind, at(3), *what)
    with pytest.raises(IllegalMove):
        story.tell(events.PauseApproved, at(3), PauseCode.TEST, PAPER)
    story.tell(events.Terminated, at(3), "withdrawn")
    assert story.at(at(4)).stage is Stage.TERMINATED


def test_a_pause_has_its_evidence_and_a_running_case():
    story = reviewed(at(2, "09:00"))
    with pytest.raises(BadInput, match="pause-without-evidence"):
        story.tell(events.PauseApproved, at(2, "10:00"), PauseCode.TEST, " ")
    story.tell(events.Decided, at(2, "10:00"), events.Outcome.APPROVED)
    with pytest.raises(Refusal, match="nothing-to-pause"):
        story.tell(events.PauseApproved, at(2, "11:00"), PauseCode.TEST, PAPER)
    with pytest.raises(IllegalMove):
        story.tell(events.Resumed, at(2, "11:00"))


def test_silence_does_not_run_in_a_pause():
    story = working(at(2, "09:00"))
    story.tell(events.DraftDelivered, at(2, "09:00"))
    story.tell(events.PauseApproved, at(2, "10:00"), PauseCode.FORCE, PAPER)
    story.tell(events.Resumed, at(9, "10:00"))
    assert story.at(at(9, "10:00")).next_change == at(11, "09:00")
    story.tell(events.DraftReturned, at(11, "09:00"), "no map")


def test_what_was_used_up_when_the_pause_began_is_still_in_time_when_it_ends():
    for late in (False, True):
        story = working(at(2, "09:00"))
        story.tell(events.DraftDelivered, at(2, "09:00"))
        story.tell(events.PauseApproved, at(4, "09:00"), PauseCode.FORCE, PAPER)
        story.tell(events.Resumed, at(5, "09:00"))
        if late:
            with pytest.raises(IllegalMove):
                story.tell(events.DraftReturned, at(5, "09:00") + INSTANT, "no map")
        else:
            story.tell(events.DraftReturned, at(5, "09:00"), "no map")


def test_the_experts_allowance_does_not_run_in_a_pause():
    story = reviewed(at(2, "09:00"), limits=(80, 40, 8))
    story.tell(events.ExpertsInvited, at(2, "09:00"), (events.ExpertCall("Jia", 12 * HOUR),))
    story.tell(events.PauseApproved, at(2, "10:00"), PauseCode.PLATFORM, PAPER)
    story.tell(events.Resumed, at(3, "10:00"))
    assert story.rows(at(4, "15:30")) == [
        ("BS9", "expert", "expert", "1"),
        ("BS12", "platform", "platform", "8"),
        ("BS9", "expert", "expert", "7"),
        ("BS9", "expert", "department", "4"),
        ("BS9", "expert", "expert", "1"),
    ]
