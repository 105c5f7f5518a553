"""Compute the credit of an agency again from its public ledger alone, offline.

python -m intermediaries.credit LEDGER.json [MOMENT]: the file is that of the agency's credit page,
the moment like 2026-03-02T00:00:00.000000Z, the file's own unless given.
"""

import sys
from pathlib import Path

from intermediaries.credit.ledger_file import recompute
from intermediaries.rulebook.scores import shown
from market.kernel.errors import MarketError
from market.protocol.encoding import moment

FEWEST, MOST = 1, 2


def main(arguments: list[str]) -> int:
    """Print score, level and the rows of the sum; 1 if the file does not hold, 2 without one."""
    if not FEWEST <= len(arguments) <= MOST:
        sys.stderr.write(f"{__doc__}\n")
        return 2
    try:
        at = moment(arguments[1]) if len(arguments) == MOST else None
        agency, facts = recompute(Path(arguments[0]).read_bytes(), at)
    except (MarketError, OSError) as cause:
        sys.stderr.write(f"{cause}\n")
        return 1
    lines = [f"{agency}: {shown(facts.score)} {facts.level}"]
    lines += [f"{shown(row.adds):>8}  {row.zh} / {row.en}" for row in facts.month.rows]
    if facts.suspended_until is not None:
        lines.append(f"suspended through {facts.suspended_until}")
    sys.stdout.write("\n".join(lines) + "\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
