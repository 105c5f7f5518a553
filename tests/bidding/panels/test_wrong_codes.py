"""A mistyped code of an invitation: sent again after a lost answer it is the same try."""

import re

from flask import Flask
from sqlalchemy import select

from market.experts.model import Invitation
from tests.bidding.panels.cast import PanelCast
from tests.bidding.panels.test_panel_pages import app, client, house
from tests.support.repeated import sent_often

__all__ = ["app", "house"]


def tries(house: PanelCast) -> int:
    return sum(house.ask(lambda session: session.scalars(select(Invitation.wrong_codes)).all()))


def test_one_wrong_code_at_once_and_again_is_one_try_and_another_is_another(
    app: Flask, house: PanelCast
) -> None:
    house.start()
    house.draw()
    house.beat()
    token, letter = next(iter(house.letters().items()))
    found = re.search(r"确认码(\d{6})", letter.text)
    assert found is not None
    code, path, browser = int(found[1]), f"/invitations/{token}", client(app)
    page = browser.get(path).text
    hidden = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page))
    for place in (1, 2):
        typed = {"accepts": "yes", "code": f"{(code + place) % 1_000_000:06d}"}
        answers = sent_often(app, browser, path, {**hidden, **typed})
        assert {status for status, _ in answers} == {409}
        assert tries(house) == place
    right = {**hidden, "accepts": "yes", "code": f"{code:06d}"}
    assert len(set(sent_often(app, browser, path, right))) == 1
    assert house.counts().confirmed == 1
