"""Choosing again from a selection file: what follows from it is proved, the rest is attested."""

from fractions import Fraction

from intermediaries.rulebook.selection.choosing import Given, choose
from intermediaries.rulebook.selection.lots import Drawn
from intermediaries.rulebook.selection.modes import Mode
from intermediaries.rulebook.selection.named_prices import check_named
from intermediaries.rulebook.selection.outcome import Outcome
from intermediaries.rulebook.selection.quotes import AT_OPENING, Fault, Offer, Pick, Quote, Sheet
from intermediaries.rulebook.selection.record import outcome_json, read_terms
from intermediaries.rulebook.selection.terms import Terms
from market.kernel.money import Money
from market.protocol.binding import HASH_LENGTH
from market.protocol.encoding import Malformed, refuse
from market.protocol.enrolments import OpenedQuote, check_sealed, open_quote
from market.protocol.freezes import PERMUTATION
from market.protocol.members import Members, octets_of
from market.protocol.reruns import Rerun
from market.protocol.selection_files import HeldQuote, HeldSheet, SelectionFile
from market.protocol.statements import Account
from market.protocol.timekeeping import check_releases

_HUNDREDTHS = 100


def draw_purpose(round_no: int) -> str:
    """The purpose of the draw of a selection's round; its case is the selection's subject."""
    return f"selection.{round_no}"


def choose_again(held: SelectionFile, draw: Rerun | None, account: Account) -> Outcome:
    """Choose again; what holds is noted in `account` as it is found.

    `draw`: the file's draw, already run again. Refusals: `terms-misfit`; `foreign-enrolment`;
    `other-occasion`, `wrong-envelopes`, `too-few-releases`, `wrong-offer`, `wrong-fault`,
    `ciphertext-differs`, `ill-sealed`, `quote-withheld`, `scheme-missing`; those of
    `check_named`; `foreign-draw`; those of `choose`; `wrong-outcome`.
    """
    terms = read_terms(held.terms)
    _check_enrolments(held, terms, account)
    check_named(held, account)
    quotes = _opened(held, account)
    drawn = None if draw is None else _drawn(held, terms, draw)
    given = Given(
        quotes=quotes,
        drawn=drawn,
        is_extended=held.is_extended,
        sheets=tuple(map(_sheet, held.sheets)),
        pick=None if held.pick is None else Pick(held.pick.quote, held.pick.reason, held.pick.at),
        as_of=held.as_of,
    )
    outcome = choose(terms, given)
    if outcome_json(outcome, held.given) != held.outcome:
        refuse(
            "公布的选取结果与重新计算的不同",
            "The published outcome is not what the rule gives when it is run again",
            code="wrong-outcome",
        )
    account.prove(
        "公布的选取结果、每家的数字与说明，与按公布条款重新计算的一致",
        "The published outcome, with every figure and its words, is what the published terms give",
    )
    _attest(held, account)
    return outcome


def _check_enrolments(held: SelectionFile, terms: Terms, account: Account) -> None:
    wanted = (terms.subject, terms.round, held.terms_hash)
    for row in held.quotes:
        found = row.enrolment
        if (found.subject, found.round, found.terms_hash) != wanted:
            refuse(
                f"{found.agency} 的报名不是针对这些条款签署的",
                f"The enrolment of {found.agency} was not signed for these terms",
                code="foreign-enrolment",
            )
    account.prove(
        f"{len(held.quotes)} 家报名各以自己的密钥对公布的条款签名",
        f"Each of the {len(held.quotes)} agencies signed its enrolment for the published terms",
    )
    if terms.mode is Mode.SCHEME:
        _check_schemes(held, account)


def _check_schemes(held: SelectionFile, account: Account) -> None:
    """Each enrolment has its scheme beside its price, or does not count for that; then each price.

    A scheme stays sealed for everybody but the reviewers, and there is no reason left to keep back
    a price. `scheme-missing`, `quote-withheld`.
    """
    for row in held.quotes:
        whose, there = row.enrolment.agency, row.enrolment.scheme is not None
        if not there and row.fault is None:
            refuse(f"{whose} 没有方案", f"{whose} has no scheme", code="scheme-missing")
        if there and row.ciphertext is None:
            refuse(
                f"{whose} 的报价密文未公布，而报价与方案分开密封",
                f"The price of {whose} is not published, though it is sealed apart from its scheme",
                code="quote-withheld",
            )
    number = sum(row.enrolment.scheme is not None for row in held.quotes)
    account.prove(
        f"{number} 家各在同一份签名报名中分别密封报价与方案，方案只留摘要",
        f"{number} agencies sealed price and scheme apart in one signed enrolment; of a scheme the"
        " file has its hash",
    )
    account.attest(
        "评审打分所依据的就是这些摘要所指的方案，由评审人员与平台声明，方案本身不公开",
        "That the sheets score the schemes of these hashes is the word of reviewers and platform:"
        " no scheme is published",
    )
    if held.as_of is not None and not held.sheets:
        account.attest(
            "至所述时刻未能凑齐评审人员，由平台声明；已锁定的评分表在日志中有其摘要",
            "That not all reviewers could be had by the moment stated is the platform's word; a"
            " sheet that was locked has its hash in the journal",
        )
    if any(row.fault == Fault.SCHEME_UNREADABLE for row in held.quotes):
        account.attest(
            "有方案未能开启，由平台声明；该中介可用自己的密文和公开的密钥核对",
            "That a scheme did not open is the platform's word; its agency can open its own"
            " ciphertext with the released identities",
        )


def _opened(held: SelectionFile, account: Account) -> tuple[Quote, ...]:
    """The quotes, opened again where ciphertext and identities are there."""
    sealed = [row for row in held.quotes if row.enrolment.envelope is not None]
    manifest = held.manifest
    if sealed and manifest is None:
        refuse("有密封报价而没有守时人", "Quotes are sealed and no timekeepers are named")
    if manifest is not None and sealed:
        for row in sealed:
            check_sealed(row.enrolment, manifest)
        check_releases(held.releases)
        names = [manifest.recipients[one.number - 1].organisation.name for one in held.releases]
        account.prove(
            f"三家守时人为本次开启各签发一把密钥；{'、'.join(names)} 在开启时间之后公开",
            "Three timekeepers signed a key each for this opening; identities were released after"
            f" its time by {', '.join(names)}",
        )
    again = 0
    for row in sealed:
        again += _check_opening(held, row)
    if again:
        account.prove(
            f"{again} 份密封报价由公开的密钥重新打开，内容与所列一致",
            f"{again} sealed quotes were opened again with the released identities; what they"
            " hold is what is listed",
        )
    if again < len(sealed):
        account.attest(
            f"{len(sealed) - again} 份报价未附密文，其内容由平台声明，此处未证明",
            f"{len(sealed) - again} quotes come without their ciphertext: what they held is the"
            " platform's word",
        )
    return tuple(_quote(row) for row in held.quotes)


def _check_opening(held: SelectionFile, row: HeldQuote) -> bool:
    """Whether the quote could be opened again; then with the same content, or with the same fault.

    With a scheme beside it: only if the price names that scheme, and its shares are the agency's.
    A quote that does not open by its sealer's cause does not count: for that, or for a fault that
    the closing had found already. One that opens has no such fault.
    """
    if row.ciphertext is None or held.manifest is None:
        return False
    identities = check_releases(held.releases)
    stated_ill = row.fault == Fault.ILL_SEALED
    try:
        found = open_quote(row.enrolment, held.manifest, identities, [row.ciphertext], _nowhere)
    except Malformed as refused:
        if refused.code != Fault.ILL_SEALED or row.fault is None or row.offer is not None:
            raise
        return True
    if stated_ill:
        refuse(
            f"{row.enrolment.agency} 的报价可以打开，却被称为封装有误",
            f"The quote of {row.enrolment.agency} opens, yet it is said to be ill sealed",
            code="wrong-fault",
        )
    if found.facts != row.offer:
        refuse(
            f"{row.enrolment.agency} 的报价内容与密封的不同",
            f"What is listed of {row.enrolment.agency} is not what its quote holds",
            code="wrong-offer",
        )
    return True


def _nowhere(_: str) -> "_Nothing":
    return _Nothing()


class _Nothing:
    """Where documents of a quote go here: their hashes are in the payload, nobody reads them."""

    def __call__(self, piece: bytes) -> int:
        """Take a piece."""
        return len(piece)


def _quote(row: HeldQuote) -> Quote:
    price = None if row.offer is None else OpenedQuote(row.offer, ()).price
    return Quote(
        row.enrolment.hash,
        row.enrolment.agency,
        None if price is None else Money(price),
        None if row.credit is None else Fraction(row.credit, _HUNDREDTHS),
        tuple(Offer(one.at, Money(one.price)) for one in row.offers),
        None if row.fault is None else _fault(row.fault),
    )


def _fault(name: str) -> Fault:
    if name not in tuple(Fault):
        refuse("不认识的无效原因", "A fault is not one of the rule's")
    return Fault(name)


def _sheet(held: HeldSheet) -> Sheet:
    points = tuple((key, Fraction(number, _HUNDREDTHS)) for key, number in held.points)
    return Sheet(held.reviewer, held.is_outside, points)


def _drawn(held: SelectionFile, terms: Terms, draw: Rerun) -> Drawn:
    """The draw, if it is this selection's: its case, purpose and kind, frozen on its enrolments."""
    freeze = draw.freeze
    about = (freeze.case, freeze.purpose, freeze.kind)
    if about != (terms.subject, draw_purpose(terms.round), PERMUTATION):
        refuse(
            "抽取文件属于另一事项",
            "The draw file is of another matter",
            code="foreign-draw",
        )
    order = Members(draw.result).array("order", octets_of(HASH_LENGTH))
    keys = tuple(row.enrolment.hash for row in held.quotes)
    if sorted(order) != list(keys):
        refuse(
            "抽取冻结的不是这些报名",
            "The draw was not frozen on exactly these enrolments",
            code="foreign-draw",
        )
    return Drawn(draw.seed, freeze.purpose, keys)


def _attest(held: SelectionFile, account: Account) -> None:
    account.attest(
        "没有遗漏任何一家报名，由平台声明；每家留有自己的回执",
        "That no enrolment was left out is the platform's word; each agency holds its own receipt",
    )
    if any(row.fault is not None and row.fault not in AT_OPENING for row in held.quotes):
        account.attest(
            "资格、控制关系、与业主或审批部门的关联等无效原因由平台声明，此处未证明",
            "Faults of qualification, controlling group, or ties to owner or department are the"
            " platform's word",
        )
    if any(row.credit is not None for row in held.quotes):
        account.attest(
            "信用分由信用台账得出，此处未重新计算",
            "Credit comes from the credit ledger and is not reckoned again here",
        )
    if held.sheets or held.pick is not None:
        account.attest(
            "评审打分与业主选定由平台记录声明",
            "Points of reviewers and the owner's pick are the platform's record",
        )
