"""What a check found, in words for people: what was proved here, and what somebody vouches for."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Statement:
    """One thing that holds, in both languages."""

    zh: str
    en: str

    def words(self, language: str) -> str:
        """In "zh" or "en"."""
        return self.zh if language == "zh" else self.en


@dataclass(slots=True)
class Account:
    """What a check gathers on its way: the proved, and the attested, which is less."""

    proved: list[Statement] = field(default_factory=list)
    attested: list[Statement] = field(default_factory=list)

    def prove(self, zh: str, en: str) -> None:
        """Note a thing that was recomputed here from what was given."""
        self.proved.append(Statement(zh, en))

    def attest(self, zh: str, en: str) -> None:
        """Note a thing that is not proved here, with who vouches for it."""
        self.attested.append(Statement(zh, en))
