"""Extensions asked in time, objections in time, and rulings that are counter-entries."""

from datetime import timedelta

import pytest

from intermediaries.rulebook.clock import events
from intermediaries.rulebook.clock.parties import Party
from intermediaries.rulebook.clock.states import ExtensionState, ObjectionState
from intermediaries.rulebook.scores import department_score, figures
from market.kernel.errors import BadInput, IllegalMove, NotFound, Refusal
from market.kernel.workhours import HOUR
from tests.intermediaries.rulebook.clock.cast import HOURS, INSTANT, Story, at, example, working

A_DAY = 8 * HOUR
MORE = (16 * HOUR, "rain")


def short() -> Story:
    """The agency has eight hours from 9:00 of Monday, so until 9:00 of Tuesday."""
    return working(at(2, "09:00"), limits=(8, 40, 24))


def test_an_extension_agreed_lengthens_the_agencys_limit_and_the_bundles():
    story = short()
    story.tell(events.ExtensionAsked, at(2, "10:00"), *MORE)
    assert story.at(at(2, "10:00")).limits.agency == A_DAY
    story.tell(events.ExtensionAgreed, at(4))
    limits = story.at(at(4)).limits
    assert (limits.agency, limits.extension, limits.total) == (24 * HOUR, 16 * HOUR, 88 * HOUR)
    assert story.at(at(9)).agency_due == at(5, "09:00")


def test_an_extension_is_asked_up_to_the_last_moment_of_the_limit():
    story = short()
    assert story.at(at(3, "12:00")).agency_due == at(3, "09:00")
    with pytest.raises(Refusal, match="extension-too-late"):
        story.tell(events.ExtensionAsked, at(3, "09:00") + INSTANT, *MORE)
    story.tell(events.ExtensionAsked, at(3, "09:00"), *MORE)
    assert story.at(at(4)).extension is ExtensionState.ASKED


def test_a_limit_used_up_to_its_last_moment_is_used_up():
    story = short()
    story.tell(events.DraftDelivered, at(3, "09:00"))
    assert story.at(at(4)).agency_due == at(3, "09:00")
    with pytest.raises(Refusal, match="extension-too-late"):
        story.tell(events.ExtensionAsked, at(3, "10:00"), *MORE)
    early = short()
    early.tell(events.DraftDelivered, at(3, "09:00") - INSTANT)
    assert early.at(at(4)).agency_due is None


def test_the_owners_time_does_not_make_the_agencys_request_late():
    story = short()
    story.tell(events.OwnerAsked, at(2, "10:00"), ("plan",), False)
    story.tell(events.ExtensionAsked, at(13), *MORE)
    assert story.at(at(13)).agency_due is None


def test_rework_for_a_change_of_scope_gives_time_to_ask():
    story = short()
    story.tell(events.ChangeOrdered, at(2, "10:00"), "twice the area")
    story.tell(events.ChangeSpecified, at(2, "10:00"))
    story.tell(events.DraftDelivered, at(4, "10:00"))
    story.tell(events.DraftReturned, at(4, "10:00"), "no map")
    assert story.at(at(13)).agency_due == at(9, "09:00")


def test_an_extension_is_asked_for_once_and_answered_once():
    story = short()
    with pytest.raises(IllegalMove):
        story.tell(events.ExtensionAgreed, at(2, "10:00"))
    story.tell(events.ExtensionAsked, at(2, "10:00"), *MORE)
    story.tell(events.ExtensionDeclined, at(2, "11:00"))
    for kind, what in ((events.ExtensionAsked, MORE), (events.ExtensionAgreed, ())):
        with pytest.raises(IllegalMove):
            story.tell(kind, at(2, "12:00"), *what)
    assert story.at(at(2, "12:00")).limits.agency == A_DAY


@pytest.mark.parametrize("what", [(timedelta(0), "rain"), (HOUR, " ")])
def test_an_extension_has_a_length_and_a_reason(what):
    with pytest.raises(BadInput, match="extension-malformed"):
        short().tell(events.ExtensionAsked, at(2, "10:00"), *what)


def test_nothing_is_extended_after_the_end():
    story = short()
    story.tell(events.Terminated, at(2, "10:00"), "withdrawn")
    with pytest.raises(Refusal, match="clock-not-running"):
        story.tell(events.ExtensionAsked, at(2, "10:00"), *MORE)


def test_a_ruling_charges_another_party_and_leaves_the_segment_as_it_was():
    story = example()
    before = story.at(at(27, "16:00"))
    objection = story.tell(events.Objected, at(30), 9, Party.DEPARTMENT, "not visible")
    story.tell(events.Ruled, at(30, "15:00"), objection, Party.AGENCY, "it was hidden")
    after = story.at(at(30, "15:00"))
    assert after.segments == before.segments
    assert after.charged[Party.DEPARTMENT] == 36.5 * HOUR
    assert after.charged[Party.AGENCY] == 87 * HOUR
    assert sum(after.charged.values(), timedelta(0)) == 157.5 * HOUR
    (entry,) = after.counter_entries
    assert entry.why("zh") == ("第9段由审批部门改计中介机构：it was hidden（本平台规则）")
    assert entry.why("en").startswith("Segment 9 is charged to the agency instead of")
    # The round goes with its hours, and so does what is deducted for it.
    assert [each.liable for each in after.rounds] == [Party.AGENCY, Party.AGENCY]
    case = figures(after)
    assert (case.agency_rounds, case.department_rounds) == (1, 0)
    assert all(row.adds > 0 for row in department_score(case, on=at(2).date()).rows)


def test_a_dismissed_objection_changes_nothing_and_is_kept():
    story = example()
    objection = story.tell(events.Objected, at(30), 9, Party.DEPARTMENT, "not visible")
    story.tell(events.Ruled, at(30), objection, None, "it was visible")
    reading = story.at(at(30))
    assert reading.charged == story.at(at(27, "16:00")).charged
    assert [each.stands for each in reading.objections] == [ObjectionState.DISMISSED]
    with pytest.raises(IllegalMove):
        story.tell(events.Ruled, at(30), objection, Party.AGENCY, "again")


def test_an_objection_is_made_within_two_working_days_of_the_segments_end():
    ends = at(13, "16:00")
    last = HOURS.after(ends, 16 * HOUR)
    assert last == at(17, "16:00")
    story = Story(at(2, "09:00"))
    story.tell(events.InputsConfirmed, at(4, "10:00"))
    story.tell(events.DraftDelivered, ends)
    with pytest.raises(Refusal, match="objection-too-late"):
        story.tell(events.Objected, last + INSTANT, 2, Party.OWNER, "too long")
    story.tell(events.Objected, last, 2, Party.OWNER, "too long")


def test_a_segment_that_goes_on_cannot_be_objected_to():
    story = short()
    with pytest.raises(Refusal, match="segment-not-over"):
        story.tell(events.Objected, at(2, "10:00"), 1, Party.AGENCY, "not me")
    for segment in (0, 2, -1):
        with pytest.raises(NotFound, match="segment-unknown"):
            story.tell(events.Objected, at(2, "10:00"), segment, Party.AGENCY, "not me")


def test_a_party_objects_once_to_a_segment_and_says_why():
    story = example()
    story.tell(events.Objected, at(30), 10, Party.DEPARTMENT, "not us")
    with pytest.raises(Refusal, match="objection-twice"):
        story.tell(events.Objected, at(30), 10, Party.DEPARTMENT, "not us")
    story.tell(events.Objected, at(30), 10, Party.AGENCY, "nor us")
    for party, reason in ((Party.EXPERT, "not us"), (Party.OWNER, " ")):
        with pytest.raises(BadInput, match="objection-malformed"):
            story.tell(events.Objected, at(30), 9, party, reason)


def test_a_ruling_names_an_objection_and_changes_something():
    story = example()
    with pytest.raises(NotFound, match="objection-unknown"):
        story.tell(events.Ruled, at(30), "e1", Party.AGENCY, "so")
    objection = story.tell(events.Objected, at(30), 9, Party.DEPARTMENT, "not us")
    with pytest.raises(Refusal, match="ruling-changes-nothing"):
        story.tell(events.Ruled, at(30), objection, Party.DEPARTMENT, "so")
    with pytest.raises(BadInput, match="reason-missing"):
        story.tell(events.Ruled, at(30), objection, Party.AGENCY, " ")


def test_a_second_ruling_on_a_segment_goes_on_from_the_first():
    story = example()
    one = story.tell(events.Objected, at(30), 9, Party.DEPARTMENT, "not us")
    two = story.tell(events.Objected, at(30), 9, Party.AGENCY, "nor us")
    story.tell(events.Ruled, at(30), one, Party.AGENCY, "so")
    story.tell(events.Ruled, at(30), two, Party.OWNER, "the scope changed")
    charged = story.at(at(30)).charged
    assert (charged[Party.DEPARTMENT], charged[Party.AGENCY], charged[Party.OWNER]) == (
        36.5 * HOUR,
        74.5 * HOUR,
        34 * HOUR,
    )


def test_a_ruling_that_comes_late_or_not_at_all_is_a_warning():
    story = example()
    objection = story.tell(events.Objected, at(30), 9, Party.DEPARTMENT, "not us")
    last = HOURS.after(at(30), 24 * HOUR)
    assert story.at(last).warnings == ()
    assert [warn.code for warn in story.at(last + INSTANT).warnings] == ["ruling-late"]
    story.tell(events.Ruled, last + INSTANT, objection, None, "so")
    assert [warn.code for warn in story.at(at(31, month=12)).warnings] == ["ruling-late"]
