"""What time does with cases: silence and time that runs on are written down."""

from typing import Final

from market.approvals.commands.crossing import write_crossings
from market.approvals.queries.cases import looked_at
from market.feature import Tick

TICKS: Final = (Tick("approvals.crossings", looked_at, write_crossings),)
