"""The parties of a draw: who throws a nonce in, and who stands in when one loses its right."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from market.protocol.encoding import Json, JsonObject, b64u, refuse
from market.protocol.members import Members
from market.protocol.names import word
from market.protocol.signing import PUBLIC_LENGTH, load_public

SUPERVISOR: Final = "supervisor"
INSIDE_ROLES: Final = frozenset({"operator", "centre"})  # one interest group with the platform
PARTY_LIMIT: Final = 32
LEAST: Final = 2  # parties without whom there is no draw


@dataclass(frozen=True, slots=True)
class Party:
    """Who throws a nonce into the draw, with what key; or who stands in for which party."""

    party: str
    organisation: str
    role: str
    key: bytes
    stands_in_for: str | None

    def json(self) -> JsonObject:
        """The party as a freeze writes it."""
        return {
            "party": self.party,
            "organisation": self.organisation,
            "role": self.role,
            "key": b64u(self.key),
            "stands_in_for": self.stands_in_for,
        }


def read_party(value: Json) -> Party:
    """The party that `Party.json` writes; else `malformed` or `bad-key`."""
    held = Members(value)
    found = Party(
        word(held.take("party")),
        held.uscc("organisation"),
        word(held.take("role")),
        held.octets("key", PUBLIC_LENGTH),
        held.maybe("stands_in_for", lambda name: word(held.take(name))),
    )
    held.end()
    load_public(found.key)
    return found


def check_parties(parties: Sequence[Party]) -> None:
    """Refuse (`bad-parties`) parties that a draw may not have.

    Names and keys differ; main parties are of different organisations, two at least, a supervisor
    among them; a stand-in stands in for a main party and is of no other
    main party's organisation; a stand-in of the supervisor is a supervisor.
    """
    main = {item.party: item for item in parties if item.stands_in_for is None}
    organisations = [item.organisation for item in main.values()]
    sound = (
        len({item.party for item in parties}) == len(parties)
        and len({item.key for item in parties}) == len(parties)
        and len(set(organisations)) == len(organisations) > 1
        and any(item.role == SUPERVISOR for item in main.values())
        and all(_stands_in_soundly(item, main) for item in parties)
    )
    if not sound:
        refuse(
            "抽取参与方不合规则：须为两个以上不同单位，含监督方",
            "The parties break the rule: two or more different organisations, with a supervisor",
            code="bad-parties",
        )


def active_parties(parties: Sequence[Party], removed: frozenset[str]) -> tuple[Party, ...]:
    """Who must commit once the `removed` have lost their right, ascending by name.

    Each main party itself, or the first of its stand-ins, in the order of the freeze, that has
    its right still. A seat that has nobody left stays empty; `no-party` unless a supervisor and
    one more are left: who lets an attempt lapse must not be able to end the draw.
    """
    seats = [item for item in parties if item.stands_in_for is None]
    found = [_holder(item, parties, removed) for item in seats]
    holders = [item for item in found if item is not None]
    if len(holders) < LEAST or all(item.role != SUPERVISOR for item in holders):
        refuse(
            "剩余参与方不足两方或没有监督方",
            "Fewer than two parties are left, or no supervisor",
            code="no-party",
        )
    return tuple(sorted(holders, key=lambda item: item.party))


def _holder(seat: Party, parties: Sequence[Party], removed: frozenset[str]) -> Party | None:
    bench = [seat, *(item for item in parties if item.stands_in_for == seat.party)]
    return next((item for item in bench if item.party not in removed), None)


def _stands_in_soundly(party: Party, main: Mapping[str, Party]) -> bool:
    if party.stands_in_for is None:
        return True
    seat = main.get(party.stands_in_for)
    others = {item.organisation for item in main.values() if item is not seat}
    return (
        seat is not None
        and party.organisation not in others
        and (seat.role != SUPERVISOR or party.role == SUPERVISOR)
    )
