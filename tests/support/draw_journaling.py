"""Getting a draw into a journal, honestly or not, and the proofs of it."""

from dataclasses import dataclass
from datetime import datetime

from market.protocol.draw_files import write_journal
from market.protocol.encoding import JsonObject, b64u
from tests.support.draw_cast import Made
from tests.support.log_cast import Log, seconds

WITNESSED, REVEALED = seconds(60), seconds(120)


@dataclass(frozen=True)
class Journaling:
    """How a draw gets into the journal; the defaults are honest."""

    witnessed: datetime = WITNESSED
    revealed: datetime = REVEALED
    missing: str = ""
    early_reveal: bool = False
    audit_last: bool = False
    late_commits: bool = False
    subject: str | None = None
    extra: tuple[str, JsonObject] | None = None
    prior: tuple[tuple[str, JsonObject], ...] = ()
    is_register_shown: bool = True


def rows_before(made: Made, how: Journaling) -> list[tuple[str, JsonObject]]:
    """What is journaled before the first checkpoint: kind and data."""
    audits = [("draw-audit", item) for item in made.audits]
    commits = [("draw-commit", item) for item in made.commits if not how.late_commits]
    early = [("draw-consent", item) for item in made.consents if item["reason"] != "skips"]
    middle = [*early, *commits, *audits] if how.audit_last else [*audits, *early, *commits]
    reveals = [("draw-reveal", item) for item in made.reveals[:1] if how.early_reveal]
    return [*how.prior, ("draw-freeze", made.freeze.json()), *middle, *reveals]


def rows_after(made: Made, how: Journaling) -> list[tuple[datetime, str, JsonObject]]:
    """What is journaled after it: moment, kind and data."""
    late = [item for item in made.consents if item["reason"] == "skips"]
    first = 1 if how.early_reveal else 0
    commits = made.commits if how.late_commits else []
    return [
        *((seconds(100), "draw-commit", item) for item in commits),
        *((how.revealed, "draw-reveal", item) for item in made.reveals[first:]),
        *((seconds(2000), "draw-step", item) for item in made.steps),
        *((seconds(2000), "draw-consent", item) for item in late),
        (seconds(4000), "draw-result", made.result),
    ]


def journal_of(
    made: Made, how: Journaling | None = None, log: Log | None = None
) -> tuple[JsonObject, Log]:
    """The journal's proofs of a draw, and the log they are from."""
    held, done = Log() if log is None else log, how or Journaling()
    draw = made.freeze.draw if done.subject is None else done.subject
    before, after = list[int](), list[int]()
    if made.freeze.walk is not None and done.is_register_shown:
        frozen = made.freeze.walk.register
        data: JsonObject = {"register": "experts", "root": b64u(frozen.root), "size": frozen.size}
        before.append(held.append("library-root", seconds(0), "register/experts", data))
    for place, (kind, row) in enumerate(rows_before(made, done)):
        if kind != done.missing:
            before.append(held.append(kind, seconds(1 + place), draw, row))
    if done.extra is not None:
        before.append(held.append("draw-commit", seconds(9), *done.extra))
    size = len(held.entries)
    after = [
        held.append(kind, at, draw, row)
        for at, kind, row in rows_after(made, done)
        if kind != done.missing
    ]
    whole = len(held.entries)
    first = held.proofs(before, size, done.witnessed)
    last = held.proofs(after, whole, seconds(4060))
    return write_journal(first, last, held.growth(size, whole)), held
