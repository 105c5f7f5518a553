"""Where the demonstration plays: a province that is on no map, with region codes nobody holds.

GB/T 2260 has no province 89, so no code made here is that of a real place.
"""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Place:
    """A region: its six-digit code, its names, and how a street there is called."""

    code: str
    zh: str
    en: str
    street_zh: str
    street_en: str


PROVINCE: Final = Place("890000", "东陆省", "Donglu Province", "东陆大道", "Donglu Avenue")
CITY: Final = Place("890100", "云汀市", "Yunting", "云汀大道", "Yunting Avenue")
DISTRICTS: Final = (
    Place("890102", "清河区", "Qinghe District", "清河南路", "Qinghe South Road"),
    Place("890103", "松泉区", "Songquan District", "松泉路", "Songquan Road"),
    Place("890104", "望潮区", "Wangchao District", "望潮街", "Wangchao Street"),
    Place("890105", "白鹭区", "Bailu District", "白鹭洲路", "Bailu Isle Road"),
    Place("890106", "石舫区", "Shifang District", "石舫巷", "Shifang Lane"),
    Place("890121", "苇溪县", "Weixi County", "苇溪东街", "Weixi East Street"),
)


def address(place: Place, number: int) -> tuple[str, str]:
    """An address there, in Chinese and English."""
    return (
        f"{PROVINCE.zh}{CITY.zh}{_inside(place)}{place.street_zh}{number}号",
        f"{number} {place.street_en}, {_outside(place)}{CITY.en}, {PROVINCE.en}",
    )


def _inside(place: Place) -> str:
    return "" if place in (CITY, PROVINCE) else place.zh


def _outside(place: Place) -> str:
    return "" if place in (CITY, PROVINCE) else f"{place.en}, "
