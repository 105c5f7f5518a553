import re
import subprocess
import sys
from pathlib import Path

import pyrage

from market.protocol.binding import Kind
from market.protocol.encoding import digest
from tests.support.protocol_cast import OFFICES, bid, officer_identity

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs" / "protocol.md").read_text(encoding="utf-8")
NAMES = (
    "acts",
    "amendments",
    "answers",
    "binding",
    "bondkeys",
    "disputes",
    "enrolments",
    "envelopes",
    "identity",
    "keypool",
    "links",
    "manifest",
    "offers",
    "officers",
    "opening",
    "receipts",
    "surrender",
    "timekeeping",
    "tokens",
    "uploads",
)
SOURCES = [
    (ROOT / "market" / "protocol" / f"{name}.py").read_text(encoding="utf-8") for name in NAMES
]


def test_h13_the_printed_script_opens_a_bid_without_this_program(tmp_path):
    script = re.search(r"```python\n(.*?)```", PAGE, re.DOTALL)[1]
    (tmp_path / "combine.py").write_text(script)
    shares = bid("a").act.envelope(Kind.PRICE).shares
    opened = []
    for place in (0, 2, 4):  # owner, supervisor and, behind its stand-in, the notary
        key = pyrage.x25519.Identity.from_str(officer_identity(OFFICES[place - (place > 3)][0]))
        opened.append(tmp_path / f"{place}.json")
        opened[-1].write_bytes(pyrage.decrypt(shares[place].sealed, [key]))
    done = subprocess.run(
        [sys.executable, tmp_path / "combine.py", *opened],
        check=True,
        capture_output=True,
        text=True,
    )
    identity = pyrage.x25519.Identity.from_str(done.stdout.strip())
    payload = pyrage.decrypt(bid("a").ciphertexts[Kind.PRICE], [identity])
    assert digest(payload) == bid("a").sealed[Kind.PRICE].payload_digest


def test_every_structure_made_here_stands_on_the_page():
    made = {
        name
        for source in SOURCES
        for name in re.findall(r'(?:structure|Members)\(\s*(?:\w+, )?"([a-z-]+)"', source)
    }
    assert len(made) > 15
    for name in made:
        assert f"yg/{name}/v1" in PAGE or f"`{name}`" in PAGE, name


def test_every_code_of_a_refusal_stands_on_the_page():
    codes = {
        code
        for source in SOURCES
        for code in re.findall(r'(?:code=|Refusal\(\s*|Malformed\(\s*)"([a-z-]+)"', source)
    }
    assert len(codes) > 30
    for code in codes:
        assert f"`{code}`" in PAGE or re.search(rf"\b{code}\b", PAGE), code
