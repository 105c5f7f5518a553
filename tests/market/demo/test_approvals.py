"""The items of the demonstration keep the law; every stage, two departments, one waits."""

from datetime import date

from market.approvals.rules.items import Mode, Provider, Stage, refuse_unsound
from market.demo.people.everybody import everybody
from market.demo.people.kinds import Duty
from market.demo.seed.approval_items import HOUSING, REFORM, SILENT, WAITING, contents


def test_twenty_items_over_four_stages_keep_the_law() -> None:
    found = contents()
    codes = [content.code for _, content in found]
    assert len(found) == len(set(codes)) == 20
    assert {content.stage for _, content in found} == set(Stage)
    assert {content.mode for _, content in found} == set(Mode)
    assert {part for part, _ in found} == {HOUSING, REFORM}
    assert WAITING in codes
    assert SILENT.keys() < set(codes)
    for _, content in found:
        refuse_unsound(content, date(2026, 3, 2))
        assert content.materials[0].provider is Provider.APPLICANT


def test_each_department_has_a_clerk_and_a_head_who_are_two() -> None:
    cast = everybody()
    for part in (HOUSING, REFORM):
        uscc = cast.the(part).uscc
        clerk = cast.with_duty(Duty.CASE_OFFICER, uscc)[0]
        head = cast.with_duty(Duty.PERSON_IN_CHARGE, uscc)[0]
        assert clerk.id != head.id
