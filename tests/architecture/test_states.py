"""Every table of states has rows written by hand in a test: all pairs of state and action.

A test that takes what it expects from the table itself says nothing; so here stands, for each
table, the test that holds its rows, and the rows are compared once more for every pair.
"""

import ast
import importlib
from collections.abc import Iterator, Mapping
from itertools import product
from pathlib import Path

import pytest

from market.kernel.errors import IllegalMove
from market.kernel.transitions import Table
from tests.support import sources, write_docs

WRITTEN = {
    "bidding.bonds.rules.HEARING_TABLE": "bidding/bonds/test_tables.py HEARINGS",
    "bidding.bonds.rules.LINK_TABLE": "bidding/bonds/test_tables.py BONDS",
    "bidding.bonds.rules.TOKEN_TABLE": "bidding/bonds/test_tables.py TOKENS",
    "bidding.complaints.rules.CHALLENGE_TABLE": "bidding/complaints/test_challenges.py LEGAL",
    "bidding.complaints.rules.COMPLAINT_TABLE": "bidding/complaints/test_complaints.py LEGAL",
    "bidding.contracts.rules.AWARD_TABLE": "bidding/contracts/test_award.py LEGAL",
    "bidding.custodian.rules.DEPOSIT_TABLE": "bidding/custodian/test_tables.py MOVES",
    "bidding.custodian.rules.PAYMENT_TABLE": "bidding/custodian/test_tables.py PAYMENTS",
    "bidding.evaluation.rules.states.CORRECTION": (
        "bidding/evaluation/rules/test_states.py CORRECTION_ROWS"
    ),
    "bidding.evaluation.rules.states.EVALUATION": (
        "bidding/evaluation/rules/test_states.py EVALUATION_ROWS"
    ),
    "bidding.evaluation.rules.states.LOW_PRICE_QUESTION": (
        "bidding/evaluation/rules/test_states.py QUESTION_ROWS"
    ),
    "bidding.evaluation.rules.states.PRICE_CORRECTION": (
        "bidding/evaluation/rules/test_states.py PRICE_CORRECTION_ROWS"
    ),
    "bidding.evaluation.rules.states.SEAT": "bidding/evaluation/rules/test_states.py SEAT_ROWS",
    "bidding.evaluation.rules.states.SHEET": "bidding/evaluation/rules/test_states.py SHEET_ROWS",
    "bidding.evaluation.rules.states.SIGNATURE": (
        "bidding/evaluation/rules/test_states.py SIGNATURE_ROWS"
    ),
    "bidding.officers.rules.PANEL_TABLE": "bidding/officers/test_officers.py LEGAL",
    "bidding.opening.rules.BID_TABLE": "bidding/opening/test_rules.py BIDS",
    "bidding.opening.rules.OPENING_TABLE": "bidding/opening/test_rules.py OPENINGS",
    "bidding.panels.rules.PANEL_TABLE": "bidding/panels/test_panels.py LEGAL",
    "bidding.tenders.rules.TENDER_TABLE": "bidding/tenders/test_rules.py LEGAL",
    "intermediaries.agencies.rules.states.AGENCY_TABLE": (
        "intermediaries/agencies/test_rules.py AGENCY_ROWS"
    ),
    "intermediaries.agencies.rules.states.OBJECTION_TABLE": (
        "intermediaries/agencies/test_rules.py OBJECTION_ROWS"
    ),
    "intermediaries.agencies.rules.states.QUALIFICATION_TABLE": (
        "intermediaries/agencies/test_rules.py QUALIFICATION_ROWS"
    ),
    "intermediaries.offers.rules.states.SELECTION_TABLE": (
        "intermediaries/offers/test_rules.py SELECTION_ROWS"
    ),
    "intermediaries.cityrules.rules.RULE_TABLE": "intermediaries/cityrules/test_rules.py LEGAL",
    "intermediaries.demands.rules.states.DEMAND_TABLE": (
        "intermediaries/demands/test_rules.py DEMAND_ROWS"
    ),
    "intermediaries.orders.rules.states.ASKED_PAUSE_TABLE": (
        "intermediaries/orders/test_rules.py ASKED_PAUSES"
    ),
    "intermediaries.orders.rules.states.ORDER_TABLE": "intermediaries/orders/test_rules.py ORDERS",
    "intermediaries.orders.rules.states.RECTIFICATION_TABLE": (
        "intermediaries/orders/test_rules.py RECTIFICATIONS"
    ),
    "intermediaries.orders.rules.states.RESULT_COMPLAINT_TABLE": (
        "intermediaries/orders/test_rules.py RESULT_COMPLAINTS"
    ),
    "intermediaries.orders.rules.states.RESULT_OBJECTION_TABLE": (
        "intermediaries/orders/test_rules.py RESULT_OBJECTIONS"
    ),
    "intermediaries.orders.rules.supplement.SUPPLEMENT_TABLE": (
        "intermediaries/orders/test_rules.py SUPPLEMENTS"
    ),
    "intermediaries.rulebook.clock.states.BUNDLE_TABLE": (
        "intermediaries/rulebook/clock/test_states.py BUNDLES"
    ),
    "intermediaries.rulebook.clock.states.EXTENSION_TABLE": (
        "intermediaries/rulebook/clock/test_states.py EXTENSIONS"
    ),
    "intermediaries.rulebook.clock.states.OBJECTION_TABLE": (
        "intermediaries/rulebook/clock/test_states.py OBJECTIONS"
    ),
    "intermediaries.rulebook.clock.states.PAUSE_TABLE": (
        "intermediaries/rulebook/clock/test_states.py PAUSES"
    ),
    "intermediaries.rulebook.states.PENALTY_TABLE": (
        "intermediaries/rulebook/test_credit_ledger.py PENALTIES"
    ),
    "market.accounts.rules.APPOINTMENT_TABLE": "market/accounts/test_appointments.py LEGAL",
    "market.accounts.rules.KEY_TABLE": "market/accounts/test_keys.py LEGAL",
    "market.accounts.rules.ORGANISATION_TABLE": "market/accounts/test_organisations.py LEGAL",
    "market.accounts.rules.PERSON_TABLE": "market/accounts/test_people.py LEGAL",
    "market.approvals.rules.cases.CASE_TABLE": "market/approvals/test_cases.py LEGAL",
    "market.approvals.rules.cases.EXTENSION_TABLE": "market/approvals/test_cases.py EXTENSIONS",
    "market.approvals.rules.items.ITEM_TABLE": "market/approvals/test_items.py LEGAL",
    "market.calendars.rules.YEAR_TABLE": "market/calendars/test_years.py LEGAL",
    "market.draws.rules.DRAW_TABLE": "market/draws/test_draw_table.py LEGAL",
    "market.experts.rules.invitations.INVITATION_TABLE": (
        "market/experts/test_invitations.py LEGAL"
    ),
    "market.projects.rules.PROJECT_TABLE": "market/projects/test_course.py LEGAL",
    "market.reviews.rules.REVIEW_TABLE": "market/reviews/test_reviews.py LEGAL",
}
TABLES = dict(write_docs.tables())
LIVE = sorted(TABLES.keys() & WRITTEN.keys())


def made(path: Path) -> Iterator[str]:
    """The names of the tables of states that a file of the product makes."""
    module = sources.place(path).removesuffix(".py").replace("/", ".")
    for node in ast.walk(sources.tree(path)):
        match node:
            case (
                ast.AnnAssign(target=ast.Name(name), value=ast.Call(func=ast.Name("Table")))
                | ast.Assign(targets=[ast.Name(name)], value=ast.Call(func=ast.Name("Table")))
            ):
                yield f"{module}.{name}"


def place_of(name: str) -> tuple[Path, str]:
    """The test that holds a table's rows, and what they are called there."""
    place, held = WRITTEN[name].split()
    return sources.ROOT / "tests" / place, held


def rows_of(name: str) -> Mapping[tuple[str, str], str]:
    """The rows written by hand: (state, action) to state; a right beside the state is left out."""
    path, held = place_of(name)
    module = sources.place(path).removesuffix(".py").replace("/", ".")
    rows = getattr(importlib.import_module(module), held)
    return {
        (str(state), str(action)): str(row[0] if isinstance(row, tuple) else row)
        for (state, action), row in rows.items()
    }


def every_pair(table: Table) -> Iterator[tuple[str, str]]:
    """Each state with each action, legal or not."""
    return product(type(table.start), type(next(iter(table)).action))


def test_every_table_of_the_product_is_known_and_no_other() -> None:
    found = {name for path in sources.python(*sources.PRODUCT) for name in made(path)}
    assert found == TABLES.keys()
    assert found == WRITTEN.keys()


def test_no_table_is_made_unseen() -> None:
    """Each call of `Table(…)` gives a module's name to what it makes."""
    calls = sum(
        isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Table"
        for path in sources.python(*sources.PRODUCT)
        for node in ast.walk(sources.tree(path))
    )
    assert calls == len(TABLES)


@pytest.mark.parametrize("name", LIVE)
def test_rows_are_written_and_not_taken_from_the_table(name: str) -> None:
    path, held = place_of(name)
    (value,) = (
        node.value
        for node in sources.tree(path).body
        if isinstance(node, ast.Assign)
        if any(isinstance(target, ast.Name) and target.id == held for target in node.targets)
    )
    assert isinstance(value, ast.Dict)
    read = {node.id for node in ast.walk(value) if isinstance(node, ast.Name)}
    assert name.rpartition(".")[2] not in read
    assert not [node for node in ast.walk(value) if isinstance(node, ast.Call)]


@pytest.mark.parametrize("name", LIVE)
def test_every_pair_moves_as_written_or_is_refused(name: str) -> None:
    table, rows = TABLES[name], rows_of(name)
    pairs = list(every_pair(table))
    for state, action in pairs:
        if (state, action) in rows:
            assert table.move(state, action).target == rows[state, action]
        else:
            with pytest.raises(IllegalMove):
                table.move(state, action)
    assert rows.keys() <= set(pairs)
