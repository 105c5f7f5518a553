"""A challenge that is right: what waits, what settles it, who is told (Order 94, article 16)."""

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from bidding.complaints.commands import (
    AnswerChallenge,
    FileChallenge,
    NameChallenge,
    answer_challenge,
    file_challenge,
    withdraw_challenge,
)
from bidding.complaints.complaining import FileComplaint, file_complaint
from bidding.complaints.feature import LISTENERS
from bidding.complaints.queries import challenges, supervised, upheld_challenges
from bidding.complaints.remedying import RecordRemedy, follow_end, follow_lapse, record_remedy
from bidding.complaints.rules import ChallengeState, Finding, Remedy, Stage
from bidding.contracts.commands import (
    PublishResult,
    RecordContract,
    publish_result,
    record_contract,
)
from bidding.contracts.feature import LISTENERS as AWARDS
from bidding.contracts.lapsing import RecordLapse, record_lapse
from bidding.contracts.model import Award
from bidding.contracts.queries import holds, lapses, upheld
from bidding.contracts.rules import Further, LapseCause
from bidding.tenders import commands as course
from bidding.tenders.rules import TenderState
from market.command import HOUSE
from market.files.commands import KeepDocument
from market.files.media import MediaType
from market.files.store import Stored
from market.journal.model import TrailLine
from market.kernel.errors import Refusal
from market.kernel.money import Money
from market.kernel.workdays import legal_day
from market.protocol.encoding import b64u, digest
from tests.bidding.evaluation.cast import Hall, make_hall
from tests.support.reachable import letters, reachable

WORDS = ("评分有误，请求复核", "见评分明细", "政府采购法第五十二条")


@pytest.fixture
def scored(engine) -> Hall:
    """The winner is determined, nothing is published."""
    made = make_hall(engine, listeners=(*AWARDS, *LISTENERS))
    reachable(made.house.cast, "supa", "supb", "supc")
    made.to_winner()
    return made


@pytest.fixture
def hall(scored: Hall) -> Hall:
    publish(scored)
    return scored


def publish(hall: Hall) -> None:
    hall.run(publish_result, PublishResult(hall.no, hall.house.cast.vault))


def tender(hall: Hall) -> UUID:
    return hall.house.facts(hall.no).id


def filed(hall: Hall, letter: str = "B", stage: Stage = Stage.RESULT, *, change=False) -> str:
    command = FileChallenge(hall.no, stage, *WORDS, change)
    return hall.run(file_challenge, command, hall.bidders[letter])["no"]


def answered(hall: Hall, number: str, finding: Finding = Finding.UPHELD_WITH_EFFECT) -> None:
    hall.clock.at += timedelta(hours=1)
    hall.run(answer_challenge, AnswerChallenge(number, "经复核，评分计算有误", finding))


def right(hall: Hall, letter: str = "B", stage: Stage = Stage.RESULT) -> str:
    number = filed(hall, letter, stage)
    answered(hall, number)
    return number


def lapse(hall: Hall, further: Further = Further.NEXT) -> RecordLapse:
    stored = Stored(digest(b"answer"), 1000, MediaType.PDF)
    kept = KeepDocument(stored, "质疑答复书.pdf", hall.clerk.organisation)
    cause = LapseCause.CHALLENGE_UPHELD
    return RecordLapse(hall.no, cause, "质疑成立，影响结果", kept, further)


def contract(hall: Hall) -> RecordContract:
    stored = Stored(digest(b"contract"), 1000, MediaType.PDF)
    kept = KeepDocument(stored, "合同.pdf", hall.clerk.organisation)
    return RecordContract(hall.no, Money.from_yuan("2400000"), legal_day(hall.clock.at), kept)


def one(hall: Hall, number: str):
    return next(line for line in hall.ask(challenges, tender(hall)) if line.no == number)


@pytest.mark.parametrize("finding", [Finding.NOT_UPHELD, Finding.UPHELD_WITHOUT_EFFECT])
def test_without_effect_the_procurement_goes_on(hall: Hall, finding: Finding) -> None:
    number = filed(hall, change=True)
    assert hall.ask(holds, tender(hall)) == [number]
    answered(hall, number, finding)
    assert hall.ask(holds, tender(hall)) == []
    known = one(hall, number)
    assert (known.state, known.finding) == (ChallengeState.ANSWERED, finding)
    assert hall.refused(record_lapse, lapse(hall)) == "nothing-upheld"
    assert hall.refused(record_remedy, RecordRemedy(number, "已更正")) == "illegal-move"
    hall.run(record_contract, contract(hall))


@pytest.mark.parametrize("change", [True, False])
def test_with_effect_the_contract_is_held_until_the_award_has_lapsed(
    hall: Hall, change: bool
) -> None:
    number = filed(hall, change=change)
    answered(hall, number)
    assert hall.ask(holds, tender(hall)) == hall.ask(upheld, tender(hall)) == [number]
    assert hall.refused(record_contract, contract(hall)) == "contract-held"
    assert hall.refused(record_remedy, RecordRemedy(number, "已重新计算")) == "award-stands"
    assert [line.no for line in hall.ask(upheld_challenges)] == [number]
    hall.run(record_lapse, lapse(hall))
    assert hall.ask(holds, tender(hall)) == []
    known = one(hall, number)
    assert (known.state, known.remedy) == (ChallengeState.REMEDIED, Remedy.ANOTHER_WINNER)
    assert hall.ask(upheld_challenges) == []
    publish(hall)
    (fallen,) = hall.ask(lapses, hall.no)
    assert fallen.cause is LapseCause.CHALLENGE_UPHELD
    # The next winner's contract is free.
    assert hall.refused(record_contract, contract(hall)) == "amount-differs"


def test_a_new_start_settles_every_challenge_that_was_right(hall: Hall) -> None:
    first, second = right(hall, "B"), right(hall, "A", Stage.PROCESS)
    hall.run(record_lapse, lapse(hall, Further.RESTART))
    assert hall.house.facts(hall.no).state is TenderState.CANCELLED
    assert {one(hall, no).remedy for no in (first, second)} == {Remedy.RESTARTED}
    assert hall.ask(holds, tender(hall)) == []


def documents(hall: Hall) -> str:
    """A challenge of the documents that was filed in its window and is answered now."""
    late, hall.clock.at = hall.clock.at, hall.house.facts(hall.no).published_at
    number = filed(hall, "B", Stage.DOCUMENTS)
    hall.clock.at = late
    answered(hall, number)
    return number


def test_another_winner_does_not_put_the_documents_right(hall: Hall) -> None:
    number = documents(hall)
    hall.run(record_lapse, lapse(hall))
    assert one(hall, number).state is ChallengeState.UPHELD
    assert hall.ask(upheld, tender(hall)) == [number]
    hall.clock.at += timedelta(days=1)
    publish(hall)
    assert hall.refused(record_contract, contract(hall)) == "contract-held"
    # This result rests on the documents as they are put right, or it falls in its turn.
    hall.run(record_remedy, RecordRemedy(number, "经论证，修改不影响评审结果"))
    assert hall.ask(holds, tender(hall)) == []


def test_a_new_start_puts_the_documents_right(hall: Hall) -> None:
    number = documents(hall)
    hall.run(record_lapse, lapse(hall, Further.RESTART))
    assert one(hall, number).remedy is Remedy.RESTARTED


def test_before_an_award_the_purchaser_records_what_was_done(scored: Hall) -> None:
    number = right(scored, "A", Stage.PROCESS)
    assert scored.ask(holds, tender(scored)) == [number]
    words = "评审委员会已复核，更正开标一览表"
    for wrong in ("", "  ", "字" * 20_001):
        assert scored.refused(record_remedy, RecordRemedy(number, wrong)) == "no-words"
    command = RecordRemedy(number, words)
    for stranger in (scored.house.stranger, scored.bidders["A"]):
        assert scored.refused(record_remedy, command, stranger) in {"not-found", "not-allowed"}
    scored.run(record_remedy, command)
    assert scored.ask(holds, tender(scored)) == []
    known = one(scored, number)
    assert (known.state, known.remedy) == (ChallengeState.REMEDIED, Remedy.WRITTEN)
    assert known.remedy_words == words
    assert scored.refused(record_remedy, command) == "illegal-move"
    with Session(scored.engine) as session:
        said = [move for line in session.scalars(select(TrailLine)) for move in line.moves]
    (noted,) = [move for move in said if move.get("what") == "challenge.remedy-recorded"]
    assert noted["words"] == b64u(digest(words.encode()))
    assert words not in str(said)


def test_a_result_of_after_the_answer_needs_no_lapse_but_the_words(scored: Hall) -> None:
    number = right(scored, "A", Stage.PROCESS)
    scored.clock.at += timedelta(days=1)
    publish(scored)
    assert scored.refused(record_contract, contract(scored)) == "contract-held"
    scored.run(record_remedy, RecordRemedy(number, "已复核并更正"))
    scored.run(record_contract, contract(scored))


def test_a_tender_that_ended_has_nothing_left_to_put_right(hall: Hall) -> None:
    number = filed(hall)
    ending = course.EndTender(hall.no, "violation", "影响公正", "Unfair")
    hall.run(course.cancel, ending, HOUSE)
    answered(hall, number)
    assert (one(hall, number).remedy, hall.ask(holds, tender(hall))) == (Remedy.RESTARTED, [])


def test_told_twice_what_follows_changes_nothing(hall: Hall) -> None:
    number = right(hall)
    hall.run(record_lapse, lapse(hall))
    with Session(hall.engine) as session:
        award = session.scalars(select(Award.id).where(Award.tender == tender(hall))).one()
    before = (one(hall, number), letters(hall.engine))
    hall.run(follow_lapse, award, HOUSE)
    hall.run(follow_end, tender(hall), HOUSE)
    assert (one(hall, number), letters(hall.engine)) == before


def test_an_answer_is_given_once_and_not_taken_back(hall: Hall) -> None:
    number = right(hall)
    again = AnswerChallenge(number, "不成立", Finding.NOT_UPHELD)
    assert hall.refused(answer_challenge, again) == "illegal-move"
    withdrawn = NameChallenge(number)
    assert hall.refused(withdraw_challenge, withdrawn, hall.bidders["B"]) == "illegal-move"
    # Whoever was right may still complain about what it was answered.
    complaint = FileComplaint(number, "未处理", "见附件", "第五十五条")
    hall.run(file_complaint, complaint, hall.bidders["B"])


def test_challenger_and_bidders_have_the_answer_and_what_followed(hall: Hall) -> None:
    number = right(hall)
    own = [words for words in letters(hall.engine) if number in words]
    assert len(own) == 1
    assert "已答复" in own[0]
    others = [words for words in letters(hall.engine) if "一项质疑已答复" in words]
    assert len(others) == 2
    assert not [words for words in others if number in words or "bidderB" in words]
    hall.run(record_lapse, lapse(hall))
    followed = [words for words in letters(hall.engine) if "后续处理" in words]
    assert len(followed) == 3
    assert all("另行确定中标人" in words for words in followed)


def test_the_supervisor_reads_first_what_waits(hall: Hall) -> None:
    first, second = right(hall, "B"), filed(hall, "A")
    answered(hall, second, Finding.NOT_UPHELD)
    assert [line.no for line in hall.ask(supervised, 5)] == [first, second]
    assert len(hall.ask(supervised, 1)) == 1


def test_each_result_is_challenged_for_itself(hall: Hall) -> None:
    right(hall)
    hall.run(record_lapse, lapse(hall))
    command = FileChallenge(hall.no, Stage.RESULT, *WORDS, may_change_result=True)
    early = hall.refused(file_challenge, command, hall.bidders["B"])
    assert early == "challenge-early"
    publish(hall)
    number = filed(hall, "B")
    again = hall.refused(file_challenge, command, hall.bidders["B"])
    assert again == "challenged-already"
    answered(hall, number)
    # The second award lapses for the second challenge alone.
    hall.run(record_lapse, lapse(hall))
    assert one(hall, number).remedy is Remedy.ANOTHER_WINNER


def test_whoever_is_held_back_reads_everything_that_holds(hall: Hall) -> None:
    waiting, found = filed(hall, "A", change=True), right(hall, "B")
    with pytest.raises(Refusal) as refusal:
        hall.run(record_contract, contract(hall))
    for language in ("zh", "en"):
        said = refusal.value.words(language)
        assert waiting in said
        assert found in said
