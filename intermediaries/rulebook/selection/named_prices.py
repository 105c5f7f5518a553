"""Prices named in rounds, as a selection file opens them: each fits the hash in the journal."""

from itertools import pairwise

from market.protocol.encoding import refuse
from market.protocol.selection_files import HeldQuote, SelectionFile
from market.protocol.statements import Account


def check_named(held: SelectionFile, account: Account) -> None:
    """Note what the prices of rounds prove; nothing where there are none.

    Refused: `commitment-misfit` for a price that is not the one its hash was made of,
    `offers-unordered` for a moment before the one that stands before it, `price-higher` for a price
    above the agency's own before: whoever ran the rounds could take none of these.
    """
    for row in held.quotes:
        _check_row(row)
    number = sum(len(row.offers) for row in held.quotes)
    if number:
        account.prove(
            f"{number} 次轮次报价各与其承诺摘要相符，时间先后无误，且均不高于本家上次报价",
            f"{number} prices named in rounds open the hashes committed to, in the order of time,"
            " none above its agency's own before",
        )
        account.attest(
            "轮次报价由账号报出，不带签名；没有遗漏任何一次报价，由平台声明",
            "Prices of rounds are named under an account and bear no signature; that none was left"
            " out is the platform's word",
        )


def _check_row(row: HeldQuote) -> None:
    whose = row.enrolment.agency
    for one in row.offers:
        if not one.opens(row.enrolment.hash):
            refuse(
                f"{whose} 的一次轮次报价与其承诺摘要不符",
                f"A price of {whose} does not open the hash it was committed to by",
                code="commitment-misfit",
            )
    for before, after in pairwise(row.offers):
        if after.at < before.at:
            refuse(
                f"{whose} 的轮次报价未按时间先后排列",
                f"The prices of {whose} do not stand in the order of time",
                code="offers-unordered",
            )
        if after.price > before.price:
            refuse(
                f"{whose} 的一次轮次报价高于其上次报价",
                f"A price of {whose} is above its own before",
                code="price-higher",
            )
