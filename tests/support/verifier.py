"""Files in a folder, the verifier run on them, and a small log to prove things from."""

import io
from pathlib import Path

from market.protocol.encoding import JsonObject, canonical
from market.verify.command_line import main
from tests.support.log_cast import Log, make_trust, seconds


class Folder:
    """Files in a folder, and the verifier run on them."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.put("trust", make_trust().write())

    def put(self, name: str, raw: bytes | JsonObject) -> Path:
        """Write a file."""
        (self.path / name).write_bytes(raw if isinstance(raw, bytes) else canonical(raw))
        return self.path / name

    def run(self, what: str, file: str, *words: str, language: str = "en") -> tuple[int, str]:
        """Exit code and words of the verifier."""
        out = io.StringIO()
        told = [what, str(self.path / file), *(self.path_of(word) for word in words)]
        trust = str(self.path / "trust")
        code = main([*told, "--trust", trust, "--language", language], out)
        return code, out.getvalue()

    def path_of(self, word: str) -> str:
        """A word of the command line: a flag as it is, a file by its place in the folder."""
        return word if word.startswith("--") else str(self.path / word)


def notices(count: int = 5) -> Log:
    """A log of some notices."""
    log = Log()
    for number in range(count):
        log.append("notice", seconds(number), f"tender/{number}", {"number": number})
    return log
