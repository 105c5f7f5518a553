"""The verifier's command line: which file to check, by which trust file, in which language.

Exit codes: 0 when everything holds, 1 naming the first thing that does not, 2 for a command that
was not understood.
"""

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Final, TextIO

from intermediaries.rulebook.selection.outcome import Outcome
from market.kernel.errors import MarketError
from market.protocol.encoding import b64u
from market.protocol.reruns import Rerun
from market.protocol.statements import Account
from market.protocol.trust import Trust
from market.verify import checks, selections

LANGUAGES: Final = ("zh", "en")
HOLDS: Final = {"zh": "成立", "en": "Holds"}
ATTESTED: Final = {"zh": "未证明", "en": "Not proved"}
FAILS: Final = {"zh": "不成立", "en": "Does not hold"}
DONE: Final = {"zh": "以上各项均成立。", "en": "Everything above holds."}


def main(arguments: Sequence[str], out: TextIO) -> int:
    """Run the verifier; everything it says goes to `out`."""
    asked = _parser().parse_args(arguments)
    account = Account()
    try:
        trust = checks.open_trust(asked.trust, account)
        found = _check(asked, trust, account)
    except MarketError as refused:
        _tell(account, asked.language, out)
        said = refused.words(asked.language)
        _line(out, f"{FAILS[asked.language]} [{refused.code}]: {said}")
        return 1
    _tell(account, asked.language, out)
    if isinstance(found, Rerun):
        _tell_draw(found, asked.language, out)
    elif found is not None:
        _tell_selection(found, asked.language, out)
    _line(out, DONE[asked.language])
    return 0


def _check(asked: argparse.Namespace, trust: Trust, account: Account) -> Rerun | Outcome | None:
    if asked.what == "draw":
        return checks.draw(
            asked.file, trust, account, log=asked.log, without_journal=asked.without_journal
        )
    if asked.what == "selection":
        return selections.selection(
            asked.file,
            trust,
            account,
            draw=asked.draw,
            log=asked.log,
            without_journal=asked.without_journal,
        )
    if asked.what == "receipt":
        checks.receipt(
            asked.file,
            trust,
            account,
            act=asked.act,
            redemption=asked.redemption,
            closing=asked.closing,
            listed=asked.list,
        )
        return None
    if asked.what == "case-file":
        checks.case_file(asked.file, trust, account, log=asked.log)
        return None
    simple = {
        "inclusion": checks.inclusion,
        "consistency": checks.consistency,
        "checkpoint": checks.checkpoint,
    }
    simple[asked.what](asked.file, trust, account)
    return None


def _tell(account: Account, language: str, out: TextIO) -> None:
    for held in account.proved:
        _line(out, f"{HOLDS[language]}: {held.words(language)}")
    for held in account.attested:
        _line(out, f"{ATTESTED[language]}: {held.words(language)}")


def _tell_draw(found: Rerun, language: str, out: TextIO) -> None:
    """The seed, and who or what was drawn: ids where the leaves are open, else the leaves."""
    seed, result = {"zh": "种子", "en": "Seed"}, {"zh": "结果", "en": "Result"}
    _line(out, f"{seed[language]}: {b64u(found.seed)}")
    for name, drawn in found.drawn():
        _line(out, f"{result[language]}: {name}: {', '.join(drawn)}")


def _tell_selection(found: Outcome, language: str, out: TextIO) -> None:
    """Every agency with its figures and why it came where it did; then who was chosen, or why not.

    Each has its own line, so that a row of the published notice can be laid beside it.
    """
    for row in found.rows:
        figures = ", ".join(item.words(language) for item in row.figures)
        _line(out, f"{row.agency}: {row.words(language)} [{figures}]")
    for item in found.figures:
        _line(out, item.words(language))
    result = {"zh": "结果", "en": "Result"}[language]
    if found.failure is not None:
        _line(out, f"{result}: {found.failure.words(language)}")
    elif found.winner is None:
        waits = {"zh": "等待业主从入围名单中选定", "en": "The owner's pick is waited for"}
        _line(out, f"{result}: {waits[language]}")
    else:
        _line(out, f"{result}: {found.row(found.winner).agency}")


def _line(out: TextIO, text: str) -> None:
    out.write(text + "\n")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m market.verify",
        description="Check files of the public record offline. 离线核验公开日志的文件。",
    )
    kinds = parser.add_subparsers(dest="what", required=True)
    _add(kinds, "checkpoint", "a checkpoint, as served under /log/checkpoint")
    _add(kinds, "inclusion", "an entry's proof file")
    _add(kinds, "consistency", "a proof file between two checkpoints")
    receipt = _add(kinds, "receipt", "a receipt")
    receipt.add_argument("--act", type=Path, help="the act that was sent")
    receipt.add_argument("--redemption", type=Path, help="what the receipt was redeemed for")
    receipt.add_argument("--closing", type=Path, help="the proof file of the closing record")
    receipt.add_argument("--list", type=Path, help="the closing list")
    case = _add(kinds, "case-file", "a case file: one tender with all its proofs")
    case.add_argument("--log", type=Path, help="a folder with the whole log, as tlog-tiles")
    chosen = _add(kinds, "selection", "a selection file: how one agency was chosen")
    chosen.add_argument("--draw", type=Path, help="the draw file, where only its hash is inside")
    for drawn in (_add(kinds, "draw", "a draw file"), chosen):
        drawn.add_argument("--log", type=Path, help="a folder with the whole log, as tlog-tiles")
        drawn.add_argument(
            "--without-journal",
            action="store_true",
            help="run the draw again only, although the file's place in the record is then open",
        )
    return parser


def _add(
    kinds: "argparse._SubParsersAction[argparse.ArgumentParser]", name: str, about: str
) -> argparse.ArgumentParser:
    parser = kinds.add_parser(name, help=about)
    parser.add_argument("file", type=Path)
    parser.add_argument("--trust", type=Path, required=True, help="the trust file")
    parser.add_argument("--language", choices=LANGUAGES, default="zh")
    return parser
