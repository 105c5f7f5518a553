"""The score follows from the ledger alone: a second calculation written from the rules says so."""

import calendar
import subprocess
import sys
from datetime import date, datetime, timedelta
from fractions import Fraction
from pathlib import Path
from random import Random

import pytest
from sqlalchemy import Engine

from intermediaries.credit import ledger_file
from intermediaries.credit.commands.notices import AddBonus, add_bonus
from intermediaries.credit.queries import facts_of
from intermediaries.rulebook.ledger import (
    Appealed,
    BonusGiven,
    Cancelled,
    Finalised,
    LedgerEntry,
    PenaltyNoticed,
    Stated,
)
from intermediaries.rulebook.penalties import Act
from market.kernel.errors import BadInput
from market.kernel.workdays import SHANGHAI
from market.protocol.encoding import stamp
from tests.support.credit_cast import Bureau, at

POINTS = {
    "gives_up": 10,
    "charges_more": 20,
    "breaks_contract": 10,
    "below_standard": 10,
    "qualification_changed": 5,
    "forgery": 60,
    "refuses_inspection": 20,
    "not_filed": 2,
}
"""The list of acts, once more and by hand."""

HEAD = b'{"agency":"ZJ","at":"2026-03-02T00:00:00.000000Z","entries":['
TAIL = b'"suite":"intl-1","type":"yg/credit-ledger/v1"}'


def later(day: date, months: int) -> date:
    """The day of the same number so many months on, or the last of that month."""
    year, month = day.year + (day.month - 1 + months) // 12, (day.month - 1 + months) % 12 + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def second(entries: list[LedgerEntry], now: datetime) -> Fraction:
    """The score of the month of `now`: 100 + bonuses - penalties, halved after 12, gone after 24.

    Written from the words of the rules, without the rulebook's own walk.
    """
    first = now.astimezone(SHANGHAI).date().replace(day=1)
    start = datetime(first.year, first.month, 1, tzinfo=SHANGHAI)
    total = Fraction(100)
    for entry in entries:
        if isinstance(entry, BonusGiven) and entry.at <= start:
            total += entry.points
        if not isinstance(entry, PenaltyNoticed):
            continue
        about = [one for one in entries if getattr(one, "penalty", None) == entry.id]
        if any(isinstance(one, Cancelled) and one.at <= now for one in about):
            continue
        finals = [one.at for one in about if isinstance(one, Finalised) and one.at <= start]
        if not finals:
            continue
        day = finals[0].astimezone(SHANGHAI).date()
        late = entry.overdue_days
        points = late if 0 < late <= 10 else 10 if late else POINTS[entry.act.value]
        if first <= later(day, 12):
            total -= points
        elif first <= later(day, 24):
            total -= Fraction(points, 2)
    return max(Fraction(0), min(Fraction(120), total))


def history(seed: int) -> list[LedgerEntry]:
    """A ledger of some years: notices, statements, decisions, appeals, bonuses."""
    chance = Random(seed)
    moment = datetime(2026, 1, 5, 9, tzinfo=SHANGHAI)
    made: list[LedgerEntry] = []
    for number in range(chance.randrange(1, 14)):
        moment += timedelta(days=chance.randrange(1, 130), microseconds=chance.randrange(10**6))
        key = f"p{number}"
        if chance.random() < 0.2:
            made.append(BonusGiven(key, moment, chance.randrange(1, 21), "bonus"))
            continue
        act = chance.choice([*Act])
        late = chance.randrange(1, 25) if act is Act.OVERDUE else 0
        made.append(PenaltyNoticed(key, moment, act, moment.date(), "facts", late))
        steps = chance.randrange(4)
        made += (
            Stated(f"s{number}", moment + timedelta(days=1), key, "words"),
            Finalised(f"f{number}", moment + timedelta(days=2), key),
            Appealed(f"a{number}", moment + timedelta(days=3), key, "words"),
        )[:steps]
        moment += timedelta(days=4)
        if steps == 3 and chance.random() < 0.6:
            made.append(Cancelled(f"c{number}", moment, key))
    return made


@pytest.mark.parametrize("seed", range(150))
def test_a_second_calculation_finds_the_same_score_on_every_first_of_a_month(seed: int) -> None:
    entries = history(seed)
    moment = datetime(2026, 1, 20, 15, tzinfo=SHANGHAI)
    for _ in range(60):
        assert facts_of(entries, 0, moment).score == second(
            [one for one in entries if one.at <= moment], moment
        )
        moment += timedelta(days=31)


def test_the_file_of_the_public_page_gives_the_same_score_by_a_program(
    engine: Engine, tmp_path: Path
) -> None:
    bureau = Bureau(engine)
    bureau.final(Act.OVERDUE, late=4)
    bureau.appeal(bureau.final(Act.GIVES_UP))
    unseen = bureau.notice(Act.FORGERY)
    bonus = AddBonus(agency_no=bureau.agency_no, points=1, reason="志愿服务")
    bureau.place.run(add_bonus, bonus, bureau.guan)
    bureau.place.go(at(4, 20))
    facts = bureau.standing()
    assert facts.score == 87
    raw = ledger_file.write(bureau.agency_no, facts.entries, bureau.now)
    assert b"forgery" not in raw
    assert "成果".encode() not in raw
    assert str(bureau.case(unseen).id).encode() not in raw
    agency, again = ledger_file.recompute(raw)
    assert (agency, again.score, again.level) == (bureau.agency_no, facts.score, facts.level)
    path = tmp_path / "ledger.json"
    path.write_bytes(raw)
    program = [sys.executable, "-m", "intermediaries.credit", str(path)]
    said = subprocess.run(program, capture_output=True, text=True, check=True)
    assert said.stdout.startswith(f"{bureau.agency_no}: 87.00 B\n")
    before = subprocess.run(
        [*program, stamp(at(3, 31))], capture_output=True, text=True, check=True
    )
    assert before.stdout.startswith(f"{bureau.agency_no}: 100.00 A\n")


@pytest.mark.parametrize(
    "raw",
    [
        b"{}",
        b"[]",
        HEAD + b"{}]," + TAIL,
        HEAD
        + b'{"at":"2026-03-01T00:00:00.000000Z","id":"x","kind":"paid","penalty":"y"}],'
        + TAIL,
    ],
)
def test_another_file_is_refused_in_words(raw: bytes, tmp_path: Path) -> None:
    with pytest.raises(BadInput):
        ledger_file.recompute(raw)
    path = tmp_path / "other.json"
    path.write_bytes(raw)
    said = subprocess.run(
        [sys.executable, "-m", "intermediaries.credit", str(path)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert said.returncode == 1
    assert "Traceback" not in said.stderr
