"""The witness's own look at the journal: two views of one log are found here."""

import threading
from collections.abc import Sequence

import structlog
import urllib3

from market.kernel.errors import MarketError
from market.protocol.checkpoints import parse_checkpoint
from market.protocol.encoding import b64u
from market.protocol.notes import signature_of
from market.witness.app import Witness

log = structlog.get_logger()

EVERY_SECONDS = 60.0


def look(witness: Witness, url: str, http: urllib3.PoolManager) -> bool:
    """Compare the head that `url` serves with what was signed; false after an alarm.

    A head of a size never signed is no alarm: the log may be about to ask for its signature.
    """
    answer = http.request("GET", f"{url}/log/checkpoint")
    if answer.status != 200:  # noqa: PLR2004  OK
        return True
    head, note = parse_checkpoint(answer.data)
    ours = [key for key in witness.logs if key.name == head.origin]
    if not any(signature_of(note, key) is not None for key in ours):
        witness.book.alarm(witness.clock.now(), head.origin, "served-unsigned", url=url)
        return False
    with witness.book.turn():
        signed = witness.book.root_at(head.origin, head.size)
    if signed is not None and signed != head.root:
        witness.book.alarm(
            witness.clock.now(),
            head.origin,
            "two-roots-of-one-size",
            size=head.size,
            root=b64u(head.root),
            known_root=b64u(signed),
            note=answer.data.decode(),
        )
        return False
    return True


def patrol(witness: Witness, urls: Sequence[str], stop: threading.Event) -> None:
    """Look every minute of machine time until `stop` is set; what fails is tried again."""
    http = urllib3.PoolManager(timeout=10, retries=False)
    while not stop.wait(EVERY_SECONDS):
        for url in urls:
            try:
                look(witness, url, http)
            except (urllib3.exceptions.HTTPError, MarketError) as failure:
                log.warning("patrol.failed", url=url, why=type(failure).__name__)
