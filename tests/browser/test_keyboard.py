"""The eyes of the chapters by keyboard see what they are for: each trouble made once on purpose."""

import pytest

from market.demo.people.kinds import Duty
from market.demo.people.kinds import OrganisationKind as Part
from tests.browser.keeping import unkept
from tests.browser.keyboard import Keyboard
from tests.browser.visits import Visits

FORM = "/projects/new"
LID = """
  const lid = document.createElement("div");
  lid.id = "lid";
  document.body.append(lid);
  lid.style.cssText = "position: fixed; inset: 0; z-index: 9";
"""


@pytest.fixture
def keys(visit: Visits) -> Keyboard:
    """An owner at an empty form, without a mouse."""
    return Keyboard(visit(FORM, visit.person(Part.PURCHASER, Duty.PROJECT_OFFICER)))


def test_a_field_is_reached_and_seen_and_a_control_out_of_the_way_is_not(keys: Keyboard) -> None:
    keys.skip_to_content()
    keys.reach("[name=name_zh]")
    keys.page.locator("[name=name_en]").evaluate("(one) => { one.tabIndex = -1; }")
    with pytest.raises(AssertionError, match="never comes"):
        keys.reach("[name=name_en]")


@pytest.mark.parametrize(
    ("spoil", "trouble"),
    [
        ("here.style.outline = 'none';", "no outline"),
        (LID, "covered"),
        ("here.style.cssText = 'position: fixed; left: -300px; width: 200px';", "outside"),
        ("here.parentElement.style.overflow = 'hidden';", "cut off"),
    ],
)
def test_a_focus_that_nobody_sees_is_told(keys: Keyboard, spoil: str, trouble: str) -> None:
    keys.reach("[name=name_zh]")
    keys.page.locator("[name=name_zh]").evaluate(f"(here) => {{ {spoil} }}")
    with pytest.raises(AssertionError, match=trouble):
        keys.see()


def test_a_form_that_keeps_nothing_is_told(keys: Keyboard) -> None:
    assert unkept(keys.page) == []
    keys.page.locator("main form").evaluate("(form) => form.removeAttribute('data-draft')")
    assert len(unkept(keys.page)) == 1
