"""What states and kinds are called in both languages: complete, or no start."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

E = TypeVar("E", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class StateWords:
    """The (zh, en) names of all members of one enum; made by `words_of`."""

    states: type[StrEnum]
    names: Mapping[str, tuple[str, str]]


def words_of(states: type[E], names: Mapping[E, tuple[str, str]]) -> StateWords:
    """The names of every member; `ValueError` names the members that have none or half of one."""
    missing = [
        state.name
        for state in states
        if state not in names or not all(word.strip() for word in names[state])
    ]
    if missing:
        raise ValueError(f"{states.__name__} has no words for {', '.join(missing)}")
    return StateWords(states, {state.value: names[state] for state in states})


class Vocabulary:
    """All the names that the rooms gave to their states."""

    def __init__(self) -> None:
        self._words: dict[type[StrEnum], StateWords] = {}

    def add(self, words: Iterable[StateWords]) -> None:
        """Take up the words of a room; `ValueError` if an enum is named twice, differently."""
        for one in words:
            known = self._words.get(one.states)
            if known is not None and known != one:
                raise ValueError(f"{one.states.__name__} is named twice")
            self._words[one.states] = one

    def __contains__(self, states: object) -> bool:
        return states in self._words

    def say(self, value: StrEnum, language: str) -> str:
        """The name of one state; `LookupError` where no room has named its enum."""
        try:
            zh, en = self._words[type(value)].names[value.value]
        except KeyError:
            raise LookupError(f"no words for {type(value).__name__}") from None
        return zh if language == "zh" else en
