"""From the opening record to the winner, by real commands."""

from datetime import timedelta

import pytest
from sqlalchemy import Engine, select, update
from sqlalchemy.orm import Session

from bidding.evaluation.commands.checking import CheckQualification, Fault, check_qualification
from bidding.evaluation.commands.determining import (
    DetermineWinner,
    deem_determined,
    determine_winner,
    undetermined,
)
from bidding.evaluation.commands.low_prices import NameEvaluation
from bidding.evaluation.commands.reporting import (
    SignReport,
    call_signatures,
    deem_signed,
    overdue_signatures,
    sign_report,
)
from bidding.evaluation.commands.starting import numbers_json, seat_panel
from bidding.evaluation.queries import result
from bidding.evaluation.rules.reasons import RejectionCause
from bidding.evaluation.rules.signing import Signature
from bidding.evaluation.rules.states import EvaluationState as S
from bidding.panels.model import Panel
from bidding.tenders.rules import TenderState
from market.command import HOUSE
from market.protocol.encoding import parse, unb64u
from market.protocol.entries import check_commitment
from tests.bidding.evaluation.cast import Hall, make_hall


def test_three_bids_are_scored_ranked_reported_and_the_first_wins(hall: Hall) -> None:
    hall.to_winner()
    found = hall.ask(result, hall.no)
    assert [line.uscc for line in found.ranking] == [hall.usccs[one] for one in "CBA"]
    # The worked example: B's price after 15 % off is the base; C wins by its plan.
    assert [(str(x.total), str(x.price)) for x in found.ranking] == [
        ("86.85", "21.25"),
        ("86.40", "30.00"),
        ("84.33", "28.33"),
    ]
    assert found.winner.uscc == hall.usccs["C"]
    assert found.winner.offer.fen == 240_000_000
    assert hall.house.facts(hall.no).state is TenderState.DETERMINED
    assert hall.state is S.DETERMINED


def test_table_numbers_are_committed_before_anybody_scores_and_opened_with_the_lock(
    hall: Hall,
) -> None:
    locks = [act for act in hall.acts() if act["kind"] == "score-lock"]
    assert [set(act) - {"kind"} for act in locks] == [{"type", "suite", "tender", "commitment"}]
    hall.to_scoring()
    hall.lock_all()
    first, second = [act for act in hall.acts() if act["kind"] == "score-lock"]
    check_commitment(unb64u(first["commitment"]), unb64u(second["numbers_salt"]), second["numbers"])
    assert second["numbers"]["numbers"] == {hall.number(x): hall.usccs[x] for x in "ABC"}
    assert len(second["sheets"]) == 5
    # Nobody tries points against what stands there: each sheet has a salt of its own.
    digests = {hall.view(member).sheet.digest for member in hall.panel}
    assert not digests & {unb64u(one["commitment"]) for one in second["sheets"]}


def test_another_number_for_a_bid_does_not_open_the_commitment(hall: Hall) -> None:
    hall.to_scoring()
    hall.lock_all()
    first, second = [act for act in hall.acts() if act["kind"] == "score-lock"]
    swapped = {hall.number("A"): hall.usccs["B"], hall.number("B"): hall.usccs["A"]}
    changed = {**second["numbers"], "numbers": {**second["numbers"]["numbers"], **swapped}}
    with pytest.raises(Exception, match="wrong-commitment"):
        check_commitment(unb64u(first["commitment"]), unb64u(second["numbers_salt"]), changed)
    assert numbers_json(hall.no, [])["numbers"] == {}


def test_nothing_begins_before_the_panel_has_come(engine: Engine) -> None:
    hall = make_hall(engine, seated=False)
    assert hall.state is S.SIGNING_IN
    assert hall.refused(check_qualification, CheckQualification(hall.no)) == "wrong-stage"
    assert hall.house.facts(hall.no).state is TenderState.OPENED
    with Session(engine) as session, session.begin():
        session.execute(update(Panel).values(state="seated", seated_at=hall.clock.at))
        panel = session.scalars(select(Panel.id)).one()
    hall.run(seat_panel, panel, HOUSE)
    hall.run(seat_panel, panel, HOUSE)
    assert hall.state is S.QUALIFICATION
    assert hall.house.facts(hall.no).state is TenderState.EVALUATING


def test_two_qualified_bidders_are_too_few_and_the_tender_is_cancelled(hall: Hall) -> None:
    fault = Fault(hall.number("A"), RejectionCause.QUALIFICATION, "招标文件第二章 1.3")
    hall.qualify(fault)
    facts = hall.house.facts(hall.no)
    assert (hall.state, facts.state) == (S.CANCELLED, TenderState.CANCELLED)
    assert facts.ending.cause == "few_qualified"
    assert "2" in facts.ending.en


def test_a_price_above_the_ceiling_falls_out_and_the_ceiling_itself_stays(engine: Engine) -> None:
    prices = {"A": "3200000", "B": "3200000.01", "C": "3100000", "D": "3000000"}
    hall = make_hall(engine, prices)
    hall.qualify()
    left = {offer.number for offer in hall.view(hall.panel[0]).offers}
    assert left == {hall.number(one) for one in "ACD"}


def test_a_cause_of_the_panel_is_not_the_purchasers_to_find(hall: Hall) -> None:
    fault = Fault(hall.number("A"), RejectionCause.NOT_RESPONSIVE, "1.3")
    assert hall.refused(check_qualification, CheckQualification(hall.no, (fault,))) == (
        "cause-not-yours"
    )
    bare = Fault(hall.number("A"), RejectionCause.QUALIFICATION, " ")
    assert hall.refused(check_qualification, CheckQualification(hall.no, (bare,))) == (
        "clause-missing"
    )


def test_silence_agrees_after_the_limit_and_not_at_it(hall: Hall) -> None:
    hall.to_ranking()
    hall.run(call_signatures, NameEvaluation(hall.no), hall.panel[0])
    report = hall.opened().report
    hall.run(sign_report, SignReport(hall.no, report.hash, "B 的实施方案被低估"), hall.panel[0])
    hall.run(sign_report, SignReport(hall.no, report.hash), hall.panel[1])
    hall.clock.at = report.until
    assert hall.ask(overdue_signatures, hall.clock.at, 9) == []
    hall.run(sign_report, SignReport(hall.no, report.hash), hall.panel[2])
    hall.clock.at += timedelta(microseconds=1)
    assert hall.refused(sign_report, SignReport(hall.no, report.hash), hall.panel[3]) == (
        "signing-over"
    )
    (due,) = hall.ask(overdue_signatures, hall.clock.at, 9)
    hall.run(deem_signed, due, HOUSE)
    hall.run(deem_signed, due, HOUSE)
    assert hall.state is S.REPORTED
    said = [state for _, state, _ in hall.opened().report.signatures]
    assert sorted(said) == sorted(
        [Signature.DISSENTED, *[Signature.SIGNED] * 2, *[Signature.DEEMED] * 2]
    )
    assert [words for _, _, words in hall.opened().report.signatures if words] == [
        "B 的实施方案被低估"
    ]


def test_a_dissent_needs_words_and_a_signature_the_report_that_was_read(hall: Hall) -> None:
    hall.to_ranking()
    hall.run(call_signatures, NameEvaluation(hall.no), hall.panel[0])
    report = hall.opened().report
    empty = SignReport(hall.no, report.hash, "  ")
    assert hall.refused(sign_report, empty, hall.panel[0]) == "dissent-empty"
    other = SignReport(hall.no, b"x" * 32)
    assert hall.refused(sign_report, other, hall.panel[0]) == "report-changed"
    assert report.pdf.startswith(b"%PDF")
    assert parse(report.raw)["ranking"][0]["uscc"] == hall.usccs["C"]


def test_the_purchaser_takes_the_first_and_nobody_else(hall: Hall) -> None:
    hall.to_report()
    second = DetermineWinner(hall.no, hall.number("B"))
    assert hall.refused(determine_winner, second) == "not-in-order"
    first = DetermineWinner(hall.no, hall.number("C"))
    assert hall.refused(determine_winner, first, hall.house.stranger) == "no-evaluation"
    hall.run(determine_winner, first)
    assert hall.refused(determine_winner, first) == "illegal-move"


def test_a_silent_purchaser_has_the_first_determined_by_rule_after_five_working_days(
    hall: Hall,
) -> None:
    hall.to_report()
    until = hall.opened().determine_until
    hall.clock.at = until
    assert hall.ask(undetermined, hall.clock.at, 9) == []
    hall.clock.at = until + timedelta(microseconds=1)
    (due,) = hall.ask(undetermined, hall.clock.at, 9)
    hall.run(deem_determined, due, HOUSE)
    hall.run(deem_determined, due, HOUSE)
    assert hall.ask(result, hall.no).winner.uscc == hall.usccs["C"]
    assert hall.house.facts(hall.no).state is TenderState.DETERMINED
