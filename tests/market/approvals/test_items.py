"""Items: put forward by a clerk, in force by the head, never promising more than the law gives."""

from dataclasses import replace
from itertools import product
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from market.accounts.roles import Role, permissions
from market.approvals.commands.items import (
    NameItem,
    ProposeItem,
    approve_item,
    drop_item,
    propose_item,
    retire_item,
)
from market.approvals.queries.items import (
    Search,
    departments,
    item,
    items_in_force,
    own_version,
    stages,
    versions,
)
from market.approvals.rules.items import (
    CASE_TYPES,
    ITEM_TABLE,
    ItemAction,
    ItemState,
    Material,
    Mode,
    Provider,
    Stage,
    from_json,
    read_materials,
    refuse_unsound,
    to_json,
    write_materials,
)
from market.journal.model import JournalEntry
from market.kernel.errors import BadInput, IllegalMove, NotFound, Refusal
from market.kernel.money import Money
from market.kernel.permissions import Permission
from tests.support.approval_cast import CONTENT, ApprovalCast, at

TODAY = at("03-02 09:00").date()

LEGAL = {
    ("proposed", "approve"): "in-force",
    ("proposed", "drop"): "dropped",
    ("in-force", "replace"): "replaced",
    ("in-force", "retire"): "retired",
}


@pytest.mark.parametrize(("state", "action"), list(product(ItemState, ItemAction)))
def test_every_pair_of_state_and_action_of_an_item(state: ItemState, action: ItemAction) -> None:
    target = LEGAL.get((state.value, action.value))
    if target is None:
        with pytest.raises(IllegalMove):
            ITEM_TABLE.move(state, action)
    else:
        assert ITEM_TABLE.move(state, action).target == target


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"statutory": 20, "promised": 20}, None),
        ({"statutory": 20, "promised": 21}, "promise-too-long"),
        ({"statutory": 21}, "statutory-too-long"),
        ({"statutory": 21, "own_period": "环境影响评价法第二十二条"}, None),
        ({"statutory": 45, "mode": Mode.JOINT}, None),
        ({"statutory": 46, "mode": Mode.JOINT}, "statutory-too-long"),
        ({"mode": Mode.DIRECT, "promised": 1}, None),
        ({"mode": Mode.DIRECT, "promised": 0}, None),
        ({"mode": Mode.DIRECT, "promised": 2}, "promise-not-at-once"),
        ({"statutory": 0, "promised": 0}, "item-incomplete"),
        ({"materials": ()}, "item-incomplete"),
        ({"basis_zh": " "}, "item-incomplete"),
        ({"fee": Money(1)}, "item-incomplete"),
        ({"fee": Money(1), "fee_basis": "物价局文件"}, None),
        ({"materials": (Material("报告", "Report", Provider.AGENCY),)}, "deliverable-without-law"),
    ],
)
def test_an_item_keeps_the_law(changes: dict[str, object], code: str | None) -> None:
    content = replace(CONTENT, **changes)
    if code is None:
        refuse_unsound(content, TODAY)
    else:
        with pytest.raises(BadInput, match=code):
            refuse_unsound(content, TODAY)


def test_a_refusal_cites_the_law_only_where_it_is_sourced() -> None:
    with pytest.raises(BadInput) as long:
        refuse_unsound(replace(CONTENT, statutory=21), TODAY)
    assert "行政许可法第四十二条" in long.value.words("zh")
    with pytest.raises(BadInput) as promised:
        refuse_unsound(replace(CONTENT, promised=21), TODAY)
    assert "本平台规则" in promised.value.words("zh")


def test_materials_are_read_as_they_were_written() -> None:
    assert read_materials(write_materials(CONTENT.materials)) == CONTENT.materials
    assert from_json(to_json(CONTENT.materials)) == CONTENT.materials
    typed = "申请表；Form；申请人\n\n报告; Report; 中介; 某法第一条"
    assert [one.provider for one in read_materials(typed)] == [
        Provider.APPLICANT,
        Provider.AGENCY,
    ]
    for wrong in ("申请表", "a; b; 谁", "; b; agency", "a; b; agency; law; more"):
        with pytest.raises(BadInput, match="Line 1"):
            read_materials(wrong)


def test_every_mode_has_its_type_of_case() -> None:
    assert set(CASE_TYPES) == set(Mode)
    assert len(set(CASE_TYPES.values())) == 5


def test_an_item_counts_when_the_head_approves_and_stands_in_the_journal(
    house: ApprovalCast,
) -> None:
    done = house.cast.office.run(
        propose_item, ProposeItem(replace(CONTENT, promised=8)), house.clerk
    )
    named = NameItem(UUID(done["item"]))
    assert _in_force(house).content.promised == 10
    with pytest.raises(Refusal, match="item-waits"):
        house.run(propose_item, ProposeItem(CONTENT), house.clerk)
    with pytest.raises(Refusal, match="not-allowed"):
        house.run(approve_item, named, house.clerk)
    house.run(approve_item, named, house.head)
    assert _in_force(house).content.promised == 8
    with pytest.raises(IllegalMove):
        house.run(approve_item, named, house.head)
    with Session(house.engine) as session:
        entries = session.scalars(
            select(JournalEntry).where(JournalEntry.subject == "approval-item/SG-001")
        ).all()
        assert [entry.type for entry in entries] == ["parameter"] * 2
        assert len(versions(session, house.cast.organisations["housing"])) == 1


def test_nobody_approves_what_the_same_person_put_forward(house: ApprovalCast) -> None:
    content = replace(CONTENT, code="SG-002")
    done = house.cast.office.run(propose_item, ProposeItem(content), house.head)
    named = NameItem(UUID(done["item"]))
    with pytest.raises(Refusal, match="same-person"):
        house.run(approve_item, named, house.head)
    house.run(drop_item, named, house.clerk)
    with pytest.raises(IllegalMove):
        house.run(drop_item, named, house.clerk)


def test_items_are_kept_by_departments_and_a_code_by_one(house: ApprovalCast) -> None:
    house.cast.staffed("water", "hehe", Role.DEPT)
    other = house.cast.actor("hehe", "water")
    with pytest.raises(BadInput, match="code-taken"):
        house.run(propose_item, ProposeItem(CONTENT), other)
    with pytest.raises(NotFound):
        house.run(drop_item, NameItem(house.items["SG-001"]), other)
    for stranger in (house.owner, house.cast.actor("ceng", "centre")):
        with pytest.raises(Refusal, match="not-allowed"):
            house.run(propose_item, ProposeItem(CONTENT), stranger)
    with Session(house.engine) as session, pytest.raises(NotFound):
        own_version(session, house.cast.organisations["water"], house.items["SG-001"])


def test_an_item_that_ended_is_applied_for_no_more(house: ApprovalCast) -> None:
    named = NameItem(house.items["SG-001"])
    with pytest.raises(Refusal, match="not-allowed"):
        house.run(retire_item, named, house.clerk)
    house.run(retire_item, named, house.head)
    with pytest.raises(NotFound):
        house.opened()
    with Session(house.engine) as session:
        assert items_in_force(session) == []


def test_items_are_found_by_stage_department_and_words(house: ApprovalCast) -> None:
    house.item(code="LX-001", name_zh="项目核准", name_en="Approval", stage=Stage.SET_UP)
    where = house.cast.organisations["housing"]
    with Session(house.engine) as session:

        def codes(**search: object) -> list[str]:
            return [one.code for one in items_in_force(session, Search(**search))]

        assert codes() == ["LX-001", "SG-001"]
        assert codes(stage=Stage.SET_UP) == ["LX-001"]
        assert codes(department=where) == ["LX-001", "SG-001"]
        assert codes(department=UUID(int=1)) == []
        assert codes(words="permit") == ["SG-001"]
        assert codes(words="核准") == ["LX-001"]
        assert codes(words="%") == []
        assert stages(session)[Stage.COMPLETION] == 0
        assert departments(session) == [(where, "housing有限公司", "housing Ltd", 2)]


def test_only_heads_approve_and_only_departments_read_cases() -> None:
    def holders(permission: Permission) -> set[Role]:
        return {role for role in Role if permission in permissions([role])}

    assert holders(Permission.APPROVALS_ITEM_APPROVE) == {Role.DEPT_HEAD}
    assert holders(Permission.APPROVALS_EXTENSION_DECIDE) == {Role.DEPT_HEAD}
    assert holders(Permission.APPROVALS_CASE_HANDLE) == {Role.DEPT}
    assert holders(Permission.APPROVALS_CASE_READ) == {Role.DEPT, Role.DEPT_HEAD}
    assert holders(Permission.APPROVALS_CASE_FILE) == {Role.OWNER}


def _in_force(house: ApprovalCast):
    with Session(house.engine) as session:
        return item(session, "SG-001")
