"""The specialties that the demonstration's library knows, and where their experts work.

A small classification of our own in the shape of the national one: A works, B goods, C services.
They stand in a ring in which neighbours are related fields.
"""

from dataclasses import dataclass
from typing import Final

from market.experts.rules.eligibility import Level


@dataclass(frozen=True, slots=True)
class Specialty:
    """A field of expertise: its code and its names."""

    code: str
    zh: str
    en: str


SPECIALTIES: Final = (
    Specialty("A01", "房屋建筑工程", "Building construction"),
    Specialty("A03", "桥梁隧道工程", "Bridges and tunnels"),
    Specialty("A02", "市政道路工程", "Municipal roads"),
    Specialty("A04", "给水排水工程", "Water supply and drainage"),
    Specialty("A06", "园林绿化工程", "Landscaping"),
    Specialty("C02", "物业服务", "Property services"),
    Specialty("B03", "办公家具", "Office furniture"),
    Specialty("B02", "医疗设备", "Medical equipment"),
    Specialty("B01", "信息技术设备", "Information technology equipment"),
    Specialty("C01", "软件开发与集成", "Software development and integration"),
    Specialty("C06", "会计审计", "Accounting and auditing"),
    Specialty("C05", "法律服务", "Legal services"),
    Specialty("C03", "工程造价", "Cost engineering"),
    Specialty("C04", "工程监理", "Construction supervision"),
    Specialty("A05", "机电设备安装", "Mechanical and electrical installation"),
)
CODES: Final = tuple(specialty.code for specialty in SPECIALTIES)

_ENGINEERS: Final = {
    Level.SENIOR: ("高级工程师", "Senior engineer"),
    Level.MIDDLE: ("工程师", "Engineer"),
    Level.JUNIOR: ("助理工程师", "Assistant engineer"),
}
_TITLES: Final = {
    "B02": {
        Level.SENIOR: ("主任医师", "Chief physician"),
        Level.MIDDLE: ("主治医师", "Attending physician"),
        Level.JUNIOR: ("住院医师", "Resident physician"),
    },
    "C05": {
        Level.SENIOR: ("二级律师", "Lawyer, second grade"),
        Level.MIDDLE: ("三级律师", "Lawyer, third grade"),
        Level.JUNIOR: ("四级律师", "Lawyer, fourth grade"),
    },
    "C06": {
        Level.SENIOR: ("高级会计师", "Senior accountant"),
        Level.MIDDLE: ("会计师", "Accountant"),
        Level.JUNIOR: ("助理会计师", "Assistant accountant"),
    },
}


def title(code: str, level: Level) -> tuple[str, str]:
    """The title of that level in a field, in Chinese and English; `KeyError` for no level."""
    return _TITLES.get(code, _ENGINEERS)[level]
