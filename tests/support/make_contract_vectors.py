"""Makes `tests/vectors/contracts.json`: statements of service contracts, hashed and signed.

    python -m tests.support.make_contract_vectors

`tests/support/replay_contracts.mjs` replays them with the script of the page on which a side signs.
"""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from intermediaries.orders.rules.contract import Promised, Terms
from intermediaries.orders.rules.states import Side
from market.kernel.money import Money
from market.protocol.encoding import Json, canonical
from market.protocol.signing import signed
from tests.support.protocol_cast import BIDDER, OFFICES, signer

TARGET = Path(__file__).parents[1] / "vectors" / "contracts.json"
STUDY = Terms(
    order="ZJ-2026-000123",
    place=0,
    owner=OFFICES[0][2],
    owner_name=OFFICES[0][1],
    agency=BIDDER,
    agency_name="闽江测绘设计有限公司",
    item="IC01-001",
    title="市民中心扩建“可行性研究” <第1期>",
    scope=("送审稿", "报批稿\\终稿"),
    price=Money(8_600_050),
    working_days=9,
    inputs=("选址意见", "现状测绘图"),
    clauses='按平台范本\n第二条 "质量" 另定 & 双方确认\n\ttab',
)
SECOND = replace(STUDY, place=1, scope=("报告",), inputs=(), price=Money(1), clauses="–")
PROMISED = replace(
    STUDY,
    promised=Promised(
        notice=bytes(range(32)),
        template="评估、论证报告编制合同",
        own_terms="报告须附\n电子版",
        payment='验收后 "一次" 付清',
        payment_days=30,
    ),
)


def cases() -> Iterator[Json]:
    """Each set of terms as each side signs it."""
    for name, terms in (
        ("study", STUDY),
        ("second-candidate", SECOND),
        ("by-notice", PROMISED),
    ):
        for side in Side.OWNER, Side.AGENCY:
            statement = terms.statement(side)
            text = canonical(statement).decode()
            label = f"organisation/{side.value}"
            yield {
                "name": f"{name}-{side.value}",
                "given": {"text": text, "signer": label},
                "gives": {
                    "hash": terms.hash.hex(),
                    "signed": canonical(signed(statement, signer(label))).decode(),
                },
            }


def text() -> str:
    """The file's text."""
    held: Json = {
        "note": "Test keys only; a signature covers yg/sig/v1, the type and the text.",
        "contracts": [*cases()],
    }
    return json.dumps(held, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


if __name__ == "__main__":
    TARGET.write_text(text(), encoding="utf-8")
