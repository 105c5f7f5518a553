"""The register of organisations: entered once, confirmed by one fen, suspended, restored."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from market.accounts.commands.organisations import (
    CorrectOrganisation,
    DecideOnOrganisation,
    RegisterOrganisation,
    Share,
    correct_organisation,
    register_organisation,
    restore_organisation,
    suspend_organisation,
    withdraw_organisation,
)
from market.accounts.model.organisations import Organisation
from market.accounts.queries.entrances import roles_in
from market.accounts.queries.organisations import (
    interests,
    organisation,
    organisation_by_uscc,
    refuse_unless_confirmed,
)
from market.accounts.roles import Role
from market.accounts.rules import (
    ORGANISATION_TABLE,
    ControllerKind,
    OrganisationAction,
    OrganisationKind,
    OrganisationState,
    Relation,
    SmeClass,
    relation,
)
from market.command import Actor
from market.kernel.errors import BadInput, IllegalMove, MarketError, NotFound, Refusal
from market.protocol.encoding import digest
from tests.support.people_cast import Cast, founded, make_cast

LEGAL = {
    ("registered", "confirm"): "confirmed",
    ("confirmed", "confirm"): "confirmed",
    ("registered", "suspend"): "suspended",
    ("confirmed", "suspend"): "suspended",
    ("suspended", "restore"): "registered",
    ("registered", "withdraw"): "withdrawn",
}


def entry(uscc: str, **changes: object) -> RegisterOrganisation:
    values = {
        "uscc": uscc,
        "name_zh": "甲有限公司",
        "name_en": "Jia Ltd",
        "kind": OrganisationKind.ENTERPRISE,
        "sme_class": SmeClass.MICRO,
        "legal_representative": "某甲",
        "head_mark": b"h" * 32,
    }
    return RegisterOrganisation(**(values | changes))


def regulator(cast: Cast) -> Actor:
    return cast.staffed("finance", "fan", Role.REG)


def state_of(engine: Engine, key: UUID) -> tuple[str, bool]:
    with Session(engine) as session:
        row = session.get_one(Organisation, key)
        return row.state.value, row.account_hash is not None


@pytest.mark.parametrize("state", list(OrganisationState))
@pytest.mark.parametrize("action", list(OrganisationAction))
def test_every_pair_of_state_and_action_moves_or_refuses(state, action) -> None:
    target = LEGAL.get((state.value, action.value))
    if target is None:
        with pytest.raises(IllegalMove):
            ORGANISATION_TABLE.move(state, action)
    else:
        assert ORGANISATION_TABLE.move(state, action).target.value == target


def test_whoever_enters_an_organisation_represents_it(engine: Engine) -> None:
    cast = make_cast(engine)
    cast.register("jia", "wang")
    with Session(engine) as session:
        facts = organisation_by_uscc(session, cast.usccs["jia"])
        assert facts.state is OrganisationState.REGISTERED
        assert facts.capacities == frozenset()
        assert roles_in(session, cast.people["wang"], facts.id) == {Role.REPRESENTATIVE}


def test_a_code_is_entered_once(engine: Engine) -> None:
    cast = make_cast(engine)
    cast.register("jia", "wang")
    cast.enrol("lili")
    with pytest.raises(Refusal, match="organisation-known"):
        cast.office.run(register_organisation, entry(cast.usccs["jia"]), cast.actor("lili"))


def test_two_who_enter_one_code_at_once_make_one_entry(engine: Engine) -> None:
    cast = make_cast(engine)
    people = [cast.enrol(name) and cast.actor(name) for name in ("wang", "lili")]
    uscc = cast.fresh_uscc()

    def enter(actor: Actor) -> str:
        try:
            cast.office.run(register_organisation, entry(uscc), actor)
        except MarketError as refusal:
            return refusal.code
        return "entered"

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(enter, people)) == ["entered", "organisation-known"]
    with Session(engine) as session:
        assert session.scalar(select(func.count()).select_from(Organisation)) == 1


def test_nobody_who_is_not_signed_in_enters_an_organisation(engine: Engine) -> None:
    cast = make_cast(engine)
    with pytest.raises(Refusal, match="not-allowed"):
        cast.office.run(register_organisation, entry(cast.fresh_uscc()), Actor("visitor"))


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"uscc": "91371400000000010A"}, "bad-uscc"),
        ({"department": "no code"}, "bad-uscc"),
        ({"head_mark": None}, "head-unnamed"),
        ({"shares": (Share(ControllerKind.PERSON, "某乙", 100),)}, "holder-unnamed"),
        ({"shares": (Share(ControllerKind.ORGANISATION, "乙公司", 100),)}, "holder-unnamed"),
        ({"shares": (Share(ControllerKind.PERSON, "乙", 10_001, mark=b"m"),)}, "shares-above"),
        ({"shares": (Share(ControllerKind.PERSON, "乙", -1, mark=b"m"),)}, "shares-above"),
        (
            {
                "shares": (
                    Share(ControllerKind.PERSON, "乙", 6_000, mark=b"m"),
                    Share(ControllerKind.PERSON, "丙", 4_001, mark=b"n"),
                )
            },
            "shares-above",
        ),
        ({"shares": (Share(ControllerKind.PERSON, "乙", 1, mark=b"m"),) * 2}, "holder-twice"),
    ],
)
def test_an_entry_that_cannot_be_true_is_refused(engine: Engine, changes, code: str) -> None:
    cast = make_cast(engine)
    cast.enrol("wang")
    command = entry(**({"uscc": cast.fresh_uscc()} | changes))
    with pytest.raises(BadInput, match=code):
        cast.office.run(register_organisation, command, cast.actor("wang"))


def test_shares_of_exactly_the_whole_are_taken_and_public_bodies_need_no_id(engine: Engine) -> None:
    cast = make_cast(engine)
    cast.enrol("wang")
    whole = (Share(ControllerKind.PERSON, "乙", 10_000, mark=b"m" * 32),)
    for command in (
        entry(cast.fresh_uscc(), shares=whole),
        entry(cast.fresh_uscc(), kind=OrganisationKind.GOVERNMENT, head_mark=None),
    ):
        assert cast.office.run(register_organisation, command, cast.actor("wang"))


def test_a_regulator_suspends_and_restores_and_the_account_is_shown_again(engine: Engine) -> None:
    cast = founded(engine)
    bank = cast.bank()
    jia = cast.register("jia", "wang")
    cast.confirm("jia", "wang", bank)
    reg = regulator(cast)
    assert state_of(engine, jia) == ("confirmed", True)
    cast.office.run(suspend_organisation, DecideOnOrganisation(jia, "财监〔2026〕1号"), reg)
    assert state_of(engine, jia) == ("suspended", True)
    with Session(engine) as session:
        assert roles_in(session, cast.people["wang"], jia) == frozenset()
        with pytest.raises(Refusal, match="organisation-suspended"):
            refuse_unless_confirmed(session, jia)
    with pytest.raises(IllegalMove):
        cast.office.run(suspend_organisation, DecideOnOrganisation(jia, "again"), reg)
    cast.office.run(restore_organisation, DecideOnOrganisation(jia, "财监〔2026〕2号"), reg)
    assert state_of(engine, jia) == ("registered", False)
    with Session(engine) as session:
        assert roles_in(session, cast.people["wang"], jia) == {Role.REPRESENTATIVE}
        with pytest.raises(Refusal, match="organisation-unconfirmed"):
            refuse_unless_confirmed(session, jia)


def test_a_decision_without_its_number_suspends_nobody(engine: Engine) -> None:
    cast = founded(engine)
    jia = cast.register("jia", "wang")
    with pytest.raises(BadInput, match="decision-unnamed"):
        cast.office.run(suspend_organisation, DecideOnOrganisation(jia, "  "), regulator(cast))
    assert state_of(engine, jia) == ("registered", False)


@pytest.mark.parametrize(
    "decide", [suspend_organisation, restore_organisation, withdraw_organisation]
)
def test_an_organisation_decides_nothing_about_itself(engine: Engine, decide) -> None:
    cast = make_cast(engine)
    jia = cast.register("jia", "wang")
    with pytest.raises((Refusal, IllegalMove)):
        cast.office.run(decide, DecideOnOrganisation(jia, "1"), cast.actor("wang", "jia"))
    assert state_of(engine, jia) == ("registered", False)


def test_a_false_entry_is_withdrawn_and_the_code_is_free(engine: Engine) -> None:
    cast = founded(engine)
    false_entry = cast.register("jia", "wang")
    decision = DecideOnOrganisation(false_entry, "撤〔2026〕1号")
    cast.office.run(withdraw_organisation, decision, cast.actor("ceng", "centre"))
    with Session(engine) as session, pytest.raises(NotFound):
        organisation(session, false_entry)
    with pytest.raises(NotFound):
        cast.office.run(withdraw_organisation, decision, cast.actor("ceng", "centre"))
    cast.enrol("lili")
    again = cast.office.run(register_organisation, entry(cast.usccs["jia"]), cast.actor("lili"))
    assert UUID(again["organisation"]) != false_entry


def corrected(jia: UUID, name_zh: str, shares: tuple[Share, ...] = ()) -> CorrectOrganisation:
    return CorrectOrganisation(
        jia, name_zh, "Jia Works", SmeClass.MEDIUM, "某丙", b"z" * 32, shares
    )


def test_an_organisation_corrects_itself_but_not_its_confirmed_name(engine: Engine) -> None:
    cast = founded(engine)
    bank = cast.bank()
    jia = cast.register("jia", "wang")
    own = cast.actor("wang", "jia")
    cast.office.run(correct_organisation, corrected(jia, "jia有限公司"), own)
    cast.office.run(correct_organisation, corrected(jia, "jia有限公司"), own)
    cast.confirm("jia", "wang", bank)
    with pytest.raises(Refusal, match="name-confirmed"):
        cast.office.run(correct_organisation, corrected(jia, "新名"), own)
    cast.office.run(correct_organisation, corrected(jia, "jia有限公司"), own)
    with Session(engine) as session:
        facts = organisation(session, jia)
    assert (facts.name_en, facts.sme_class) == ("Jia Works", SmeClass.MEDIUM)


def test_nobody_corrects_another_organisation(engine: Engine) -> None:
    cast = make_cast(engine)
    jia = cast.register("jia", "wang")
    cast.register("yi", "lili")
    with pytest.raises(NotFound):
        cast.office.run(correct_organisation, corrected(jia, "x"), cast.actor("lili", "yi"))


def test_holdings_are_followed_upwards_and_rings_end(engine: Engine) -> None:
    cast = make_cast(engine)
    keys = {name: cast.register(name, f"{name}wang") for name in ("jia", "yi", "bing")}

    def hold(held: str, holder: str, share: int, *, controls: bool = False) -> None:
        shares = (
            Share(ControllerKind.ORGANISATION, holder, share, controls, uscc=cast.usccs[holder]),
        )
        command = CorrectOrganisation(
            keys[held],
            f"{held}有限公司",
            held,
            SmeClass.SMALL,
            "x",
            digest(held.encode()),
            shares,
        )
        cast.office.run(correct_organisation, command, cast.actor(f"{held}wang", held))

    hold("jia", "yi", 5_000)
    hold("yi", "bing", 0, controls=True)
    hold("bing", "jia", 5_000)
    on = (cast.now + timedelta(days=1)).date()
    with Session(engine) as session:
        known = {name: interests(session, key, on) for name, key in keys.items()}
    everyone = {f"uscc:{cast.usccs[name]}" for name in keys}
    assert known["jia"].controllers == everyone
    assert relation(known["jia"], known["bing"]) is Relation.HOLDING
    hold("jia", "yi", 4_999)
    with Session(engine) as session:
        assert interests(session, keys["jia"], on).controllers == frozenset()
