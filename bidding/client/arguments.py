"""The command line: who does what to which tender, and where the secrets are read from.

Secrets never stand on the command line, where other users of the machine could read them.
"""

import argparse
from pathlib import Path
from typing import Final

from market.protocol.draws import REASONS
from market.protocol.keypool import POOL_LIMIT, POOL_SIZE
from market.protocol.officers import ROLES

LANGUAGES: Final = ("zh", "en")
HOME: Final = Path.home() / ".yangguang"
_Commands = argparse._SubParsersAction  # noqa: SLF001  argparse gives its type no public name


def parser() -> argparse.ArgumentParser:
    """Every command with its options."""
    made = argparse.ArgumentParser(prog="python -m bidding.client")
    made.add_argument("--home", type=Path, default=HOME)
    made.add_argument("--trust", type=Path)
    made.add_argument("--language", choices=LANGUAGES)
    made.add_argument("--json", action="store_true")
    made.add_argument("--accept-risk", action="store_true")
    made.add_argument("--wait", type=float, default=20, help="seconds to wait for a witness")
    for name in ("platform", "anonymous", "custodian", "witness"):
        made.add_argument(f"--{name}", default="")
    subjects = made.add_subparsers(dest="subject", required=True)
    subjects.add_parser("setup")
    diagnose = subjects.add_parser("diagnose")
    diagnose.add_argument("--out", type=Path, required=True)
    _org(_under(subjects, "org"))
    _bond(_under(subjects, "bond"))
    tender = _under(subjects, "tender").add_parser("check")
    tender.add_argument("tender")
    _bid(_under(subjects, "bid"))
    _lowprice(_under(subjects, "lowprice"))
    _price(_under(subjects, "price"))
    _officer(_under(subjects, "officer"))
    _draw(_under(subjects, "draw"))
    return made


def _under(
    subjects: "_Commands[argparse.ArgumentParser]", name: str
) -> "_Commands[argparse.ArgumentParser]":
    return subjects.add_parser(name).add_subparsers(dest="act", required=True)


def _org(acts: "_Commands[argparse.ArgumentParser]") -> None:
    keygen = acts.add_parser("keygen")
    keygen.add_argument("--uscc", required=True)
    keygen.add_argument("--name", required=True)
    keygen.add_argument("--out", type=Path, required=True)
    keygen.add_argument("--proof", type=Path, required=True)
    keygen.add_argument("--locked", action="store_true")


def _bond(acts: "_Commands[argparse.ArgumentParser]") -> None:
    buy = acts.add_parser("buy")
    buy.add_argument("--yuan", required=True)
    buy.add_argument("--backup", type=Path)
    _holder(buy)
    for name, seconds in (("wait", 600.0), ("finalize", 0.0)):
        act = acts.add_parser(name)
        act.add_argument("--token")
        act.add_argument("--seconds", type=float, default=seconds)
        _holder(act)
    acts.add_parser("list")
    restore = acts.add_parser("restore")
    restore.add_argument("file", type=Path)
    restore.add_argument("--passphrase-file", type=Path)
    acts.add_parser("surrender").add_argument("token")
    refund = acts.add_parser("refund")
    refund.add_argument("token")
    refund.add_argument("--account", required=True)
    refund.add_argument("--at-once", action="store_true")
    _holder(refund)
    shown = acts.add_parser("show-identity")
    shown.add_argument("token")
    _signer(shown)


def _bid(acts: "_Commands[argparse.ArgumentParser]") -> None:
    for name in ("seal", "replace"):
        act = acts.add_parser(name)
        act.add_argument("tender")
        act.add_argument("--offer", type=Path, required=True)
        act.add_argument("--document", type=Path, action="append", default=[])
        act.add_argument("--price-document", type=Path, action="append", default=[])
        act.add_argument("--consortium", action="append", default=[])
        _signer(act)
    for name in ("send", "withdraw"):
        acts.add_parser(name).add_argument("tender")
    receipt = acts.add_parser("receipt")
    receipt.add_argument("tender")
    receipt.add_argument("--seconds", type=float, default=0)
    acts.add_parser("drop").add_argument("tender")
    acts.add_parser("watch").add_argument("tender", nargs="?")


def _lowprice(acts: "_Commands[argparse.ArgumentParser]") -> None:
    acts.add_parser("show").add_argument("tender")
    answer = acts.add_parser("answer")
    answer.add_argument("tender")
    answer.add_argument("--text", type=Path, required=True)


def _price(acts: "_Commands[argparse.ArgumentParser]") -> None:
    acts.add_parser("show").add_argument("tender")
    for word in ("confirm", "decline"):
        said = acts.add_parser(word)
        said.add_argument("tender")
        said.add_argument("--yuan", required=True)


def _officer(acts: "_Commands[argparse.ArgumentParser]") -> None:
    keygen = acts.add_parser("keygen")
    keygen.add_argument("--count", type=_count, default=POOL_SIZE)
    keygen.add_argument("--out", type=Path, required=True)
    join = acts.add_parser("join")
    join.add_argument("tender")
    join.add_argument("--role", choices=ROLES, required=True)
    join.add_argument("--person", required=True)
    join.add_argument("--new-key", action="store_true")
    _pool(join)
    rehearse = acts.add_parser("rehearse")
    rehearse.add_argument("tender")
    _pool(rehearse)
    opening = acts.add_parser("open")
    opening.add_argument("tender")
    opening.add_argument("--from", dest="mirror", type=Path)
    opening.add_argument("--round", type=int, default=1)
    _pool(opening)


def _draw(acts: "_Commands[argparse.ArgumentParser]") -> None:
    for name in ("audit", "commit"):
        act = acts.add_parser(name)
        act.add_argument("draw")
        _signer(act)
        if name == "commit":
            act.add_argument("--dice", action="store_true")
    acts.add_parser("reveal").add_argument("draw")
    consent = acts.add_parser("consent", help="supervisor: small pool, more skips, frozen again")
    consent.add_argument("draw")
    consent.add_argument("--reason", choices=REASONS, default=REASONS[0])
    consent.add_argument("--stratum", help="with --reason skips")
    consent.add_argument("--count", type=_count, default=0, help="with --reason skips")
    _signer(consent)
    void = acts.add_parser("void", help="supervisor: end an attempt that parties let lapse")
    void.add_argument("draw")
    _signer(void)


def _holder(act: argparse.ArgumentParser) -> None:
    act.add_argument("--uscc", required=True)
    act.add_argument("--password-file", type=Path)


def _signer(act: argparse.ArgumentParser) -> None:
    act.add_argument("--org-key", type=Path, required=True)
    act.add_argument("--org-passphrase-file", type=Path)


def _pool(act: argparse.ArgumentParser) -> None:
    act.add_argument("--pool", type=Path, required=True)
    act.add_argument("--passphrase-file", type=Path)
    _signer(act)


def _count(text: str) -> int:
    count = int(text)
    if not 1 <= count <= POOL_LIMIT:
        raise argparse.ArgumentTypeError(f"1 to {POOL_LIMIT}")
    return count
