"""Scripts that a page asks for while it is drawn: each once, at its end, with its hash.

    {{ use_script("countdown.js") }}            anywhere in a template or macro

A macro that needs a script says so itself, and no page has to think of it.
"""

from flask import g


def use_script(name: str, *, module: bool = False) -> str:
    """Have a file under `static/` loaded at the end of the page at hand; draws nothing itself."""
    wanted: dict[str, bool] = g.setdefault("scripts", {})
    wanted[name] = module
    return ""


def used_scripts() -> list[tuple[str, bool]]:
    """What was asked for so far, in that order: the name, and whether it is a module."""
    wanted: dict[str, bool] = g.get("scripts", {})
    return list(wanted.items())
