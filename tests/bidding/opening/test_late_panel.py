"""A tender opened without a panel gets one: its evaluation waits until its numbers are drawn."""

import secrets
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from bidding.evaluation.model import EvaluatedBid, Evaluation
from bidding.evaluation.rules.states import EvaluationState
from bidding.opening.model import ListedBid
from bidding.opening.numbers import numbers_awaited, start_numbers, take_numbers
from bidding.panels.commands.attending import SignInRepresentative, sign_in_representative
from bidding.panels.desk import LATE
from bidding.panels.desk import desk as panel_desk
from bidding.panels.model import Panel
from bidding.tenders import commands as course
from bidding.tenders.rules import TenderState
from market.accounts.queries.organisations import ids_by_uscc
from market.command import HOUSE
from market.draws import queries as draws
from market.draws.commands.parties import Give, commit_nonce, give_consent, reveal_nonce
from market.draws.model import DrawShutOut
from market.experts.feature import write_library
from market.experts.rules.relations import RecusalFacts
from market.kernel.errors import Refusal
from market.protocol.draws import BY_PARTY, SKIPS, make_commit, make_consent, make_reveal
from market.protocol.encoding import canonical
from tests.bidding.panels.cast import EXPERTS, PanelCast, employed
from tests.support.bidding_cast import House
from tests.support.strangers import strangers, whole_host

FREE = 20
"""Experts of the register who never worked for a bidder, where the others did."""
SINCE = datetime.fromisoformat("2025-06-01T00:00:00+08:00").date()


@dataclass
class LatePanel(PanelCast):
    """The panel of a house of bids; its journal is the house's."""

    house: House = field(kw_only=True)

    def witness(self) -> None:
        self.house.tick()


def opened(house: House, *declared: tuple[int, RecusalFacts]) -> LatePanel:
    """All bids open, no panel, and a register with its root of the day."""
    house.close()
    house.open_all()
    made = LatePanel(house.tenders, house.no, house.engine, house.folder, house=house)
    key = made.settings.keys / "personal.1.key"
    if not key.exists():
        key.write_bytes(b"k" * 32)
        key.chmod(0o600)
    for name, officer in (("supervisor", 1), ("notary", 3), ("owner", 0)):
        made.keys[name] = house.signers[name]
        made.parties[name] = house.officers[officer].actor
    made.enter(*declared)
    assert write_library(made.office, made.settings) == 1
    house.tick()
    return made


def evaluation_at(panel: LatePanel) -> datetime:
    return panel.clock.at + timedelta(days=1)


def begun(panel: LatePanel) -> datetime:
    """Its draw begun, for tomorrow; when the evaluation is to be."""
    at = evaluation_at(panel)
    panel.start(evaluation_at=at)
    panel.house.tick()
    return at


def seat(panel: LatePanel, at: datetime) -> None:
    """Drawn, called, confirmed; then everybody comes."""
    panel.draw()
    panel.confirm_all()
    panel.clock.at = at - timedelta(hours=1)
    panel.sign_all_in()
    command = SignInRepresentative(panel.no, declares=True)
    panel.office.run(sign_in_representative, command, panel.tenders.clerk)


def draw_numbers(panel: LatePanel) -> None:
    """The dark numbers, drawn by the panel's parties."""
    no = f"{panel.no}.dark-numbers"
    freeze = panel.ask(draws.facts, no).freeze
    nonces = {party: secrets.token_bytes(32) for party in panel.keys}
    for party, key in sorted(panel.keys.items()):
        value = make_commit(freeze, 1, party, bytes(32), nonces[party], "client", key)
        panel.office.run(commit_nonce, Give(no, canonical(value), 1), panel.parties[party])
    panel.house.tick()
    for party in sorted(panel.keys):
        value = make_reveal(no, 1, party, nonces[party], BY_PARTY)
        panel.office.run(reveal_nonce, Give(no, canonical(value), 1), panel.parties[party])


def start(panel: LatePanel) -> int:
    done = start_numbers(panel.office, panel.settings)
    panel.house.tick()
    return done


def evaluations(panel: LatePanel) -> list[Evaluation]:
    return panel.ask(lambda session: list(session.scalars(select(Evaluation)).all()))


def numbers(panel: LatePanel) -> tuple[dict[str, int], dict[str, int]]:
    """By bidder: the number drawn for its bid, and that of the panel's table."""

    def read(session):
        drawn = session.execute(select(ListedBid.uscc, ListedBid.number)).all()
        table = session.execute(select(EvaluatedBid.uscc, EvaluatedBid.number)).all()
        return dict(tuple(row) for row in drawn), {uscc: int(no) for uscc, no in table}

    return panel.ask(read)


def state(panel: LatePanel) -> TenderState:
    return panel.tenders.facts(panel.no).state


def test_bids_opened_without_a_panel_wait_for_one_and_for_its_numbers(sealed: House) -> None:
    panel = opened(sealed)
    assert (state(panel), evaluations(panel), start(panel)) == (TenderState.OPENED, [], 0)
    seat(panel, begun(panel))
    # The panel has come; nobody of it is shown a bid before the numbers are drawn.
    assert panel.ask(numbers_awaited, panel.no)
    assert (state(panel), evaluations(panel)) == (TenderState.OPENED, [])
    assert [start(panel), start(panel)] == [1, 0]
    assert take_numbers(panel.office, panel.settings) == 0
    draw_numbers(panel)
    assert [take_numbers(panel.office, panel.settings) for _ in range(2)] == [1, 0]
    drawn, table = numbers(panel)
    assert drawn == table
    assert sorted(drawn.values()) == [1, 2, 3]
    (row,) = evaluations(panel)
    assert (row.state, state(panel)) == (EvaluationState.QUALIFICATION, TenderState.EVALUATING)


def test_numbers_drawn_before_the_panel_comes_open_the_table_and_it_sits_down_later(
    sealed: House,
) -> None:
    panel = opened(sealed)
    at = begun(panel)
    assert start(panel) == 1
    draw_numbers(panel)
    assert take_numbers(panel.office, panel.settings) == 1
    (row,) = evaluations(panel)
    assert (row.state, state(panel)) == (EvaluationState.SIGNING_IN, TenderState.OPENED)
    seat(panel, at)
    (row,) = evaluations(panel)
    assert (row.state, state(panel)) == (EvaluationState.QUALIFICATION, TenderState.EVALUATING)


def test_whoever_worked_for_a_known_bidder_is_replaced_as_soon_as_called(sealed: House) -> None:
    firm = sealed.bidders["a"].uscc
    tied = [(n, employed(n, firm, SINCE, None)) for n in range(FREE, EXPERTS)]
    panel = opened(sealed, *tied)
    panel.start(evaluation_at=evaluation_at(panel))
    with panel.office.sessions() as session:
        row = session.scalars(select(Panel)).one()
        assert row.bidders == sorted(sealed.bidders[name].uscc for name in "abc")
        assert row.rechecked_at is not None
    sealed.tick()
    panel.draw()
    # More are passed over than there are seats: the supervisor says that this is in order.
    freeze = panel.ask(draws.facts, panel.draw_no).freeze
    value = make_consent(
        freeze,
        SKIPS,
        "信息系统",
        EXPERTS,
        "supervisor",
        panel.clock.now(),
        panel.keys["supervisor"],
    )
    panel.give(give_consent, "supervisor", value)
    panel.confirm_all()
    seated = {one.expert for one in panel.members()}
    assert len(seated) == panel.counts().confirmed == 4
    assert seated <= {f"E{number:04d}" for number in range(FREE)}


def test_no_panel_is_begun_once_the_evaluation_runs_or_the_tender_has_ended(
    sealed: House,
) -> None:
    panel = opened(sealed)
    at = evaluation_at(panel)
    panel.tenders.run(course.begin_evaluation, panel.no, HOUSE)
    with pytest.raises(Refusal, match="wrong-state"):
        panel.start(evaluation_at=at)


def test_a_second_late_panel_is_refused_and_an_evaluation_in_the_past_too(sealed: House) -> None:
    panel = opened(sealed)
    with pytest.raises(Refusal, match="draw-too-late"):
        panel.start(evaluation_at=panel.clock.at + timedelta(minutes=5))
    begun(panel)
    with pytest.raises(Refusal, match="panel-started"):
        panel.start(evaluation_at=evaluation_at(panel))


def test_owner_and_agent_are_asked_for_it_and_led_to_it_and_nobody_else(
    sealed: House, redis_url: str
) -> None:
    panel = opened(sealed)
    people = {"clerk": panel.tenders.clerk, **strangers(panel.tenders.cast)}
    app = whole_host(replace(sealed.settings, redis_url=redis_url), panel.office, people)

    def asked(who: str) -> list[tuple[str, str]]:
        with app.test_request_context():
            found = panel.ask(panel_desk, people[who], panel.clock.now())
        return [(one.zh, one.url) for one in found]

    new = f"/desk/tenders/{panel.no}/panel/new"
    assert asked("clerk") == [(LATE[0], new)]
    assert [asked(who) for who in ("other-owner", "other-agent")] == [[], []]

    def get(who: str, path: str):
        client = app.test_client()
        client.set_cookie("who", who)
        return client.get(path, buffered=True)

    own = f"/desk/tenders/{panel.no}"
    assert get("clerk", f"{own}/panel").location == new
    assert "开标时尚无评审小组" in get("clerk", new).text
    waits = get("clerk", f"{own}/evaluation")
    assert (waits.status_code, f"{own}/panel" in waits.text) == (200, True)
    for who in ("other-owner", "other-agent"):
        for path in (f"{own}/panel", new, f"{own}/evaluation"):
            assert get(who, path).status_code == 404, (who, path)
    begun(panel)
    assert LATE[0] not in [words for words, _ in asked("clerk")]
    assert get("clerk", f"{own}/panel").status_code == 200
    begun_page = get("clerk", new)
    assert begun_page.status_code == 200
    assert 'name="strata"' not in begun_page.text


def audits(panel: LatePanel) -> str:
    """The code of the refusal of the notary's audit, or "taken"."""
    try:
        panel.hold_good()
    except Refusal as refused:
        return refused.code
    return "taken"


def test_the_draw_of_a_late_panel_is_held_until_the_bidders_are_shut_out_of_it(
    sealed: House,
) -> None:
    panel = opened(sealed)
    house = panel.tenders.cast.house
    heard = house.office.listeners
    unheard = tuple(one for one in heard if one.name != "panels.late-recusal")
    assert len(unheard) == len(heard) - 1
    house.office = replace(house.office, listeners=unheard)
    begun(panel)
    assert audits(panel) == "draw-held"
    panel.check(*(sealed.bidders[name].uscc for name in "abc"))
    assert audits(panel) == "taken"


def test_a_late_panels_draw_shuts_out_every_bidder_of_this_tender_at_once(sealed: House) -> None:
    panel = opened(sealed)
    begun(panel)
    known = panel.ask(ids_by_uscc, [sealed.bidders[name].uscc for name in "abc"])
    shut = panel.ask(lambda session: set(session.scalars(select(DrawShutOut.organisation))))
    assert shut == set(known.values())
    assert len(shut) == 3
    assert audits(panel) == "taken"
