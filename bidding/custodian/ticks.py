"""What time does at the custodian: keys made ahead, orders lapsed, money sent, quarters reported.

Each step eats what is due and may run twice or be killed; nobody's rights hang on when it runs.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass

import structlog

from bidding.custodian.command import Office
from bidding.custodian.commands.bondkeys import make_keys
from bidding.custodian.commands.deposits import expire_order, lapsed_orders
from bidding.custodian.commands.payments import Bank, pay_due
from bidding.custodian.commands.reports import last_quarter, make_report
from bidding.custodian.keyfiles import KeyFiles
from bidding.custodian.queries import has_books_of
from market.protocol.bondkeys import epoch_of

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Beat:
    """One round of everything that may be due.

    `deliver` asks the bank for news, where there is a bank to ask.
    """

    office: Office
    files: KeyFiles
    bank: Bank | None
    deliver: Callable[[], object] | None

    def once(self) -> None:
        """Carry out what is due; one step that fails does not hold up the others."""
        for step in (self._keys, self._news, self._lapse, self._pay, self._report):
            try:
                step()
            except Exception as cause:  # noqa: BLE001  the beat must go on
                kind = type(cause).__name__  # never its words: they may hold an account
                log.error("custodian.beat_failed", step=step.__name__, kind=kind)  # noqa: TRY400  nor a trace

    def for_ever(self, pause: float, stop: threading.Event) -> None:
        """Beat until `stop`, with so many seconds of machine time between."""
        while not stop.wait(pause):
            self.once()

    def _keys(self) -> None:
        make_keys(self.office, self.files)

    def _news(self) -> None:
        if self.deliver is not None:
            self.deliver()

    def _lapse(self) -> None:
        now = self.office.clock.now()
        for deposit in self.office.read(lambda session: lapsed_orders(session, now)):
            self.office.run(expire_order, deposit)

    def _pay(self) -> None:
        if self.bank is not None:
            pay_due(self.office, self.bank)

    def _report(self) -> None:
        epoch = last_quarter(epoch_of(self.office.clock.now()))
        if self.office.read(lambda session: has_books_of(session, epoch)):
            make_report(self.office, self.files, epoch)
