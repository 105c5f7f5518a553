"""The course of an entry: applied, filled, handed in, checked, in publicity, active, and out."""

from datetime import date, timedelta

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from intermediaries.agencies import queries
from intermediaries.agencies.commands import applying, checking, files, sanctions
from intermediaries.agencies.commands.applying import OwnAgency
from intermediaries.agencies.commands.checking import (
    AnswerObjection,
    FileObjection,
    NameEntry,
    RejectEntry,
)
from intermediaries.agencies.commands.files import NamePart, OfferService
from intermediaries.agencies.commands.sanctions import DecideAgency, RecordBad, SuspendAgency
from intermediaries.agencies.rules.entry import Finding
from intermediaries.agencies.rules.grounds import Ground, Reason
from intermediaries.agencies.rules.states import (
    AgencyState,
    EventKind,
    ObjectionState,
    QualificationState,
)
from market.accounts.commands.organisations import DecideOnOrganisation, suspend_organisation
from market.accounts.roles import Role
from market.kernel.errors import BadInput, IllegalMove, NotFound, Refusal
from market.kernel.money import Money
from market.kernel.workdays import end_of
from tests.support.repeated import at_once
from tests.support.supermarket_cast import Supermarket, make_supermarket

TICK = timedelta(microseconds=1)
DIFFERS = Reason(Ground.QUALIFICATION_DIFFERS, "编号与证书不一致")
UNDECLARED = Reason(Ground.INTEREST_UNDECLARED, "未列明控股股东")


@pytest.fixture
def place(engine: Engine) -> Supermarket:
    return make_supermarket(engine)


def public(place: Supermarket, no: str) -> queries.PublicAgency:
    with Session(place.engine) as session:
        return queries.public_agency(session, no, place.now)


def test_an_entry_goes_from_application_to_active(place: Supermarket) -> None:
    no = place.apply()
    assert place.case().state is AgencyState.FILES
    place.fill()
    place.hand_in()
    case = place.case()
    assert case.waiting_check is not None
    assert case.waiting_check.due == end_of(date(2026, 3, 5))  # Monday + 3 working days
    with pytest.raises(NotFound):
        public(place, no)
    place.run(checking.pass_entry, NameEntry(no), place.centre)
    shown = public(place, no)
    assert (shown.state, shown.publicity_ends) == (AgencyState.PUBLICITY, end_of(date(2026, 3, 5)))
    place.go(end_of(date(2026, 3, 5)))
    assert public(place, no).state is AgencyState.PUBLICITY
    place.go(place.now + TICK)
    assert public(place, no).state is AgencyState.ACTIVE  # before anything wrote it down
    place.run(applying.check_again, OwnAgency())
    shown = public(place, no)
    assert shown.entered_at == end_of(date(2026, 3, 5))
    assert [one.kind for one in shown.events] == [EventKind.ENTERED, EventKind.PUBLICITY]


def test_the_automatic_check_holds_an_entry_until_what_it_found_is_mended(
    place: Supermarket,
) -> None:
    key = place.cast.bank_key
    place.cast.register("assessors", "anli")
    an = place.cast.appoint("assessors", "anli", "anli", Role.AGENCY)
    uscc = place.cast.usccs["assessors"]
    bad = RecordBad(uscc, "某机构", "鲁14行罚〔2026〕9号", place.today, place.today)
    place.run(sanctions.record_bad, bad, place.regulator)
    place.run(sanctions.record_bad, bad, place.regulator)
    place.run(applying.apply_for_entry, OwnAgency(), an)
    with Session(place.engine) as session:
        from_own = queries.view(session, place.cast.organisations["assessors"], place.now)
    assert from_own is not None
    assert from_own.standing.state is AgencyState.APPLIED
    assert not from_own.is_in_good_standing
    place.pass_days(1)  # the decision's last day was yesterday
    place.cast.confirm("assessors", "anli", key)
    place.run(applying.check_again, OwnAgency(), an)
    with pytest.raises(Refusal, match="applied-already"):
        place.run(applying.apply_for_entry, OwnAgency(), an)
    with pytest.raises(BadInput, match="entry-incomplete"):
        place.run(applying.hand_in, OwnAgency(), an)


def test_reasons_come_at_once_and_what_was_typed_stays(place: Supermarket) -> None:
    no = place.apply()
    place.fill()
    place.hand_in()
    reasons = (DIFFERS, Reason("office-too-small", "办公场所不足"))
    with pytest.raises(Refusal, match="reason-without-law"):
        place.run(checking.reject_entry, RejectEntry(no, reasons), place.centre)
    place.run(checking.reject_entry, RejectEntry(no, (DIFFERS,)), place.centre)
    case = place.case()
    assert (case.state, case.reasons) == (AgencyState.REJECTED, (DIFFERS,))
    assert case.qualifications[0].state is QualificationState.RETURNED
    assert case.qualifications[0].returned_for == DIFFERS.words
    assert (len(case.services), case.declaration is None) == (1, False)
    place.pass_days(1)
    place.hand_in()
    with pytest.raises(Refusal, match="reason-too-late"):
        place.run(checking.reject_entry, RejectEntry(no, (UNDECLARED,)), place.centre)
    place.run(checking.pass_entry, NameEntry(no), place.centre)
    assert place.case().qualifications[0].state is QualificationState.CONFIRMED


def test_files_stay_as_they_are_while_they_are_checked(place: Supermarket) -> None:
    place.apply()
    place.fill()
    place.hand_in()
    offer = OfferService(place.plain, Money(1), 5)
    with pytest.raises(Refusal, match="files-fixed"):
        place.run(files.offer_service, offer)
    place.run(applying.leave, OwnAgency())
    with pytest.raises(Refusal, match="files-fixed"):
        place.run(files.offer_service, offer)
    place.run(applying.apply_for_entry, OwnAgency())
    assert place.case().qualifications[0].state is QualificationState.DRAFT
    place.run(files.offer_service, offer)
    place.run(files.offer_service, offer)
    assert len(place.case().services) == 2


def test_an_objection_holds_the_entry_until_its_answer(place: Supermarket) -> None:
    no = place.checked()
    place.cast.enrol("min")
    anybody = place.cast.actor("min")
    ends = place.case().publicity_ends
    assert ends is not None
    place.go(ends)
    place.run(checking.file_objection, FileObjection(no, "人员挂靠"), anybody)
    with pytest.raises(Refusal, match="objected-already"):
        place.run(checking.file_objection, FileObjection(no, "又一次"), anybody)
    with pytest.raises(Refusal, match="own-entry"):
        place.run(checking.file_objection, FileObjection(no, "自己"), place.yan)
    place.pass_days(3)
    assert public(place, no).state is AgencyState.PUBLICITY
    (objection,) = place.case().objections
    answer = AnswerObjection(no, objection.id, "经查，人员社保在本单位，异议不成立")
    place.run(checking.answer_objection, answer, place.centre)
    place.go(place.now + TICK)
    assert public(place, no).state is AgencyState.ACTIVE
    place.run(applying.check_again, OwnAgency())
    entered = public(place, no).entered_at
    assert entered == place.now - TICK
    with pytest.raises(Refusal, match="not-in-publicity"):
        place.run(checking.file_objection, FileObjection(no, "太晚"), anybody)


def test_an_objection_one_moment_after_the_publicity_is_too_late(place: Supermarket) -> None:
    no = place.checked()
    ends = place.case().publicity_ends
    assert ends is not None
    place.cast.enrol("min")
    place.go(ends + TICK)
    command = FileObjection(no, "太晚")
    with pytest.raises(Refusal, match="not-in-publicity"):
        place.run(checking.file_objection, command, place.cast.actor("min"))


def test_an_objection_that_is_right_sends_the_entry_back_on_grounds_of_law(
    place: Supermarket,
) -> None:
    no = place.checked()
    place.pass_days(1)
    for account in ("min", "hua"):
        place.cast.enrol(account)
        command = FileObjection(no, f"{account}: 证书属于他人")
        place.run(checking.file_objection, command, place.cast.actor(account))
    newest, other = place.case().objections
    no_law = (Reason("disliked", "不合适"),)
    command = AnswerObjection(no, newest.id, "成立", no_law)
    with pytest.raises(Refusal, match="reason-without-law"):
        place.run(checking.answer_objection, command, place.centre)
    borrowed = (Reason(Ground.QUALIFICATION_BORROWED, "证书持有人为另一单位"),)
    command = AnswerObjection(no, newest.id, "成立", borrowed)
    place.run(checking.answer_objection, command, place.centre)
    case = place.case()
    assert (case.state, case.reasons) == (AgencyState.REJECTED, borrowed)
    states = {one.id: one.state for one in case.objections}
    assert states == {newest.id: ObjectionState.UPHELD, other.id: ObjectionState.LAPSED}
    assert case.qualifications[0].state is QualificationState.RETURNED
    with pytest.raises(NotFound):
        public(place, no)


def test_a_suspended_agency_enrols_for_nothing_until_its_last_day_is_over(
    place: Supermarket,
) -> None:
    no = place.entered()
    until = place.today + timedelta(days=2)
    with pytest.raises(Refusal, match="not-allowed"):
        place.run(sanctions.suspend_agency, SuspendAgency(no, "决定", until), place.centre)
    place.run(
        sanctions.suspend_agency, SuspendAgency(no, "鲁14信〔2026〕1号", until), place.regulator
    )
    with pytest.raises(IllegalMove):
        place.run(applying.leave, OwnAgency())
    place.go(end_of(until) - TICK)
    assert public(place, no).state is AgencyState.SUSPENDED
    place.go(end_of(until))
    assert public(place, no).state is AgencyState.ACTIVE
    place.run(sanctions.suspend_agency, SuspendAgency(no, "第二次"), place.regulator)
    place.run(sanctions.restore_agency, DecideAgency(no, "已整改"), place.regulator)
    assert [one.kind for one in public(place, no).events][:4] == [
        EventKind.RESTORED, EventKind.SUSPENDED, EventKind.RESTORED, EventKind.SUSPENDED,
    ]  # fmt: skip


def test_a_removed_agency_comes_back_after_two_years_only(place: Supermarket) -> None:
    no = place.entered()
    place.run(sanctions.remove_agency, DecideAgency(no, "出具虚假报告"), place.regulator)
    removed = place.today
    place.go(end_of(removed.replace(year=removed.year + 2)) - TICK)
    with pytest.raises(Refusal, match="banned"):
        place.run(applying.apply_for_entry, OwnAgency())
    place.go(place.now + TICK)
    place.run(applying.apply_for_entry, OwnAgency())
    assert place.case().state is AgencyState.FILES
    assert public(place, no).events[0].kind is EventKind.REMOVED  # what was public stays so


def test_a_suspended_registration_bars_enrolment_whatever_the_agency_is(
    place: Supermarket,
) -> None:
    place.entered()
    organisation = place.cast.organisations["surveyors"]
    command = DecideOnOrganisation(organisation, "鲁14市监〔2026〕3号")
    place.run(suspend_organisation, command, place.regulator)
    with Session(place.engine) as session:
        known = queries.view(session, organisation, place.now)
    assert known is not None
    assert not known.is_in_good_standing
    assert Finding.LICENCE_SUSPENDED in place.case().findings


def test_who_may_not_does_nothing(place: Supermarket) -> None:
    no = place.apply()
    place.fill()
    place.hand_in()
    for actor in (place.yan, place.regulator):
        with pytest.raises(Refusal, match="not-allowed"):
            place.run(checking.pass_entry, NameEntry(no), actor)
    with pytest.raises(Refusal, match="not-allowed"):
        place.run(applying.apply_for_entry, OwnAgency(), place.centre)
    with pytest.raises(NotFound):
        place.run(checking.pass_entry, NameEntry("ZJ-2026-000000"), place.centre)
    other = place.cast.appoint("finance", "fan", "fan", Role.AGENCY)
    place.run(applying.apply_for_entry, OwnAgency(), other)
    mine = place.case().qualifications[0].id
    with pytest.raises(Refusal, match="files-fixed"):
        place.run(files.end_qualification, NamePart(mine), other)


def test_applying_at_once_makes_one_agency_and_passing_at_once_one_publicity(
    place: Supermarket,
) -> None:
    def once(call: object) -> str:
        try:
            call()  # type: ignore[operator]
        except (Refusal, IllegalMove) as refused:
            return refused.code
        return "done"

    said = at_once(lambda _: once(place.apply))
    assert sorted(said) == ["applied-already", "applied-already", "done"]
    place.fill()
    place.hand_in()
    no = place.case().no
    said = at_once(
        lambda _: once(lambda: place.run(checking.pass_entry, NameEntry(no), place.centre))
    )
    assert sorted(said) == ["done", "illegal-move", "illegal-move"]
    assert len(public(place, no).events) == 1
