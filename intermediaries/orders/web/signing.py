"""What a page of a signature shows: terms, exact text, hash, and the words of its script."""

from collections.abc import Mapping
from dataclasses import dataclass

from market.kernel.money import Money
from market.protocol.encoding import JsonObject, canonical, digest
from market.web.language import gettext


@dataclass(frozen=True, slots=True)
class Signing:
    """A statement before a side: every term of it stands on the page, and its hash in hex.

    `text` is what the signature covers (`yg/sig/v1`); the page's script signs nothing else than it,
    and only where each shown term is the one in the text. `money` are the terms that are amounts;
    `signer` is the side's organisation.
    """

    terms: JsonObject
    money: Mapping[str, Money]
    text: str
    hash: str
    signer: str
    words: dict[str, str]


def signing_of(statement: JsonObject) -> Signing:
    """The statement of a side for its page; `statement` has `side`, `owner_name`, `agency_name`."""
    terms = {name: value for name, value in statement.items() if name != "side"}
    return Signing(
        terms,
        {
            name: Money(fen)
            for name, fen in terms.items()
            if name.endswith("_fen") and isinstance(fen, int)
        },
        canonical(statement).decode(),
        digest(canonical(terms)).hex(),
        str(statement[f"{statement['side']}_name"]),
        _words(),
    )


def _words() -> dict[str, str]:
    return {
        "insecure": gettext(
            "This page needs HTTPS and a current browser (Chromium 137, Firefox 130, Safari 18 or"
            " later); use another browser, or a program of your own."
        ),
        "broken": gettext(
            "Something unforeseen went wrong; nothing was signed. Reload the page and try again."
        ),
        "signer": gettext("Opening the signing key…"),
        "seconds": gettext("{0} seconds"),
        "signed": gettext("Signed on this page. Send it below."),
    }
