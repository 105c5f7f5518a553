"""Whose hours they are after submission: correction, experts, rounds of revision, decision."""

from datetime import timedelta

import pytest

from intermediaries.rulebook.clock import events
from intermediaries.rulebook.clock.events import CorrectionItem, ExpertCall, Issue, Origin
from intermediaries.rulebook.clock.parties import Party
from intermediaries.rulebook.clock.states import Stage
from market.kernel.errors import BadInput, IllegalMove, Refusal
from market.kernel.workhours import HOUR
from tests.intermediaries.rulebook.clock.cast import Story, at, reviewed, working

AGENCY, OWNER = Party.AGENCY, Party.OWNER
LATER = at(13)


def submitted() -> Story:
    story = working(at(2, "09:00"))
    for kind in (events.DraftDelivered, events.DraftAccepted, events.Submitted):
        story.tell(kind, at(2, "09:00"))
    return story


def noticed(*items: CorrectionItem) -> Story:
    """A notice of correction at 10:00."""
    story = submitted()
    story.tell(events.CorrectionNotified, at(2, "10:00"), items)
    return story


def opinions(*rounds: tuple[Issue, ...]) -> Story:
    """A list every two hours from 9:00 of Tuesday, answered after an hour, but for the last."""
    story = reviewed(at(2, "09:00"))
    for number, issues in enumerate(rounds):
        day = 3 + number
        story.tell(events.OpinionIssued, at(day, "09:00"), issues)
        if number + 1 < len(rounds):
            story.tell(events.Revised, at(day, "10:00"))
    return story


def test_while_anything_technical_is_missing_the_agency_holds_then_the_owner():
    story = noticed(CorrectionItem("model", AGENCY), CorrectionItem("deed", OWNER))
    story.tell(events.CorrectionSupplied, at(2, "11:00"), ("model",))
    story.tell(events.CorrectionSupplied, at(2, "14:30"), ("deed",))
    assert story.rows(at(2, "15:00")) == [
        ("BS6", "department", "department", "1"),
        ("BS7", "agency", "agency", "1"),
        ("BS7", "owner", "owner", "2"),
        ("BS6", "department", "department", "0.5"),
    ]


def test_the_last_one_who_owes_something_is_charged_whatever_came_first():
    story = noticed(CorrectionItem("model", AGENCY), CorrectionItem("deed", OWNER))
    story.tell(events.CorrectionSupplied, at(2, "11:00"), ("deed",))
    assert story.rows(at(2, "12:00"))[1:] == [("BS7", "agency", "agency", "2")]


@pytest.mark.parametrize(("owing", "holder"), [(AGENCY, "agency"), (OWNER, "owner")])
def test_asking_for_what_was_supplied_before_is_the_departments_time(owing, holder):
    story = noticed(CorrectionItem("deed", owing, already_supplied=True))
    assert story.rows(at(2, "11:00"))[1:] == [("BS7", holder, "department", "1")]


def test_something_really_missing_comes_before_what_was_supplied():
    story = noticed(
        CorrectionItem("model", AGENCY, already_supplied=True), CorrectionItem("deed", OWNER)
    )
    story.tell(events.CorrectionSupplied, at(2, "11:00"), ("deed",))
    assert story.rows(at(2, "12:00"))[1:] == [
        ("BS7", "owner", "owner", "1"),
        ("BS7", "agency", "department", "1"),
    ]


def test_what_is_missing_is_listed_once():
    story = noticed(CorrectionItem("model", AGENCY))
    item = (CorrectionItem("deed", OWNER),)
    with pytest.raises(Refusal, match="correction-once") as refused:
        story.tell(events.CorrectionNotified, at(2, "11:00"), item)
    assert "第三十二条" in refused.value.words("zh")
    story.tell(events.CorrectionSupplied, at(2, "11:00"), ("model",))
    with pytest.raises(Refusal, match="correction-once"):
        story.tell(events.CorrectionNotified, at(2, "11:30"), item)
    story.tell(events.CaseAccepted, at(2, "12:00"))
    with pytest.raises(IllegalMove):
        story.tell(events.CorrectionNotified, at(2, "13:00"), item)


@pytest.mark.parametrize(
    ("items", "code"),
    [
        ((), "item-not-asked-for"),
        ((CorrectionItem("deed", Party.DEPARTMENT),), "correction-malformed"),
        ((CorrectionItem("deed", OWNER), CorrectionItem("deed", AGENCY)), "correction-malformed"),
    ],
)
def test_a_notice_lists_each_thing_once_and_who_owes_it(items, code):
    with pytest.raises(BadInput, match=code):
        noticed(*items)


def invited(*calls: ExpertCall) -> Story:
    """Experts called at 9:00 of Tuesday, with 24 working hours for all of them."""
    story = reviewed(at(2, "09:00"))
    story.tell(events.ExpertsInvited, at(3, "09:00"), calls)
    return story


def test_beyond_the_experts_allowance_the_organiser_is_charged():
    story = invited(ExpertCall("Jia"), ExpertCall("Yi"))
    assert story.rows(at(6, "10:00"))[1:] == [
        ("BS9", "expert", "expert", "24"),
        ("BS9", "expert", "department", "1"),
    ]
    assert story.at(LATER).segments[-1].start == at(6, "09:00")


def test_beyond_the_allowance_an_expert_who_is_late_in_person_is_charged():
    story = invited(ExpertCall("Jia", 16 * HOUR), ExpertCall("Yi"))
    assert story.rows(at(6, "10:00"))[1:] == [
        ("BS9", "expert", "expert", "24"),
        ("BS9", "expert", "expert", "1"),
    ]
    story.tell(events.ExpertSigned, at(6, "10:00"), "Jia")
    assert story.rows(at(6, "11:00"))[-1] == ("BS9", "expert", "department", "1")
    late = story.at(LATER).segments[-2]
    assert (late.rule, late.about) == ("BS9.late", "Jia")


def test_an_expert_is_late_in_person_from_the_end_of_a_time_of_ones_own():
    story = invited(ExpertCall("Jia", 26 * HOUR))
    assert story.rows(at(6, "15:00"))[1:] == [
        ("BS9", "expert", "expert", "24"),
        ("BS9", "expert", "department", "2"),
        ("BS9", "expert", "expert", "2.5"),
    ]


def test_the_allowance_is_one_for_all_reviews_of_a_case():
    story = invited(ExpertCall("Jia"))
    story.tell(events.ExpertSigned, at(5, "09:00"), "Jia")
    story.tell(events.ExpertsInvited, at(5, "10:00"), (ExpertCall("Yi"),))
    assert story.rows(at(9, "10:00"))[1:] == [
        ("BS9", "expert", "expert", "16"),
        ("BS8", "department", "department", "1"),
        ("BS9", "expert", "expert", "8"),
        ("BS9", "expert", "department", "8"),
    ]


def test_the_review_is_the_experts_until_the_last_has_signed():
    story = invited(ExpertCall("Jia"), ExpertCall("Yi"))
    story.tell(events.ExpertSigned, at(3, "10:00"), "Jia")
    assert story.at(LATER).stage is Stage.EXPERT_REVIEW
    with pytest.raises(BadInput, match="item-not-asked-for"):
        story.tell(events.ExpertSigned, at(3, "11:00"), "Jia")
    story.tell(events.ExpertSigned, at(3, "11:00"), "Yi")
    assert story.at(LATER).stage is Stage.REVIEW


@pytest.mark.parametrize(
    "calls",
    [(), (ExpertCall("Jia"), ExpertCall("Jia")), (ExpertCall("Jia", timedelta(0)),)],
)
def test_experts_are_named_once_each_and_given_some_time(calls):
    with pytest.raises(BadInput):
        invited(*calls)


NOISE = Issue("noise", Origin.NEW_VISIBLE)
STILL = Issue("noise", Origin.UNSOLVED)
DUST, HIDDEN = Issue("dust", Origin.NEW_VISIBLE), Issue("smell", Origin.NEW_HIDDEN)
SCOPE = Issue("second hall", Origin.SCOPE)


@pytest.mark.parametrize(
    ("first", "party", "rule"),
    [
        ((NOISE,), "agency", "BS10.first"),
        ((NOISE, SCOPE), "agency", "BS10.first"),
        ((SCOPE,), "owner", "BS10.scope"),
    ],
)
def test_the_first_round_is_the_agencys_unless_only_the_scope_changed(first, party, rule):
    story = opinions(first)
    assert story.rows(at(3, "10:00"))[-1] == ("BS10", "agency", party, "1")
    assert story.at(LATER).segments[-1].rule == rule


@pytest.mark.parametrize(
    ("second", "party", "rule"),
    [
        ((STILL,), "agency", "BS10.unsolved"),
        ((STILL, DUST), "agency", "BS10.unsolved"),
        ((HIDDEN,), "agency", "BS10.hidden"),
        ((HIDDEN, DUST), "agency", "BS10.hidden"),
        ((DUST,), "department", "BS10.visible"),
        ((DUST, SCOPE), "department", "BS10.visible"),
        ((SCOPE,), "owner", "BS10.scope"),
    ],
)
def test_a_later_round_is_charged_to_whoever_could_have_spared_it(second, party, rule):
    story = opinions((NOISE,), second)
    assert story.rows(at(4, "10:00"))[-1] == ("BS10", "agency", party, "1")
    assert story.at(LATER).segments[-1].rule == rule


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ((STILL,), None),
        ((NOISE,), (NOISE,)),
        ((NOISE,), (Issue("dust", Origin.UNSOLVED),)),
        ((NOISE, NOISE), None),
        ((), None),
    ],
)
def test_an_issue_is_unsolved_only_if_it_was_listed_and_new_only_if_not(first, second):
    with pytest.raises(BadInput):
        opinions(*([first] if second is None else [first, second]))


def test_there_is_one_list_for_each_round():
    story = opinions((NOISE,))
    with pytest.raises(IllegalMove):
        story.tell(events.OpinionIssued, at(3, "10:00"), (DUST,))


def test_a_request_in_a_round_goes_back_to_the_same_round():
    story = opinions((NOISE,), (DUST,))
    story.tell(events.OwnerAsked, at(4, "10:00"), ("plan",), False)
    story.tell(events.OwnerAnswered, at(4, "11:00"), ("plan",))
    assert story.rows(at(4, "12:00"))[-3:] == [
        ("BS10", "agency", "department", "1"),
        ("BS3", "owner", "owner", "1"),
        ("BS10", "agency", "department", "1"),
    ]


def test_a_round_over_its_hours_is_seen_and_exactly_as_long_is_not():
    story = opinions((NOISE,))
    (first,) = story.at(at(6, "09:00")).rounds
    assert (first.worked, first.is_over_limit) == (24 * HOUR, False)
    (first,) = story.at(at(6, "09:01")).rounds
    assert first.is_over_limit


def test_a_third_round_is_a_warning():
    two = opinions((NOISE,), (DUST,))
    assert two.at(LATER).warnings == ()
    three = opinions((NOISE,), (DUST,), (HIDDEN,))
    assert [warn.code for warn in three.at(LATER).warnings] == ["too-many-rounds"]
    assert "第3轮" in three.at(LATER).warnings[0].zh


def test_after_the_decision_there_is_filing_and_a_return_from_above_and_no_time():
    story = reviewed(at(2, "09:00"))
    story.tell(events.Decided, at(2, "10:00"), events.Outcome.REFUSED)
    story.tell(events.Filed, at(9))
    story.tell(events.DecisionReturned, at(10), Party.DEPARTMENT, "wrong form")
    reading = story.at(LATER)
    assert reading.stage is Stage.FILED
    assert reading.returned[Party.DEPARTMENT] == 1
    assert story.rows(LATER) == [("BS8", "department", "department", "1")]
    with pytest.raises(IllegalMove):
        story.tell(events.Filed, at(11))


def test_a_terminated_case_has_no_outcome():
    story = reviewed(at(2, "09:00"))
    story.tell(events.Terminated, at(2, "10:00"), "withdrawn")
    reading = story.at(LATER)
    assert (reading.stage, reading.outcome) == (Stage.TERMINATED, None)
    assert reading.ended_at == at(2, "10:00")
