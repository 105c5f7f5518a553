"""The card of the demonstration: its pages, its calls, and the mailbox in place of telephones."""

from typing import Final

from market.demo.letters import mailbox
from market.demo.pages import calls, pages
from market.feature import Feature

FEATURE: Final = Feature("demo", pages=(pages, calls, mailbox))
