"""Buttons: a form without fields that carries out one command, once, and leads on."""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from flask import Response, make_response, redirect, request

from market.command import Handler, Once
from market.protocol.encoding import digest
from market.web import again_asked
from market.web.access import current_actor
from market.web.csrf import ONCE
from market.web.site import site

C = TypeVar("C")


def press(
    handler: Handler[C, Mapping[str, Any] | None],
    command: C,
    to: Callable[[], str],
    *,
    by: Callable[[Mapping[str, Any]], str] | None = None,
) -> Response:
    """Carry out what a button stands for; refusals become pages by themselves.

    The button's form has its own mark, so a double click is one act. `by` leads on by the outcome,
    where the button made something that has a page of its own.
    """
    again_asked.taken()
    once = Once(request.form[ONCE], digest(request.path.encode()))
    carried = again_asked.with_place(handler, by or (lambda _: to()))
    done = site().office.run_once(carried, command, current_actor(), once)
    return make_response(redirect(again_asked.place_of(done) or to(), 303))
