"""Printed forms: PDF made by typst from a form and facts, with the fonts of this repository.

The facts are handed in as JSON and never become part of the form's text, so nothing that
somebody wrote is read as markup. The same facts at the same moment give the same bytes.
"""

import json
import tempfile
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Final

import typst

from market.protocol.encoding import Json

FONTS: Final = Path(__file__).parent / "fonts"
DEMONSTRATION: Final = """
#set page(header: align(center, text(font: "Noto Sans SC", size: 9pt, fallback: false)[
  演示环境：人员虚构，密钥公开，本件没有法律效力 \\
  Demonstration: fictional people, public keys, no legal effect
]))
"""
"""What stands at the head of each sheet that is printed in the demonstration, and nowhere else."""


def printed(form: Path, facts: Mapping[str, Json], at: datetime, *, is_demo: bool) -> bytes:
    """The PDF of a form, a `.typ` file, filled with facts; `at` is its date of making.

    `is_demo`: each of its sheets says that it is of a demonstration.
    """
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "form.typ"
        head = DEMONSTRATION.encode() if is_demo else b""
        source.write_bytes(head + form.read_bytes())
        (Path(folder) / "facts.json").write_text(json.dumps(facts, ensure_ascii=False))
        made: bytes = typst.compile(
            str(source),
            root=folder,
            font_paths=[str(FONTS)],
            ignore_system_fonts=True,
            timestamp=int(at.timestamp()),
        )
    return made
