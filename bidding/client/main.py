"""`main`: run one command of the client; for the terminal, for stories and for tests alike.

Exit codes: 0 done, 1 refused, 2 not understood, 3 no answer (run the same again), 4 not yet.
"""

import argparse
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Final, TextIO

from bidding.client import (
    bonds,
    correctedprice,
    drawparty,
    drawsupervisor,
    dropping,
    files,
    inspection,
    lowprice,
    mirrors,
    officers,
    openings,
    profile,
    refunds,
    sealing,
    sending,
)
from bidding.client.arguments import parser
from bidding.client.bidbook import ACCEPTED, BidBook
from bidding.client.organisations import (
    OrganisationSecret,
    make_organisation_key,
    open_organisation_key,
)
from bidding.client.profile import Addresses, Profile
from bidding.client.told import tell, tell_refusal
from market.kernel.errors import BadInput, MarketError
from market.kernel.money import Money
from market.protocol.bondkeys import DENOMINATIONS
from market.protocol.encoding import Malformed

Asked = argparse.Namespace


def main(
    arguments: Sequence[str],
    out: TextIO | None = None,
    *,
    typed: Callable[[str], str] | None = None,
    environment: Mapping[str, str] | None = None,
) -> int:
    """Run a command; what it says goes to `out`, the answer is the exit code.

    `typed` asks a person; `environment` holds passwords and the platform's bearer token.
    """
    asked = parser().parse_args(arguments)
    told_to = sys.stdout if out is None else out
    language = asked.language or "zh"
    try:
        with files.only_user(asked.home):
            made = _profile(
                asked, typed or _typed, os.environ if environment is None else environment
            )
            language = made.language
            _COMMANDS[asked.subject, getattr(asked, "act", None)](made, asked)
    except MarketError as refused:
        return tell_refusal(refused, told_to, language=language, as_json=asked.json)
    return tell(made.told, told_to, language=made.language, as_json=asked.json)


def _profile(asked: Asked, typed: Callable[[str], str], environment: Mapping[str, str]) -> Profile:
    known = profile.saved(asked.home)
    given = Addresses(asked.platform, asked.anonymous, asked.custodian, asked.witness)
    trust, addresses, language = known or (None, Addresses(), "zh")
    path = asked.trust or trust
    made = Profile(
        asked.home,
        path,
        profile.merged(addresses, given),
        asked.language or language,
        typed,
        environment,
        asked.accept_risk,
        wait=asked.wait,
    )
    if path is not None:
        made.trust()  # so that a demonstration says on every command that it seals nothing
    return made


def _setup(made: Profile, asked: Asked) -> None:
    trust = made.trust()
    if made.trust_path is None:
        raise AssertionError("a trust file was read")
    profile.save(asked.home, made.trust_path, made.addresses, made.language)
    made.told.facts = {"trust_hash": trust.hash().hex(), "origin": trust.origin}
    made.told.say(
        f"资料夹已设置；信任文件的哈希为 {trust.hash().hex()}，与公告所印的核对",
        f"The profile is set up; compare the trust file's hash with the one printed in notices: "
        f"{trust.hash().hex()}",
    )


def _buy(made: Profile, asked: Asked) -> None:
    fen = Money.from_yuan(asked.yuan).fen
    if fen not in DENOMINATIONS:
        sums = ", ".join(str(Money(item).yuan.quantize(1)) for item in DENOMINATIONS)
        raise BadInput(
            "no-such-amount", zh=f"面额（元）只有：{sums}", en=f"The amounts in yuan are: {sums}"
        )
    bonds.buy(made, asked.uscc, fen, asked.password_file, asked.backup)


def _seal(made: Profile, asked: Asked) -> None:
    again = asked.act == "replace"
    offer = sealing.Offer(asked.offer, asked.document, asked.price_document, asked.consortium)
    sealing.seal_bid(made, asked.tender, offer, _signer(made, asked), again=again)
    if again:
        sending.send(made, asked.tender)


def _withdraw(made: Profile, asked: Asked) -> None:
    last = BidBook(made.home, asked.tender).last()
    if last.act.is_submission or last.outcome == ACCEPTED:
        sealing.seal_withdrawal(made, asked.tender)
    sending.send(made, asked.tender)


def _join(made: Profile, asked: Asked) -> None:
    officers.join(
        made, asked.tender, asked.role, asked.person, _signer(made, asked), _pool(made, asked),
        renew=asked.new_key,
    )  # fmt: skip


def _open(made: Profile, asked: Asked) -> None:
    signer, pool = _signer(made, asked), _pool(made, asked)
    if asked.mirror is None:
        openings.open_round(made, asked.tender, signer, pool)
    else:
        mirrors.open_mirror(made, asked.mirror, asked.round, signer, pool)


def _commit(made: Profile, asked: Asked) -> None:
    dice = None
    if asked.dice:
        dice = made.typed("掷骰点数 / throws of a die (1-6), at least 100")
    drawparty.commit_number(made, asked.draw, _signer(made, asked), dice)


def _keygen(made: Profile, asked: Asked) -> None:
    make_organisation_key(made, asked.uscc, asked.name, asked.out, asked.proof, locked=asked.locked)


def _finish(made: Profile, asked: Asked) -> None:
    bonds.finish(made, asked.token, asked.uscc, asked.password_file, asked.seconds)


def _refund(made: Profile, asked: Asked) -> None:
    refunds.refund(
        made, asked.token, asked.uscc, asked.account, asked.password_file, at_once=asked.at_once
    )


_COMMANDS: Final[Mapping[tuple[str, str | None], Callable[[Profile, Asked], None]]] = {
    ("setup", None): _setup,
    ("diagnose", None): lambda made, asked: inspection.diagnose(made, asked.out),
    ("org", "keygen"): _keygen,
    ("bond", "buy"): _buy,
    ("bond", "wait"): _finish,
    ("bond", "finalize"): _finish,
    ("bond", "list"): lambda made, _: bonds.listed(made),
    ("bond", "restore"): lambda made, asked: bonds.restore(made, asked.file, asked.passphrase_file),
    ("bond", "surrender"): lambda made, asked: refunds.give_up(made, asked.token),
    ("bond", "refund"): _refund,
    ("bond", "show-identity"): lambda made, asked: refunds.show_identity(
        made, asked.token, _signer(made, asked)
    ),
    ("tender", "check"): lambda made, asked: inspection.check_tender(made, asked.tender),
    ("bid", "seal"): _seal,
    ("bid", "replace"): _seal,
    ("bid", "send"): lambda made, asked: sending.send(made, asked.tender),
    ("bid", "withdraw"): _withdraw,
    ("bid", "receipt"): lambda made, asked: sending.redeem(made, asked.tender, asked.seconds),
    ("bid", "drop"): lambda made, asked: dropping.drop(made, asked.tender),
    ("bid", "watch"): lambda made, asked: sending.watch(made, asked.tender),
    ("lowprice", "show"): lambda made, asked: lowprice.show(made, asked.tender),
    ("lowprice", "answer"): lambda made, asked: lowprice.answer(made, asked.tender, asked.text),
    ("price", "show"): lambda made, asked: correctedprice.show(made, asked.tender),
    ("price", "confirm"): lambda made, asked: correctedprice.say(
        made, asked.tender, asked.yuan, confirmed=True
    ),
    ("price", "decline"): lambda made, asked: correctedprice.say(
        made, asked.tender, asked.yuan, confirmed=False
    ),
    ("officer", "keygen"): lambda made, asked: officers.make_pool(made, asked.count, asked.out),
    ("officer", "join"): _join,
    ("officer", "rehearse"): lambda made, asked: officers.rehearse(
        made, asked.tender, _signer(made, asked), _pool(made, asked)
    ),
    ("officer", "open"): _open,
    ("draw", "audit"): lambda made, asked: drawparty.audit_pool(
        made, asked.draw, _signer(made, asked)
    ),
    ("draw", "commit"): _commit,
    ("draw", "reveal"): lambda made, asked: drawparty.reveal_number(made, asked.draw),
    ("draw", "consent"): lambda made, asked: drawsupervisor.consent(
        made,
        asked.draw,
        drawsupervisor.Consenting(asked.reason, asked.stratum, asked.count),
        _signer(made, asked),
    ),
    ("draw", "void"): lambda made, asked: drawsupervisor.void(
        made, asked.draw, _signer(made, asked)
    ),
}


def _signer(made: Profile, asked: Asked) -> OrganisationSecret:
    return open_organisation_key(made, asked.org_key, asked.org_passphrase_file)


def _pool(made: Profile, asked: Asked) -> dict[str, str]:
    return officers.pool_of(made, asked.pool, asked.passphrase_file)


def _typed(question: str) -> str:
    sys.stderr.write(f"{question}\n> ")
    sys.stderr.flush()
    line = sys.stdin.readline()
    if not line:
        raise Malformed("nothing-typed", zh="没有输入", en="Nothing was typed")
    return line
