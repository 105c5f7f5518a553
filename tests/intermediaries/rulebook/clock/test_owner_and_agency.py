"""Whose hours they are before submission: inputs, requests, the owner's review, changes."""

import pytest

from intermediaries.rulebook.clock import events
from intermediaries.rulebook.clock.parties import Party
from intermediaries.rulebook.clock.states import Stage
from market.kernel.errors import BadInput, IllegalMove
from market.kernel.workhours import HOUR
from tests.intermediaries.rulebook.clock.cast import INSTANT, Story, at, working

LATER = at(13)


def given(inputs=("plan", "survey")) -> Story:
    """All inputs delivered at 10:00 of Monday 2 November."""
    story = Story(at(2, "09:00"), inputs=inputs)
    story.tell(events.InputsDelivered, at(2, "10:00"), inputs)
    return story


def delivered() -> Story:
    """A draft lies with the owner since 10:00 of Monday 2 November."""
    story = working(at(2, "09:00"))
    story.tell(events.DraftDelivered, at(2, "10:00"))
    return story


def test_inputs_without_objection_count_as_complete_after_a_working_day():
    story = given()
    assert story.rows(LATER)[:2] == [
        ("BS1", "owner", "owner", "9"),
        ("BS2", "agency", "agency", "64"),
    ]
    deemed = story.at(LATER).segments[1]
    assert (deemed.start, deemed.cause, deemed.rule) == (at(3, "10:00"), ("e2",), "BS2.deemed")


@pytest.mark.parametrize(("late", "stage"), [(False, Stage.AWAITING_INPUT), (True, None)])
def test_an_objection_counts_up_to_the_last_moment_and_not_one_later(late, stage):
    story = given()
    moment = at(3, "10:00") + (INSTANT if late else 0 * INSTANT)
    if late:
        with pytest.raises(IllegalMove):
            story.tell(events.InputsObjected, moment, ("survey",))
    else:
        story.tell(events.InputsObjected, moment, ("survey",))
        assert story.at(LATER).stage is stage


def test_after_an_objection_the_owner_holds_until_everything_is_there_again():
    story = given()
    story.tell(events.InputsObjected, at(2, "11:00"), ("survey",))
    story.tell(events.InputsDelivered, at(4, "10:00"), ("survey",))
    assert story.rows(LATER)[0] == ("BS1", "owner", "owner", "25")


def test_some_of_the_inputs_are_not_all_of_them():
    story = Story(at(2, "09:00"), inputs=("plan", "survey"))
    story.tell(events.InputsDelivered, at(2, "10:00"), ("plan",))
    assert story.rows(at(9, "09:00")) == [("BS1", "owner", "owner", "40")]
    story.tell(events.InputsDelivered, at(9, "09:00"), ("survey",))
    assert story.at(LATER).segments[1].start == at(10, "09:00")


def test_what_the_contract_does_not_list_is_no_input():
    story = Story(at(2, "09:00"), inputs=("plan",))
    for items in (("licence",), (), (" ",)):
        with pytest.raises(BadInput, match="item-not-asked-for"):
            story.tell(events.InputsDelivered, at(2, "10:00"), items)


def test_a_contract_without_inputs_starts_the_agency_at_once():
    assert working(at(2, "09:00")).rows(at(2, "12:00")) == [("BS2", "agency", "agency", "3")]


@pytest.mark.parametrize(
    ("knowable", "party", "rule"),
    [(True, "agency", "BS3.knowable"), (False, "owner", "BS3.unknowable")],
)
def test_the_second_request_is_the_agencys_if_it_could_have_asked_before(knowable, party, rule):
    story = working(at(2, "09:00"))
    story.tell(events.OwnerAsked, at(2, "10:00"), ("plan",), True)
    story.tell(events.OwnerAnswered, at(2, "11:00"), ("plan",))
    story.tell(events.OwnerAsked, at(2, "12:00"), ("survey",), knowable)
    story.tell(events.OwnerAnswered, at(2, "14:30"), ("survey",))
    assert story.rows(at(2, "15:00")) == [
        ("BS2", "agency", "agency", "1"),
        ("BS3", "owner", "owner", "1"),
        ("BS2", "agency", "agency", "1"),
        ("BS3", "owner", party, "1"),
        ("BS2", "agency", "agency", "0.5"),
    ]
    asked = story.at(LATER).segments[3]
    assert (asked.rule, asked.number) == (rule, 2)
    assert "survey" in asked.why("zh")


def test_a_request_lasts_until_the_last_thing_is_there():
    story = working(at(2, "09:00"))
    story.tell(events.OwnerAsked, at(2, "09:00"), ("plan", "survey"), False)
    story.tell(events.OwnerAnswered, at(2, "10:00"), ("plan",))
    with pytest.raises(BadInput, match="item-not-asked-for"):
        story.tell(events.OwnerAnswered, at(2, "11:00"), ("plan",))
    story.tell(events.OwnerAnswered, at(2, "11:00"), ("survey",))
    assert story.rows(at(2, "12:00")) == [
        ("BS3", "owner", "owner", "2"),
        ("BS2", "agency", "agency", "1"),
    ]


def test_an_owner_who_is_silent_for_two_working_days_has_accepted():
    story = delivered()
    accepted = story.at(LATER).segments[2]
    assert (accepted.start, accepted.rule) == (at(4, "10:00"), "BS4.deemed")
    # The owner is still the one who has to submit it, so its time goes on.
    assert story.hours(Party.OWNER, LATER) == "72"
    story.tell(events.Submitted, at(13, "11:00"))
    assert story.at(at(13, "12:00")).stage is Stage.INTAKE


@pytest.mark.parametrize("late", [False, True])
def test_a_draft_can_be_returned_up_to_the_last_moment_of_two_working_days(late):
    story = delivered()
    if late:
        with pytest.raises(IllegalMove):
            story.tell(events.DraftReturned, at(4, "10:00") + INSTANT, "no map")
    else:
        story.tell(events.DraftReturned, at(4, "10:00"), "no map")
        assert story.rows(at(4, "12:00"))[-1] == ("BS2", "agency", "agency", "2")


def test_time_that_ends_with_the_day_is_over_in_the_evening():
    story = working(at(2, "08:30"))
    story.tell(events.DraftDelivered, at(2, "08:30"))
    story.tell(events.DraftAccepted, at(3, "18:00"))
    again = working(at(2, "08:30"))
    again.tell(events.DraftDelivered, at(2, "08:30"))
    with pytest.raises(IllegalMove):
        again.tell(events.DraftAccepted, at(3, "18:00") + INSTANT)


def test_rework_for_a_change_of_scope_is_the_owners_and_lengthens_the_agencys_limit():
    story = delivered()
    story.tell(events.ChangeOrdered, at(2, "11:00"), "twice the area")
    story.tell(events.ChangeSpecified, at(2, "12:00"))
    story.tell(events.DraftDelivered, at(4, "12:00"))
    story.tell(events.DraftReturned, at(4, "12:00"), "no map")
    assert story.rows(at(4, "14:30")) == [
        ("BS2", "agency", "agency", "1"),
        ("BS4", "owner", "owner", "1"),
        ("BS5", "owner", "owner", "1"),
        ("BS5", "agency", "owner", "16"),
        ("BS2", "agency", "agency", "1"),
    ]
    limits = story.at(at(4, "14:30")).limits
    assert (limits.agency, limits.growth, limits.total) == (96 * HOUR, 16 * HOUR, 160 * HOUR)


def test_a_change_needs_its_order_and_a_return_its_reason():
    story = delivered()
    for kind in (events.ChangeOrdered, events.DraftReturned):
        with pytest.raises(BadInput, match="reason-missing"):
            story.tell(kind, at(2, "11:00"), " ")


def test_the_commission_takes_effect_with_the_last_of_its_acts():
    signed = (at(2, "09:00"), at(2, "15:00"))
    assert events.commission(signed, at(2, "11:00")) == at(2, "15:00")
    assert events.commission(signed, at(3, "11:00")) == at(3, "11:00")


def test_a_commission_has_limits_and_comes_once():
    story = working(at(2, "09:00"))
    with pytest.raises(IllegalMove):
        story.tell(events.Committed, at(2, "10:00"), (), HOUR, HOUR, HOUR)
    for inputs, limits in (((), (80, 0, 24)), (("plan", "plan"), (80, 40, 24))):
        with pytest.raises(BadInput, match="commission-malformed"):
            Story(at(2, "09:00"), inputs, limits)
