"""How people of a hall use the pages: open one, fill in a form as a browser would, send it."""

import re
from http import HTTPStatus

from flask import Flask
from flask.testing import FlaskClient

from tests.bidding.evaluation.cast import Hall


def client(app: Flask, who: str) -> FlaskClient:
    made = app.test_client()
    made.set_cookie("who", who)
    return made


def sent(one: FlaskClient, path: str, typed: dict, *, name: str = "", expect: int = 303):
    """Open the page, fill in the form of this name as a browser would, send it."""
    page = one.get(path)
    assert page.status_code == HTTPStatus.OK, page.text
    parts = [part for part in page.text.split("<form")[1:] if 'value="sign' not in part]
    part = next(each for each in parts if f'name="_form" value="{name}' in each)
    hidden = dict(re.findall(r'type="hidden"[^>]* name="(\w+)" value="([^"]*)"', part))
    answer = one.post(path, data={**hidden, **typed})
    assert answer.status_code == expect, answer.text
    return answer


def published(hall: Hall, app: Flask) -> str:
    hall.to_winner()
    page = f"/desk/tenders/{hall.no}/evaluation"
    sent(client(app, "clerk"), page, {}, name="ResultForm")
    return page
