"""The report of a quarter: made once, after its end, and then never changed.

Not before: a report that could be watched while deposits come in would tell when they come.
"""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from bidding.custodian.command import Desk
from bidding.custodian.keyfiles import KeyFiles
from bidding.custodian.ledger import disagreements, key_accounts
from bidding.custodian.model import Report
from bidding.custodian.statements import report
from market.kernel.errors import NotFound
from market.protocol.encoding import canonical, stamp


class BooksDisagree(RuntimeError):
    """The books contradict themselves: nothing is signed, somebody must look."""


@dataclass(frozen=True, slots=True)
class MakeReport:
    """The quarter to report, such as "2026Q4"."""

    epoch: str
    files: KeyFiles


def make_report(desk: Desk, command: MakeReport) -> None:
    """Sign and keep the report of a quarter that has ended; once.

    `BooksDisagree` when the books contradict themselves: then nothing is signed.
    """
    desk.hold("report")
    if desk.session.get(Report, command.epoch) is not None:
        return
    if problems := disagreements(desk.session):
        raise BooksDisagree("; ".join(problems))
    rows = [row for row in key_accounts(desk.session) if row.epoch <= command.epoch]
    statement = report(command.epoch, stamp(desk.now), rows, command.files.signer)
    desk.session.add(Report(epoch=command.epoch, statement=canonical(statement).decode()))


def last_quarter(epoch: str) -> str:
    """The quarter before a quarter."""
    year, number = int(epoch[:4]), int(epoch[5])
    return f"{year}Q{number - 1}" if number > 1 else f"{year - 1:04d}Q4"


def published(session: Session, epoch: str) -> bytes:
    """The report as published; `NotFound` "not-yet" before its quarter has ended."""
    row = session.get(Report, epoch)
    if row is None:
        raise NotFound(
            "not-yet",
            zh="该季度的报告在季度结束后公布",
            en="The report of a quarter is published after its end",
        )
    return row.statement.encode()
