"""The report of a quarter: made once, after its end, and then never changed.

Not before: a report that could be watched while deposits come in would tell when they come.
"""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from bidding.custodian.command import Desk, Office
from bidding.custodian.keyfiles import KeyFiles
from bidding.custodian.ledger import KeyAccount, disagreements, key_accounts
from bidding.custodian.model import Report
from bidding.custodian.statements import report
from market.kernel.errors import NotFound
from market.protocol.encoding import canonical, stamp


class BooksDisagree(RuntimeError):
    """The books contradict themselves: nothing is signed, somebody must look."""


@dataclass(frozen=True, slots=True)
class KeepReport:
    """A signed report, as it will be published."""

    epoch: str
    statement: str


def keep_report(desk: Desk, command: KeepReport) -> None:
    """Publish the report of a quarter; the first one stands."""
    desk.hold("report")
    if desk.session.get(Report, command.epoch) is None:
        desk.session.add(Report(epoch=command.epoch, statement=command.statement))


def make_report(office: Office, files: KeyFiles, epoch: str) -> None:
    """Sign and publish the report of a quarter that has ended, from one moment's books.

    `BooksDisagree` when they contradict themselves: then nothing is signed.
    """
    now = office.clock.now()

    def look(session: Session) -> tuple[list[str], list[KeyAccount]]:
        return disagreements(session), key_accounts(session)

    problems, rows = office.read(look)
    if problems:
        raise BooksDisagree("; ".join(problems))
    told = [row for row in rows if row.epoch <= epoch]
    statement = report(epoch, stamp(now), told, files.signer)
    office.run(keep_report, KeepReport(epoch, canonical(statement).decode()))


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
