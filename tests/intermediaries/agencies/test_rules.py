"""The pure rules: states, grounds of law, standing at a moment, who may enrol, the ban."""

from datetime import date, datetime, timedelta
from uuid import UUID

import pytest

from intermediaries.agencies.rules.entry import (
    Files,
    Finding,
    Held,
    Offered,
    Registered,
    auto_check,
    missing,
    refuse_unless_promise,
)
from intermediaries.agencies.rules.grounds import (
    CHECK_LIST,
    Ground,
    Reason,
    Section,
    refuse_unless_at_once,
    refuse_unless_grounded,
)
from intermediaries.agencies.rules.standing import (
    AgencyView,
    AskedItem,
    Bar,
    Certificate,
    Standing,
    is_valid,
    is_warned,
    last_day_of_ban,
    may_enrol,
    refuse_unless_may_enrol,
    refuse_while_banned,
)
from intermediaries.agencies.rules.states import (
    AGENCY_TABLE,
    AgencyAction,
    AgencyState,
)
from intermediaries.catalogue.rules import Level, Qualification, Requirement
from market.kernel.errors import BadInput, IllegalMove, Refusal
from market.kernel.workdays import end_of, start_of

TICK = timedelta(microseconds=1)
LAST = date(2026, 6, 30)
NOON = datetime.fromisoformat("2026-03-02T12:00:00+08:00")
ITEM = UUID(int=7)
ASKED = Requirement(Qualification.SURVEYING, (Level.A, Level.B))
ACTIVE = Standing(AgencyState.ACTIVE)

AGENCY_ROWS = {
    ("applied", "admit-files"): "files",
    ("files", "hand-in"): "checking",
    ("rejected", "hand-in"): "checking",
    ("checking", "reject"): "rejected",
    ("checking", "approve"): "publicity",
    ("publicity", "reject"): "rejected",
    ("publicity", "enter"): "active",
    ("active", "suspend"): "suspended",
    ("suspended", "restore"): "active",
    ("suspended", "lapse"): "active",
    ("active", "remove"): "removed",
    ("suspended", "remove"): "removed",
    ("active", "suspend-by-credit"): "suspended",
    ("active", "remove-by-credit"): "removed",
    ("suspended", "remove-by-credit"): "removed",
    ("suspended", "restore-by-credit"): "active",
    ("removed", "restore-by-credit"): "active",
    ("applied", "leave"): "left",
    ("files", "leave"): "left",
    ("checking", "leave"): "left",
    ("rejected", "leave"): "left",
    ("publicity", "leave"): "left",
    ("active", "leave"): "left",
    ("left", "apply"): "applied",
    ("removed", "apply"): "applied",
}
QUALIFICATION_ROWS = {
    ("draft", "hand-in"): "handed-in",
    ("returned", "hand-in"): "handed-in",
    ("handed-in", "take-back"): "draft",
    ("handed-in", "return"): "returned",
    ("handed-in", "confirm"): "confirmed",
    ("confirmed", "return"): "returned",
    ("draft", "end"): "ended",
    ("returned", "end"): "ended",
    ("confirmed", "end"): "ended",
}
OBJECTION_ROWS = {
    ("open", "dismiss"): "dismissed",
    ("open", "uphold"): "upheld",
    ("open", "lapse"): "lapsed",
}


def certificate(**changes: object) -> Certificate:
    plain = {
        "kind": Qualification.SURVEYING, "level": Level.B, "confirmed_at": NOON,
        "expires_on": LAST, "ended_at": None,
    }  # fmt: skip
    return Certificate(**(plain | changes))


def view(*certificates: Certificate, standing: Standing = ACTIVE, **changes: bool) -> AgencyView:
    return AgencyView(standing, frozenset({ITEM}), certificates, **changes)


def test_whoever_is_suspended_does_not_shake_it_off_by_leaving() -> None:
    with pytest.raises(IllegalMove):
        AGENCY_TABLE.move(AgencyState.SUSPENDED, AgencyAction.LEAVE)


@pytest.mark.parametrize(
    ("at", "counts"),
    [
        (NOON - TICK, False),
        (NOON, True),
        (start_of(LAST), True),
        (end_of(LAST) - TICK, True),
        (end_of(LAST), False),
    ],
)
def test_a_certificate_counts_from_its_confirmation_through_its_last_day(
    at: datetime, counts: bool
) -> None:
    assert certificate().counts_at(at) is counts
    assert (may_enrol(view(certificate()), AskedItem(ITEM, ASKED), at) == ()) is counts


def test_a_certificate_that_was_taken_off_counts_until_that_moment() -> None:
    at = start_of(LAST)
    assert certificate(ended_at=at).counts_at(at - TICK)
    assert not certificate(ended_at=at).counts_at(at)


@pytest.mark.parametrize(
    ("day", "warned"),
    [
        (date(2026, 5, 30), False),
        (date(2026, 5, 31), True),
        (date(2026, 6, 30), True),
        (date(2026, 7, 1), False),
    ],
)
def test_the_warning_begins_thirty_days_before_the_last_day(day: date, warned: bool) -> None:
    assert is_warned(LAST, start_of(day)) is warned
    assert is_warned(LAST, end_of(day) - TICK) is warned
    assert is_valid(LAST, start_of(day)) is (day <= LAST)


@pytest.mark.parametrize(
    ("agency", "item", "bars"),
    [
        (view(certificate()), AskedItem(ITEM, ASKED), ()),
        (view(), AskedItem(ITEM, None), ()),
        (view(), AskedItem(ITEM, ASKED), (Bar.UNQUALIFIED,)),
        (view(certificate(level=Level.C)), AskedItem(ITEM, ASKED), (Bar.UNQUALIFIED,)),
        (
            view(certificate(kind=Qualification.AUDIT_FIRM)),
            AskedItem(ITEM, ASKED),
            (Bar.UNQUALIFIED,),
        ),
        (view(), AskedItem(UUID(int=8), None), (Bar.NOT_OFFERED,)),
        (view(), AskedItem(ITEM, None, offered=False), (Bar.ITEM_WITHDRAWN,)),
        (view(standing=Standing(AgencyState.CHECKING)), AskedItem(ITEM, None), (Bar.NOT_ACTIVE,)),
        (view(is_in_good_standing=False), AskedItem(ITEM, None), (Bar.NOT_ACTIVE,)),
    ],
)
def test_every_bar_is_named(agency: AgencyView, item: AskedItem, bars: tuple[Bar, ...]) -> None:
    assert may_enrol(agency, item, NOON) == bars
    if bars:
        with pytest.raises(Refusal, match="may-not-enrol"):
            refuse_unless_may_enrol(agency, item, NOON)
    else:
        refuse_unless_may_enrol(agency, item, NOON)


def test_all_bars_are_named_at_once() -> None:
    nobody = AgencyView(Standing(AgencyState.LEFT), frozenset())
    assert may_enrol(nobody, AskedItem(ITEM, ASKED, offered=False), NOON) == tuple(Bar)


@pytest.mark.parametrize("state", [s for s in AgencyState if s is not AgencyState.ACTIVE])
def test_nobody_but_the_active_enrols(state: AgencyState) -> None:
    agency = view(standing=Standing(state))
    assert may_enrol(agency, AskedItem(ITEM, None), NOON) == (Bar.NOT_ACTIVE,)


def test_publicity_ends_by_itself_unless_an_objection_is_open() -> None:
    ends = end_of(date(2026, 3, 5))
    plain = Standing(AgencyState.PUBLICITY, ends)
    assert plain.at(ends) is AgencyState.PUBLICITY
    assert plain.at(ends + TICK) is AgencyState.ACTIVE
    held = Standing(AgencyState.PUBLICITY, ends, has_open_objection=True)
    assert held.at(ends + timedelta(days=30)) is AgencyState.PUBLICITY


def test_a_suspension_ends_with_its_last_day() -> None:
    known = Standing(AgencyState.SUSPENDED, suspended_until=LAST)
    assert known.at(end_of(LAST) - TICK) is AgencyState.SUSPENDED
    assert known.at(end_of(LAST)) is AgencyState.ACTIVE
    assert Standing(AgencyState.SUSPENDED).at(end_of(LAST)) is AgencyState.SUSPENDED


@pytest.mark.parametrize(
    ("removed", "last"),
    [
        (date(2026, 3, 2), date(2028, 3, 2)),
        (date(2028, 2, 29), date(2030, 2, 28)),
        (date(2026, 2, 28), date(2028, 2, 28)),
    ],
)
def test_after_a_removal_two_years_pass(removed: date, last: date) -> None:
    assert last_day_of_ban(removed) == last
    with pytest.raises(Refusal, match="banned"):
        refuse_while_banned(removed, last)
    refuse_while_banned(removed, last + timedelta(days=1))


def test_the_automatic_check_names_everything_it_finds() -> None:
    good = Registered("91110000802100433B", True, False, False)
    assert auto_check(good) == ()
    bad = Registered("91110000802100433C", False, True, True)
    assert auto_check(bad) == (
        Finding.CODE_WRONG, Finding.LICENCE_SUSPENDED, Finding.BAD_RECORD,
    )  # fmt: skip
    assert auto_check(Registered("91110000802100433B", False, False, False)) == (
        Finding.UNCONFIRMED,
    )


def test_every_line_of_the_check_list_has_its_article() -> None:
    assert set(CHECK_LIST) == set(Ground)
    assert {one.section for one in CHECK_LIST.values()} == set(Section)
    for line in CHECK_LIST.values():
        assert "本平台规则" not in line.law.cite("zh")


@pytest.mark.parametrize(
    ("reasons", "code"),
    [
        ((), "reasons-missing"),
        ((Reason("office-too-small", "办公面积不足"),), "reason-without-law"),
        ((Reason(Ground.SERVICE_UNLAWFUL, " "),), "reason-unexplained"),
        ((Reason(Ground.SERVICE_UNLAWFUL, "x" * 1001),), "reason-unexplained"),
    ],
)
def test_a_reason_without_an_article_sends_nothing_back(
    reasons: tuple[Reason, ...], code: str
) -> None:
    with pytest.raises((Refusal, BadInput), match=code):
        refuse_unless_grounded(reasons)
    refuse_unless_grounded((Reason(Ground.SERVICE_UNLAWFUL, "x" * 1000),))


def test_reasons_come_at_once_or_not_at_all() -> None:
    before = (Reason(Ground.QUALIFICATION_DIFFERS, "编号不一致"),)
    late = (Reason(Ground.INTEREST_UNDECLARED, "未列明股东"),)
    with pytest.raises(Refusal, match="reason-too-late"):
        refuse_unless_at_once(before, NOON, {}, late)
    with pytest.raises(Refusal, match="reason-too-late"):
        refuse_unless_at_once(before, NOON, {Section.DECLARATION: NOON}, late)
    refuse_unless_at_once(before, NOON, {Section.DECLARATION: NOON + TICK}, late)
    refuse_unless_at_once(before, NOON, {}, before)
    refuse_unless_at_once(before, NOON, {}, (Reason(Ground.QUALIFICATION_ENDED, "已到期"),))


def test_nothing_but_what_law_asks_for_is_missing() -> None:
    bare = Files([], [], 0, is_declared=False)
    assert len(missing(bare, NOON)) == 2
    free = Files([Offered("IC01-001", None)], [], 0, is_declared=True)
    assert missing(free, NOON) == []
    asked = [Offered("IC11-001", ASKED)]
    without = Files(asked, [], 0, is_declared=True)
    assert "IC11-001" in missing(without, NOON)[0][1]
    good = Held(Qualification.SURVEYING, Level.A, LAST)
    assert missing(Files(asked, [good], 0, is_declared=True), NOON) == []
    over = Held(Qualification.SURVEYING, Level.A, date(2026, 3, 1))
    assert "expired" in missing(Files(asked, [over], 0, is_declared=True), NOON)[0][1]
    audit = Requirement(Qualification.AUDIT_FIRM, (Level.ONE,))
    firm = Held(Qualification.AUDIT_FIRM, Level.ONE, LAST)
    alone = Files([Offered("IC12-001", audit)], [firm], 0, is_declared=True)
    assert [en for _, en in missing(alone, NOON)] == ["no practitioner is entered"]


@pytest.mark.parametrize(("days", "fits"), [(0, False), (1, True), (10, True), (11, False)])
def test_a_promise_stays_within_the_standard_time(days: int, fits: bool) -> None:
    if fits:
        refuse_unless_promise(days, 10)
    else:
        with pytest.raises(BadInput, match="promise-too-long"):
            refuse_unless_promise(days, 10)
