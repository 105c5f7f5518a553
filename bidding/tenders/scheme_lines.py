"""A scoring scheme as lines of text that a person writes: one criterion, then its levels.

See `EXAMPLE`. The interval of an objective level stands last: its lower edge belongs to
it, its upper one to the next.
"""

from collections.abc import Iterable
from enum import StrEnum
from typing import Final, NoReturn, TypeVar

from bidding.rulebook.criteria import Criterion, Kind, Level, Part
from bidding.rulebook.figures import read_figure, write_figure
from bidding.rulebook.names import CriterionCode
from market.kernel.errors import BadInput, MarketError

E = TypeVar("E", bound=StrEnum)

LEVEL: Final = "="
BETWEEN: Final = ".."
EXAMPLE: Final = """\
T1; technical; subjective; implementation-plan; 实施方案; Implementation plan
= 50; 方案完整; complete
= 40; 方案较完整; mostly complete
B1; business; objective; delivery-days; 交货期; Delivery time; 天; days
= 20; 少于10天; under 10 days; ..10
= 12; 10天以上; 10 days and more; 10.."""
CRITERION_PARTS: Final = (6, 8)
LEVEL_PARTS: Final = (3, 4)


def read_lines(text: str) -> tuple[Criterion, ...]:
    """The criteria that the lines mean; `BadInput` "scheme-lines" names the line that is wrong."""
    found: list[tuple[list[str], list[Level]]] = []
    for number, line in enumerate(text.splitlines(), start=1):
        written = line.strip().replace("；", ";")
        if not written:
            continue
        if not written.startswith(LEVEL):
            parts = [part.strip() for part in written.split(";")]
            if len(parts) not in CRITERION_PARTS:
                _wrong(number)
            found.append((parts, []))
        elif found:
            found[-1][1].append(_level(written.removeprefix(LEVEL), number))
        else:
            _wrong(number)
    return tuple(_criterion(parts, levels) for parts, levels in found)


def write_lines(criteria: Iterable[Criterion]) -> str:
    """The lines that `read_lines` reads back."""
    lines: list[str] = []
    for row in criteria:
        parts = [row.code, row.part.value, row.kind.value, row.subject, row.zh, row.en]
        if row.unit_zh or row.unit_en:
            parts += [row.unit_zh, row.unit_en]
        lines.append("; ".join(parts))
        lines += [_level_line(level) for level in row.levels]
    return "\n".join(lines)


def _level_line(level: Level) -> str:
    parts = [write_figure(level.points), level.zh, level.en]
    if level.low is not None or level.high is not None:
        low = "" if level.low is None else write_figure(level.low)
        high = "" if level.high is None else write_figure(level.high)
        parts.append(f"{low}{BETWEEN}{high}")
    return f"{LEVEL} {'; '.join(parts)}"


def _criterion(parts: list[str], levels: list[Level]) -> Criterion:
    code, part, kind, subject, zh, en, *units = parts
    return Criterion(
        code=CriterionCode(code),
        part=_member(Part, part),
        kind=_member(Kind, kind),
        subject=subject,
        zh=zh,
        en=en,
        levels=tuple(levels),
        unit_zh=units[0] if units else "",
        unit_en=units[1] if units else "",
    )


def _level(text: str, number: int) -> Level:
    parts = [part.strip() for part in text.split(";")]
    if len(parts) not in LEVEL_PARTS:
        _wrong(number)
    edges = parts[3].split(BETWEEN) if len(parts) == max(LEVEL_PARTS) else ["", ""]
    if len(edges) != 2:  # noqa: PLR2004  a lower and an upper edge
        _wrong(number)
    try:
        low, high = (read_figure(edge.strip()) if edge.strip() else None for edge in edges)
        return Level(parts[1], parts[2], read_figure(parts[0]), low, high)
    except MarketError:
        _wrong(number)


def _member(kind: type[E], text: str) -> E:
    try:
        return kind(text)
    except ValueError:
        words = "、".join(member.value for member in kind)
        raise BadInput(
            "scheme-lines",
            zh=f"{text[:40]} 应为其中之一：{words}",
            en=f"{text[:40]} must be one of: {words.replace('、', ', ')}",
            fields={"criteria": (f"应为：{words}", f"One of: {words.replace('、', ', ')}")},
        ) from None


def _wrong(number: int) -> NoReturn:
    zh = f"第 {number} 行的写法不对，请对照示例"
    en = f"Line {number} is not written as in the example"
    raise BadInput("scheme-lines", zh=zh, en=en, fields={"criteria": (zh, en)})
