"""Names of people who do not exist: rare surnames with given names that no register shows.

English renderings are the usual transcription, surname first.
"""

from typing import Final

from market.demo.people.choices import Choices

_SURNAMES: Final = (
    ("甘", "Gan"),
    ("苗", "Miao"),
    ("柏", "Bai"),
    ("臧", "Zang"),
    ("宓", "Mi"),
    ("卞", "Bian"),
    ("郁", "Yu"),
    ("鄢", "Yan"),
    ("蔺", "Lin"),
    ("屠", "Tu"),
    ("蒲", "Pu"),
    ("褚", "Chu"),
    ("樊", "Fan"),
    ("阮", "Ruan"),
    ("虞", "Yu"),
    ("柯", "Ke"),
    ("籍", "Ji"),
    ("印", "Yin"),
    ("尚", "Shang"),
    ("祁", "Qi"),
    ("庞", "Pang"),
    ("缪", "Miao"),
    ("解", "Xie"),
    ("应", "Ying"),
    ("宗", "Zong"),
    ("丁", "Ding"),
    ("宣", "Xuan"),
    ("贲", "Ben"),
    ("邓", "Deng"),
    ("单", "Shan"),
    ("洪", "Hong"),
    ("诸", "Zhu"),
    ("左", "Zuo"),
    ("崔", "Cui"),
    ("钮", "Niu"),
    ("龚", "Gong"),
)
_FIRST: Final = (
    ("砚", "yan"),
    ("禾", "he"),
    ("棠", "tang"),
    ("笛", "di"),
    ("舟", "zhou"),
    ("澈", "che"),
    ("槿", "jin"),
    ("岚", "lan"),
    ("筠", "yun"),
    ("漪", "yi"),
    ("苇", "wei"),
    ("渡", "du"),
    ("檀", "tan"),
    ("岫", "xiu"),
    ("簌", "su"),
    ("蘅", "heng"),
    ("汀", "ting"),
    ("榆", "yu"),
    ("霁", "ji"),
    ("樾", "yue"),
)
_SECOND: Final = (
    ("溪", "xi"),
    ("朗", "lang"),
    ("声", "sheng"),
    ("原", "yuan"),
    ("里", "li"),
    ("屿", "yu"),
    ("帆", "fan"),
    ("岑", "cen"),
    ("暮", "mu"),
    ("堤", "di"),
    ("野", "ye"),
    ("垣", "yuan"),
    ("笙", "sheng"),
    ("洲", "zhou"),
    ("浦", "pu"),
    ("遥", "yao"),
    ("墨", "mo"),
    ("穗", "sui"),
    ("庭", "ting"),
    ("珂", "ke"),
)


def new_name(label: str, taken: set[str]) -> tuple[str, str]:
    """A name in Chinese and English that is not in `taken`, which learns it."""
    choices = Choices(f"name|{label}")
    while True:
        surname, first, second = (choices.one(part) for part in (_SURNAMES, _FIRST, _SECOND))
        zh = surname[0] + first[0] + second[0]
        if zh not in taken:
            taken.add(zh)
            return zh, f"{surname[1]} {(first[1] + second[1]).capitalize()}"
