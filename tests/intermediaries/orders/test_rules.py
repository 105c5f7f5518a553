"""States of orders, facts as they are kept, limits and the contract: the pure part."""

from collections.abc import Iterator
from dataclasses import fields, replace
from datetime import timedelta

import pytest

from intermediaries.orders.rules import recorded
from intermediaries.orders.rules.contract import (
    Promised,
    Terms,
    refuse_unless_listed,
    refuse_unless_signed,
)
from intermediaries.orders.rules.dates import agency_signs_until, dates_of
from intermediaries.orders.rules.states import Side
from intermediaries.rulebook.clock import events
from intermediaries.rulebook.clock.events import Event, Outcome, PauseCode
from intermediaries.rulebook.clock.parties import Party
from market.kernel.errors import BadInput, MarketError, Refusal
from market.kernel.money import Money
from market.protocol.encoding import canonical
from market.protocol.signing import new_key, public_bytes, signed
from tests.support.approval_cast import CALENDAR, at

ORDERS = {
    ("awarded", "confirm"): "contracting",
    ("awarded", "pass-on"): "awarded",
    ("awarded", "fail"): "failed",
    ("contracting", "pass-on"): "awarded",
    ("contracting", "fail"): "failed",
    ("contracting", "commence"): "serving",
    ("serving", "submit"): "submitted",
    ("serving", "complete"): "completed",
    ("submitted", "complete"): "completed",
    ("serving", "terminate"): "terminated",
    ("submitted", "terminate"): "terminated",
    ("submitted", "turn-away"): "terminated",
    ("completed", "rate"): "rated",
    ("rated", "file"): "closed",
}
RESULT_OBJECTIONS = {
    ("open", "dismiss"): "dismissed",
    ("open", "uphold"): "upheld",
    ("open", "settle"): "settled",
}
RESULT_COMPLAINTS = {
    ("open", "hold"): "held",
    ("open", "dismiss"): "dismissed",
    ("open", "uphold"): "upheld",
    ("open", "withdraw"): "withdrawn",
    ("open", "settle"): "settled",
    ("held", "dismiss"): "dismissed",
    ("held", "uphold"): "upheld",
    ("held", "withdraw"): "withdrawn",
    ("held", "settle"): "settled",
}
ASKED_PAUSES = {("asked", "approve"): "approved", ("asked", "decline"): "declined"}
RECTIFICATIONS = {("open", "report"): "reported"}
SUPPLEMENTS = {
    ("offered", "conclude"): "in-force",
    ("offered", "withdraw"): "withdrawn",
    ("offered", "decline"): "declined",
}

TERMS = Terms(
    order="ZJ-2026-000123",
    place=0,
    owner="91371400000000001A",
    owner_name="某局",
    agency="91371400000000002B",
    agency_name="某测绘公司",
    item="IC11-001",
    title="竣工测绘",
    scope=("测绘报告",),
    price=Money.from_yuan("88000"),
    working_days=10,
    inputs=("竣工图",),
    clauses="按模板",
)


def kept() -> Iterator[Event]:
    """One fact of every kind, with what each can hold."""
    now, hour = at("11-02 09:00"), timedelta(hours=1)
    issue = events.Issue("坐标系统", events.Origin.UNSOLVED)
    missing = events.CorrectionItem("附图", Party.AGENCY, already_supplied=True)
    said: dict[type[Event], tuple[object, ...]] = {
        events.Committed: (("图",), hour, 2 * hour, timedelta(microseconds=7)),
        events.InputsDelivered: (("图",),),
        events.InputsObjected: (("图", "表"),),
        events.OwnerAsked: (("图",), True),
        events.OwnerAnswered: (("图",),),
        events.DraftReturned: ("不合格",),
        events.ChangeOrdered: ("加一层",),
        events.CorrectionNotified: ((missing,),),
        events.CorrectionSupplied: (("附图",),),
        events.ExpertsInvited: ((events.ExpertCall("专家1"), events.ExpertCall("专家2", hour)),),
        events.ExpertSigned: ("专家1",),
        events.OpinionIssued: ((issue,),),
        events.Decided: (Outcome.REFUSED,),
        events.Terminated: ("解除",),
        events.DecisionReturned: (Party.DEPARTMENT, "程序"),
        events.PauseApproved: (PauseCode.HEARING, "证据"),
        events.ExtensionAsked: (hour, "暴雨"),
        events.Objected: (3, Party.OWNER, "不实"),
        events.Ruled: ("4", None, "维持"),
    }
    for kind in recorded.KINDS.values():
        yield kind("1", now, *said.get(kind, ()))
    yield events.Ruled("1", now, "4", Party.EXPERT, "改计")


@pytest.mark.parametrize("event", list(kept()), ids=lambda one: type(one).__name__)
def test_every_fact_is_read_back_as_it_was_kept(event: Event) -> None:
    said = recorded.write(event)
    canonical(said)  # plain structure: nothing that a column could round
    assert recorded.read(recorded.kind_of(event), event.id, event.at, said) == event


def test_no_kind_of_fact_is_left_out() -> None:
    wanted = {
        one
        for one in vars(events).values()
        if isinstance(one, type) and issubclass(one, Event) and one is not Event
    }
    assert set(recorded.KINDS.values()) == wanted


def test_limits_of_a_result_end_with_their_last_working_day() -> None:
    friday = dates_of(at("10-23 16:00"), CALENDAR, fiscal=True)
    assert friday.objections_end == at("10-27 00:00")
    assert friday.confirm_until == at("10-28 00:00")
    assert friday.sign_until == at("10-31 00:00")
    assert dates_of(at("10-23 16:00"), CALENDAR, fiscal=False).objections_end is None


def test_an_agency_has_a_working_day_for_a_contract_however_late_it_is_ready() -> None:
    sign = at("10-31 00:00")
    assert agency_signs_until(sign, at("10-26 09:00"), CALENDAR) == sign
    assert agency_signs_until(sign, at("10-30 17:59"), CALENDAR) == at("11-03 00:00")


@pytest.mark.parametrize("inputs", [("图", "图"), (" ",), ("长" * 201,), ("图",) * 51])
def test_a_list_of_inputs_names_each_once(inputs: tuple[str, ...]) -> None:
    with pytest.raises(BadInput, match="inputs-malformed"):
        refuse_unless_listed(inputs)


def test_an_empty_list_of_inputs_is_a_list() -> None:
    refuse_unless_listed(())


def test_every_term_is_signed_and_the_side_too() -> None:
    key = new_key()
    raw = canonical(signed(TERMS.statement(Side.OWNER), key))
    refuse_unless_signed(raw, TERMS, Side.OWNER, public_bytes(key))
    changes: dict[str, object] = {
        "place": 1,
        "price": Money(1),
        "working_days": 11,
        "inputs": (),
        "scope": ("另一成果",),
        "promised": Promised(bytes(32), "范本", "", "一次付清", 30),
    }
    for one in fields(Terms):
        other = replace(TERMS, **{one.name: changes.get(one.name, "另")})
        with pytest.raises(Refusal, match="other-contract"):
            refuse_unless_signed(raw, other, Side.OWNER, public_bytes(key))
        assert other.hash != TERMS.hash
    with pytest.raises(Refusal, match="other-contract"):
        refuse_unless_signed(raw, TERMS, Side.AGENCY, public_bytes(key))
    with pytest.raises(MarketError, match="bad-signature"):
        refuse_unless_signed(raw, TERMS, Side.OWNER, public_bytes(new_key()))


@pytest.mark.parametrize("raw", [b"", b"[]", b"{}", b"\xff", b"{" * 9, b"x" * 70_000])
def test_what_is_no_statement_is_refused(raw: bytes) -> None:
    with pytest.raises(MarketError):
        refuse_unless_signed(raw, TERMS, Side.OWNER, public_bytes(new_key()))
