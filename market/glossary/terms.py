"""The glossary in the order in which the page shows it."""

from typing import Final

from market.glossary.before_opening import MONEY, PEOPLE, TENDERING
from market.glossary.from_opening import EVALUATION, RECORD, RESULT, SEALING
from market.glossary.supermarket import SUPERMARKET

GROUPS: Final = (PEOPLE, TENDERING, MONEY, SEALING, EVALUATION, RESULT, RECORD, SUPERMARKET)
