"""The part an officer's organisation plays, in words."""

from collections.abc import Mapping
from typing import Final

PARTS: Final[Mapping[str, tuple[str, str]]] = {
    "owner": ("采购人", "purchaser"),
    "agent": ("代理机构", "agent"),
    "operator": ("平台运营方", "operator of the platform"),
    "centre": ("交易中心", "trading centre"),
    "supervisor": ("监督部门", "supervisor"),
    "notary": ("公证机构", "notary"),
    "witness": ("见证单位", "witness"),
}
"""Every part of `market.protocol.officers.ROLES`, in Chinese and English."""


def part(role: str, language: str) -> str:
    """The name of a part in "zh" or "en"."""
    zh, en = PARTS[role]
    return zh if language == "zh" else en
