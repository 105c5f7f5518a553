"""What an enrolment must be before it is taken, and what a mode asks an agency for."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from intermediaries.offers.rules.states import SEALED, SelectionState
from intermediaries.rulebook.selection.modes import PRICED, Mode
from intermediaries.rulebook.selection.terms import Terms
from market.kernel.errors import Refusal
from market.kernel.law import platform_rule
from market.protocol.age import sealed_length
from market.protocol.encoding import digest, stamp
from market.protocol.enrolments import Enrolment
from market.protocol.envelopes import Envelope
from market.protocol.payload import FIRST_CLASS

QUOTE_LENGTH: Final = sealed_length(FIRST_CLASS)
"""Bytes of every quote's ciphertext: all of one length, so that none tells anything."""
SCHEME_LENGTH: Final = sealed_length(4 * 1024 * 1024)
"""Most bytes of a sealed scheme; its class of size is seen, its price has the length of all."""
GRACE: Final = timedelta(seconds=60)
"""After the last moment to enrol, for what was complete in time and is still being written."""
ONE_ENROLMENT: Final = platform_rule(
    "同一控制关系只能一家报名", "One enrolment for each controlling group"
)


def seals_price(terms: Terms) -> bool:
    """Whether every agency seals a price of its own; else the owner's fixed price holds."""
    if terms.mode in PRICED:
        return True
    return terms.mode in (Mode.DIRECT, Mode.CREDIT) and terms.fixed is None


def refuse_unless_open(
    state: SelectionState, opens: datetime, closes: datetime, now: datetime
) -> None:
    """Go on only inside the window: from `opens` to `closes`, both moments included.

    `enrolment-not-open`, `keys-awaited` while the timekeepers' keys are not all there,
    `enrolment-closed` one microsecond after the closing and in every later state.
    """
    if now < opens:
        raise Refusal(
            "enrolment-not-open",
            zh=f"报名自 {stamp(opens)} 开始",
            en=f"Enrolment begins at {stamp(opens)}",
        )
    if now > closes or state not in (SelectionState.AWAITING_KEYS, SelectionState.OPEN):
        raise Refusal(
            "enrolment-closed",
            zh="报名已截止，不再接受报名、更改和撤回",
            en="Enrolment has closed: nothing is taken, changed or withdrawn any more",
        )
    if state is SelectionState.AWAITING_KEYS:
        raise Refusal(
            "keys-awaited",
            zh="守时人的密钥尚未齐备，暂时不能密封报价；齐备后即可报名",
            en="The timekeepers' keys are not all there, so nothing can be sealed yet; enrol as"
            " soon as they are",
            article=SEALED,
        )


def check_about(
    held: Enrolment, *, subject: str, round_no: int, terms_hash: bytes, amendment: int
) -> None:
    """Refuse (`other-terms`) what was signed for another demand, round, terms or amendment."""
    wanted = (subject, round_no, terms_hash, amendment)
    if (held.subject, held.round, held.terms_hash, held.amendment) != wanted:
        raise Refusal(
            "other-terms",
            zh="报名签署的不是当前公告的条款，刷新页面后重新签署",
            en="The enrolment was not signed for the terms now in force; load the page again and"
            " sign anew",
        )


def check_turn(held: Enrolment, seq: int, previous: bytes | None) -> None:
    """Refuse (`out-of-turn`) an act that does not follow on the agency's last one."""
    if (held.seq, held.previous) != (seq, previous):
        raise Refusal(
            "out-of-turn",
            zh="本单位已有更新的报名，刷新页面后再试",
            en="Your organisation has a newer enrolment; load the page again",
        )


@dataclass(frozen=True, slots=True)
class Sent:
    """The ciphertexts that came with an act: of its price, of its scheme."""

    price: bytes | None = None
    scheme: bytes | None = None


def check_content(held: Enrolment, sent: Sent, *, sealed: bool, has_scheme: bool = False) -> None:
    """Refuse an enrolment with the wrong things in it.

    `quote-missing` where the mode asks for a price and none is sealed, `quote-unasked` where the
    price is the owner's; `scheme-missing`, `scheme-unasked` in the same way; `ciphertext-missing`
    for other bytes than the act names; `wrong-size` for a price of another length than all have,
    and for a scheme above `SCHEME_LENGTH`, which is included.
    """
    if held.is_withdrawal or not sealed:
        if held.envelope is not None or sent != Sent():
            raise _unasked()
        return
    if held.envelope is None:
        raise Refusal(
            "quote-missing",
            zh="此方式须密封报价",
            en="This mode asks for a sealed quote",
            article=SEALED,
        )
    _check_scheme(held, sent, has_scheme=has_scheme)
    _check_named(held.envelope, sent.price)
    if held.envelope.size != QUOTE_LENGTH:
        raise _wrong_size(
            "密文长度不是规定的长度，用本页或客户端重新密封",
            "The ciphertext is not of the one length of all quotes; seal it anew with this page"
            " or the client",
        )


def _check_scheme(held: Enrolment, sent: Sent, *, has_scheme: bool) -> None:
    if held.scheme is None and has_scheme:
        raise Refusal(
            "scheme-missing",
            zh="此方式须另行密封方案，与报价一次提交",
            en="This mode asks for a scheme, sealed apart from the price and sent with it",
            article=SEALED,
        )
    if not has_scheme and (held.scheme is not None or sent.scheme is not None):
        raise Refusal(
            "scheme-unasked",
            zh="此方式不收方案，只密封报价",
            en="This mode takes no scheme; seal a price alone",
        )
    if held.scheme is None:
        return
    _check_named(held.scheme, sent.scheme)
    if held.scheme.size > SCHEME_LENGTH:
        raise _wrong_size(
            "方案密文超过4 MiB，压缩文件后重新密封",
            "The sealed scheme is above 4 MiB; make the file smaller and seal it anew",
        )


def _check_named(envelope: Envelope, sent: bytes | None) -> None:
    """Refuse (`ciphertext-missing`) other bytes than an envelope names."""
    named = (envelope.size, envelope.ciphertext_hash)
    if sent is None or (len(sent), digest(sent)) != named:
        raise Refusal(
            "ciphertext-missing",
            zh="密文不完整，重新提交",
            en="The ciphertext is not whole; send it again",
        )


def refuse_related(relation: str | None) -> None:
    """Refuse (`same-group`) where another agency of the controlling group has enrolled."""
    if relation is not None:
        raise Refusal(
            "same-group",
            zh="与本单位存在控制关系的一家中介已经报名，同一控制关系只能一家报名",
            en="An agency of your controlling group has enrolled; one enrolment for each group",
            article=ONE_ENROLMENT,
        )


def _wrong_size(zh: str, en: str) -> Refusal:
    return Refusal("wrong-size", zh=zh, en=en, article=SEALED)


def _unasked() -> Refusal:
    return Refusal(
        "quote-unasked",
        zh="此方式报名时不报价：价格由业主公布，或在多轮竞价时报出",
        en="Nothing is sealed in this mode: the price is the owner's, as published, or is named in"
        " the rounds",
    )
