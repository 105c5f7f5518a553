"""Relations between organisations, what roles allow, strict reading of proofs."""

from dataclasses import replace
from datetime import UTC, date, datetime
from uuid import UUID, uuid4

import pytest

from market.accounts.codes import account_name, email
from market.accounts.proofs import (
    AccountProof,
    Certificate,
    check_possession,
    prove_possession,
    read_account_proof,
    read_certificate,
)
from market.accounts.roles import (
    EVERYBODY,
    NOT_FOR_PROGRAMS,
    OFFICER_CAPACITIES,
    PERMISSIONS,
    SELF_CHOSEN,
    SHOWN_CAPACITIES,
    WITH_SECOND_PERSON,
    Role,
    needs_second_factor,
    permissions,
)
from market.accounts.rules import (
    Interests,
    Relation,
    interest_groups,
    is_control,
    refuse_unless_second_person,
    relation,
)
from market.kernel.errors import Refusal
from market.kernel.ids import make_uscc
from market.kernel.permissions import Permission
from market.protocol.encoding import Malformed
from market.protocol.signing import new_key, public_bytes, signed

USCC = make_uscc("371400", "12345678")
OTHER = make_uscc("371400", "87654321")
AT = datetime(2026, 3, 2, 1, tzinfo=UTC)


def interests(own: str, *, head: str | None = None, department: str | None = None, held=()):
    return Interests(uuid4(), own, head, frozenset(held), department)


@pytest.mark.parametrize(
    ("one", "other", "tie"),
    [
        (interests("a"), interests("b"), None),
        (interests("a"), interests("a"), Relation.SAME),
        (interests("a", head="p"), interests("b", head="p"), Relation.SAME_HEAD),
        (interests("a", head="p"), interests("b", head="q"), None),
        (interests("a", head=None), interests("b", head=None), None),
        (interests("a", held=["b"]), interests("b"), Relation.HOLDING),
        (interests("a"), interests("b", held=["a"]), Relation.HOLDING),
        (interests("a", held=["x"]), interests("b", held=["x"]), Relation.SAME_HOLDER),
        (interests("a", held=["x"]), interests("b", held=["y"]), None),
        (interests("a", department="d"), interests("b", department="d"), Relation.SAME_DEPARTMENT),
        (interests("a", department="d"), interests("d"), Relation.SAME_DEPARTMENT),
        (interests("d"), interests("a", department="d"), Relation.SAME_DEPARTMENT),
    ],
)
def test_how_two_organisations_are_related(one: Interests, other: Interests, tie) -> None:
    assert relation(one, other) is tie
    assert relation(other, one) is tie


def test_groups_are_joined_through_one_another_and_hold_everybody_once() -> None:
    a, b, c = interests("a", held=["x"]), interests("b", held=["y"]), interests("c")
    bridge = interests("z", held=["x", "y"])
    groups = interest_groups([a, c, b, bridge])
    assert groups == (
        frozenset({a.organisation, b.organisation, bridge.organisation}),
        frozenset({c.organisation}),
    )
    assert interest_groups([]) == ()


@pytest.mark.parametrize(
    ("share", "controls", "held"), [(4_999, False, False), (5_000, False, True), (0, True, True)]
)
def test_half_the_shares_is_a_holding(share: int, controls: bool, held: bool) -> None:
    assert is_control(share, controls=controls, on=date(2026, 3, 2)) is held


def test_two_persons_are_two_known_persons() -> None:
    one, two = UUID(int=1), UUID(int=2)
    refuse_unless_second_person(one, two)
    for pair in ((one, one), (None, two), (one, None), (None, None)):
        with pytest.raises(Refusal, match="same-person"):
            refuse_unless_second_person(*pair)


def test_every_permission_but_two_is_held_by_somebody() -> None:
    held = EVERYBODY.union(*PERMISSIONS.values())
    nobody = {Permission.HOUSE_ACT, Permission.ACCOUNTS_PERSON_ENROL}
    assert set(Permission) - held == nobody


def test_every_role_has_its_words_and_its_permissions() -> None:
    for role in Role:
        assert role.zh
        assert role.en
        assert permissions([role]) >= EVERYBODY
    assert set(PERMISSIONS) == set(Role)


def test_roles_hold_only_what_their_duty_needs() -> None:
    may_score = {role for role in Role if Permission.EVALUATION_SCORE_GIVE in permissions([role])}
    assert may_score == {Role.EXPERT}
    shares = {role for role in Role if Permission.OFFICERS_SHARE_POST in permissions([role])}
    assert shares == {Role.OWNER, Role.AGENT, Role.CENTER, Role.SUPV, Role.NOTARY}
    keys = {role for role in Role if Permission.OFFICERS_KEY_GIVE in permissions([role])}
    assert shares == keys == OFFICER_CAPACITIES
    assert {Role.REG, Role.BANK} == SHOWN_CAPACITIES - OFFICER_CAPACITIES
    assert permissions([Role.SYSADMIN]) - EVERYBODY == {Permission.ACCOUNTS_PERSON_BLOCK}
    assert not permissions([Role.SUPV, Role.AUDITOR]) & {
        Permission.TENDERS_TENDER_PUBLISH,
        Permission.PROJECTS_PROJECT_CREATE,
        Permission.EVALUATION_WINNER_DETERMINE,
    }


def test_roles_of_weight_take_two_persons_and_none_is_self_chosen() -> None:
    assert not WITH_SECOND_PERSON & SELF_CHOSEN
    assert {Role.SUPV, Role.SYSADMIN, Role.REG, Role.BANK} <= WITH_SECOND_PERSON
    assert not any(map(needs_second_factor, ([], [Role.BIDDER], [Role.BIDDER, Role.AGENCY])))
    assert all(needs_second_factor([role]) for role in set(Role) - {Role.BIDDER, Role.AGENCY})


def test_no_program_appoints_registers_or_judges() -> None:
    for permission in Permission:
        if permission.value.startswith("accounts:role") or "evaluation:score" in permission:
            assert permission in NOT_FOR_PROGRAMS


def proof(**changes: object) -> AccountProof:
    plain = AccountProof(USCC, OTHER, "甲公司", "某银行", b"h" * 32, "0421", True, 1, "000123", AT)
    return replace(plain, **changes)


def test_a_statement_is_read_as_it_was_written() -> None:
    assert read_account_proof(proof().sign(new_key())) == proof()


@pytest.mark.parametrize(
    "changes",
    [
        {"remark": "12345"},
        {"remark": "1234567"},
        {"remark": "12345６"},
        {"tail": "12a4"},
        {"amount": -1},
        {"account_hash": b"h" * 31},
        {"uscc": "O" * 18},
        {"holder": ""},
    ],
)
def test_a_statement_of_another_form_is_not_read(changes) -> None:
    with pytest.raises(Malformed):
        read_account_proof(proof(**changes).sign(new_key()))


def test_a_statement_with_a_member_too_many_or_of_another_type_is_not_read() -> None:
    whole = proof().sign(new_key())
    for broken in (
        whole | {"more": 1},
        {name: item for name, item in whole.items() if name != "basic"},
        whole | {"type": "yg/key-possession/v1"},
        whole | {"basic": 1},
        whole | {"suite": "other"},
    ):
        with pytest.raises(Malformed):
            read_account_proof(broken)


def test_possession_is_bound_to_organisation_and_key() -> None:
    key = new_key()
    assert check_possession(prove_possession(USCC, key), USCC) == public_bytes(key)
    with pytest.raises(Malformed, match="wrong-organisation"):
        check_possession(prove_possession(USCC, key), OTHER)
    moved = prove_possession(OTHER, key) | {"uscc": USCC}
    with pytest.raises(Malformed, match="bad-signature"):
        check_possession(moved, USCC)


def test_a_key_that_everybody_could_have_signed_with_is_refused() -> None:
    weak = prove_possession(USCC, new_key()) | {"key": "A" * 43}
    with pytest.raises(Malformed, match="bad-key"):
        check_possession(weak, USCC)


def test_a_certificate_is_read_as_it_was_written() -> None:
    certificate = Certificate("CA", "01", USCC, "甲公司", b"k" * 32, AT, AT)
    assert read_certificate(certificate.sign(new_key())) == certificate
    with pytest.raises(Malformed):
        read_certificate(signed(prove_possession(USCC, new_key()), new_key()))


@pytest.mark.parametrize("typed", ["abc", "Wang.Li", "a-b_c.9", " abc "])
def test_sign_in_names_are_made_small_and_trimmed(typed: str) -> None:
    assert account_name(typed) == typed.strip().lower()


def test_an_e_mail_address_is_kept_as_typed() -> None:
    assert email(" Wang@Example.com ") == "Wang@Example.com"
