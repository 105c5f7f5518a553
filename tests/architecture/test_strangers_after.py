"""Another purchaser, agent, notary, bidder and expert at everything of a tender after it closed.

Which ways in are asked in which scene stands in `strangers.txt`, written by hand.
"""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from bidding.bonds.hearings import ProposeOnBond, propose_on_bond
from bidding.complaints.commands import (
    AnswerChallenge,
    FileChallenge,
    answer_challenge,
    file_challenge,
)
from bidding.complaints.complaining import FileComplaint, file_complaint
from bidding.complaints.feature import LISTENERS as COMPLAINTS
from bidding.complaints.rules import Finding, Stage
from bidding.contracts.commands import PublishResult, publish_result
from bidding.contracts.feature import LISTENERS
from bidding.evaluation.commands.low_prices import AskLowPrice, ask_low_price
from bidding.evaluation.model import EvaluatedBid
from bidding.opening.model import OpenedDocument
from bidding.opening.store import RestrictedStore, make_key
from market.command import Actor
from market.kernel.money import Money
from market.protocol.encoding import digest
from market.settings import Settings
from tests.bidding.bonds.hearings.conftest import Bench, bench
from tests.bidding.evaluation.cast import PRICES, Hall, make_hall
from tests.market.web.conftest import settings_for
from tests.support.bidding_cast import House
from tests.support.bidding_fixtures import furnished, house, sealed, three_sealed
from tests.support.strangers import (
    SECOND_LIVES,
    Doorsteps,
    World,
    ask_strangers,
    strangers,
    whole_host,
)

__all__ = ["bench", "furnished", "house", "sealed", "three_sealed"]

EVERYBODY = tuple(SECOND_LIVES)
PAID = {"A": "one", "B": "two", "C": "three"}
FOUR = {**PRICES, "D": "2100000"}
WORDS = ("评分有误，请求复核", "见评分明细", "政府采购法第五十二条")


# --- officers and hearings ------------------------------------------------------------------------


def of_house(house: House, people: Mapping[str, Actor], redis_url: str) -> World:
    settings: Settings = replace(house.settings, redis_url=redis_url)
    everybody = {**people, **strangers(house.cast)}
    return World(whole_host(settings, house.office, everybody), everybody, house.engine)


def test_shares_are_handed_out_to_and_taken_from_seated_officers_alone(
    sealed: House, redis_url: str
) -> None:
    sealed.close()
    officer = sealed.officers[3]
    world = of_house(sealed, {"officer": officer.actor}, redis_url)
    base = "/api/v1/tenders/<no>"
    batch = sealed.batch(4)
    at = Doorsteps(
        "opening",
        {"no": sealed.no},
        everything="officer",
        bodies={
            f"{base}/opening/shares": batch,
            f"{base}/rehearsal/shares": sealed.rehearsal_batch(sealed.no, officer),
            f"{base}/officers": sealed.statement(sealed.no, officer),
        },
    )
    for path in ("opening/shares", "rehearsal/shares"):
        assert world.look("officer", f"/api/v1/tenders/{sealed.no}/{path}") == 200
    ask_strangers(world, at, EVERYBODY)
    way = next(one for one in at.ways() if str(one) == f"POST {base}/opening/shares")
    assert world.send("officer", way, f"/api/v1/tenders/{sealed.no}/opening/shares", batch) == [200]


def test_a_hearing_on_a_bond_is_of_owner_bidder_and_supervisor_alone(
    bench: Bench, redis_url: str
) -> None:
    house = bench.house
    uscc = house.bidders["a"].uscc
    command = ProposeOnBond(house.no, uscc, "F3.2", "提供虚假材料，见附件")
    key = UUID(house.office.run(propose_on_bond, command, bench.owner)["hearing"])
    people = {
        "clerk": bench.partner,
        "bidder": bench.other,
        "rival": bench.bidder,
        "supervisor": bench.supervisor,
    }
    world = of_house(house, people, redis_url)
    at = Doorsteps(
        "hearing",
        {"no": house.no, "hearing": str(key), "uscc": house.bidders["b"].uscc},
        of={
            "/bonds/hearings": "bidder",
            "/bond-hearings/<uuid:hearing>/proposal": "supervisor",
        },
        # Of a bond whose bidder is known the owner proposes; a supervisor does of a held one.
        closed=frozenset({"GET /desk/bond-hearings/<uuid:hearing>/proposal"}),
    )
    ask_strangers(world, at, [*EVERYBODY, "rival"])


# --- the evaluation -------------------------------------------------------------------------------


def of_hall(hall: Hall, settings: Settings) -> World:
    people = {"clerk": hall.clerk, "expert": hall.panel[0]}
    people |= {f"sup{one}": actor for one, actor in hall.bidders.items()}
    everybody = {**people, **strangers(hall.house.cast)}
    return World(whole_host(settings, hall.house.office, everybody), everybody, hall.engine)


def left_document(hall: Hall, settings: Settings, kind: str) -> str:
    """A document in B's envelope of this kind; its id."""
    make_key(settings.keys)
    writer = RestrictedStore(settings.sealed_files, settings.keys).writer()
    writer.write(b"what it says")
    stored = writer.finish()
    with Session(hall.engine) as session, session.begin():
        of_b = select(EvaluatedBid.bid).where(EvaluatedBid.uscc == hall.usccs["B"])
        file = OpenedDocument(
            id=uuid4(), bid=session.scalars(of_b).one(), kind=kind, name="documents/0001.txt",
            length=12, digest=digest(b"what it says"), stored=stored,
        )  # fmt: skip
        session.add(file)
        return str(file.id)


def test_sheets_and_bids_are_the_panels_alone(
    engine: Engine, redis_url: str, tmp_path: Path
) -> None:
    settings = settings_for(redis_url, tmp_path)
    hall = make_hall(engine, listeners=LISTENERS)
    hall.to_scoring()
    file = left_document(hall, settings, "technical")
    world = of_hall(hall, settings)
    sheet = "/api/v1/evaluations/<no>/sheet"
    at = Doorsteps(
        "scoring",
        {"no": hall.no, "number": hall.number("B"), "file": file},
        everything="expert",
        bodies={sheet: b'{"cells":[],"seen":0}'},
    )
    assert world.look("expert", f"/api/v1/evaluations/{hall.no}/sheet") == 200
    # Nobody but the panel, whoever else has to do with the tender.
    ask_strangers(world, at, [*EVERYBODY, "clerk", "supA", "supB"])


def test_prices_are_the_panels_and_each_bidders_own(
    engine: Engine, redis_url: str, tmp_path: Path
) -> None:
    settings = settings_for(redis_url, tmp_path)
    capitals = {"A": Money(180_000_001).in_capitals()}
    hall = make_hall(engine, FOUR, listeners=LISTENERS, capitals=capitals)
    hall.to_scoring()
    hall.lock_all(dict.fromkeys("ABCD", (44,) * 5))
    ask = AskLowPrice(hall.no, hall.number("A"), "明显低于其他报价")
    hall.run(ask_low_price, ask, hall.panel[0])
    file = left_document(hall, settings, "price")
    world = of_hall(hall, settings)
    at = Doorsteps(
        "prices",
        {"no": hall.no, "number": hall.number("B"), "file": file},
        everything="expert",
        of={"/price-answer": "supA", "/price-confirmation": "supA"},
    )
    ask_strangers(world, at, [*EVERYBODY, "clerk", "supB"])


# --- the result -----------------------------------------------------------------------------------


def challenged(hall: Hall, letter: str, finding: Finding | None) -> str:
    command = FileChallenge(hall.no, Stage.RESULT, *WORDS, may_change_result=False)
    number: str = hall.run(file_challenge, command, hall.bidders[letter])["no"]
    if finding is not None:
        hall.run(answer_challenge, AnswerChallenge(number, "维持原结果", finding))
    return number


@pytest.fixture
def hall(engine: Engine) -> Hall:
    made = make_hall(engine, listeners=(*LISTENERS, *COMPLAINTS), accounts=PAID)
    made.to_winner()
    made.run(publish_result, PublishResult(made.no, made.house.cast.vault))
    return made


def test_a_result_its_challenges_and_complaints_are_of_those_concerned(
    hall: Hall, redis_url: str, tmp_path: Path
) -> None:
    waits = challenged(hall, "B", None)
    denied = challenged(hall, "A", Finding.NOT_UPHELD)
    right = challenged(hall, "C", Finding.UPHELD_WITH_EFFECT)
    told = FileComplaint(denied, "答复未回应质疑事项", "见附件", "政府采购法第五十五条")
    complaint = hall.run(file_complaint, told, hall.bidders["A"])["no"]
    world = of_hall(hall, settings_for(redis_url, tmp_path))
    answer = "/desk/tenders/<no>/challenges/<challenge>"
    at = Doorsteps(
        "result",
        {"no": hall.no, "challenge": waits, "complaint": complaint},
        of={
            "/desk/challenges/": "supB",
            "/complaint": "supA",
            "/withdrawal": "supB",
            "/desk/complaints/": "supA",
            "/challenge-answers": "supA",
            "/own-result": "supA",
            "/corrections": "expert",
            "/report.pdf": "expert",
        },
        at={
            "/desk/challenges/<challenge>/complaint": f"/desk/challenges/{denied}/complaint",
            f"{answer}/remedy": f"/desk/tenders/{hall.no}/challenges/{right}/remedy",
        },
        closed=frozenset({"GET /tenders/<no>/award-notice.pdf"}),
    )
    assert world.look("supC", f"/tenders/{hall.no}/award-notice.pdf") == 200
    ask_strangers(world, at, EVERYBODY)
    # A rival in the same tender is a stranger to challenge, complaint and award notice.
    rival = [
        f"/desk/challenges/{waits}/withdrawal",
        f"/desk/challenges/{denied}/complaint",
        f"/desk/complaints/{complaint}/withdrawal",
    ]
    assert [world.look("supC", path) for path in rival] == [404] * 3
    assert world.look("supA", f"/tenders/{hall.no}/award-notice.pdf") == 404
