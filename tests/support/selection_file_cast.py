"""A whole selection for tests of its file: sealed quotes, timekeepers, draw, journal, outcome."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cache

from intermediaries.rulebook.selection.choosing import Given, choose
from intermediaries.rulebook.selection.lots import Drawn
from intermediaries.rulebook.selection.modes import Mode
from intermediaries.rulebook.selection.outcome import Outcome
from intermediaries.rulebook.selection.quotes import Fault, Quote
from intermediaries.rulebook.selection.record import outcome_json, terms_json
from intermediaries.rulebook.selection.rerun import draw_purpose
from intermediaries.rulebook.selection.terms import Terms
from market.kernel.money import Money
from market.protocol.draw_results import permutation_result
from market.protocol.encoding import JsonObject, b64u, canonical, digest
from market.protocol.enrolments import Enrolment, open_quote
from market.protocol.freezes import PERMUTATION
from market.protocol.offers import offer_json
from market.protocol.selection_files import (
    given_hash,
    quote_json,
    write_inputs,
    write_selection_file,
)
from market.protocol.timekeeping import check_releases, read_release
from tests.support.draw_cast import (
    MAIN,
    DrawScene,
    Made,
    commits_of,
    json_of,
    reveals_of,
    seed_of,
)
from tests.support.draw_journaling import Journaling, journal_of
from tests.support.log_cast import Log, seconds
from tests.support.selection_cast import terms
from tests.support.timekeeping_cast import (
    enrolled,
    release_json,
    sealed_quote,
    time_manifest,
)

PRICES = (10_000_000, 9_600_000, 9_400_000, 9_000_000, 8_600_000, 8_000_000)
RELEASED = (1, 3)
DRAW = "D-2026-000777"


@dataclass
class Scene:
    """The makings of one selection; a test changes one of them."""

    terms: Terms = field(default_factory=lambda: terms(Mode.REFPRICE))
    prices: Sequence[int | str] = PRICES
    released: Sequence[int] = RELEASED
    with_ciphertexts: bool = True

    @property
    def terms_hash(self) -> bytes:
        """What the agencies sign."""
        return digest(canonical(terms_json(self.terms)))

    def sealed(self) -> list[tuple[Enrolment, bytes]]:
        """The enrolments, a, b, c …, with their ciphertexts."""
        return [
            sealed_quote(label, price, self.terms_hash)
            for label, price in zip("abcdefgh", self.prices, strict=False)
        ]

    def inputs(self, **changed: object) -> JsonObject:
        """The part of the file that the outcome follows from."""
        manifest = time_manifest()
        releases = [release_json(number) for number in self.released]
        identities = check_releases([read_release(item, manifest) for item in releases])
        rows = list[JsonObject]()
        for held, raw in self.sealed():
            opened = open_quote(held, manifest, identities, [raw], lambda _: len)
            shown = raw if self.with_ciphertexts else None
            rows.append(quote_json(held, ciphertext=shown, offer=offer_json(opened.facts)))
        parts = {
            "terms": terms_json(self.terms),
            "quotes": rows,
            "timekeepers": manifest.to_json(),
            "releases": releases,
            **changed,
        }
        return write_inputs(**parts)  # type: ignore[arg-type]


def draw_of(
    scene: Scene, keys: Sequence[bytes], case: str | None = None, purpose: str | None = None
) -> Made:
    """The draw over these enrolments, carried out honestly."""
    held = DrawScene(kind=PERMUTATION, items=tuple(sorted(keys)), draw=DRAW)
    freeze = replace(
        held.freeze(),
        case=case or scene.terms.subject,
        purpose=purpose or draw_purpose(scene.terms.round),
    )
    commits = commits_of(freeze, MAIN)
    seed = seed_of(freeze, commits)
    reveals = reveals_of(MAIN, draw=DRAW)
    result = permutation_result(freeze, 1, seed, held.items)
    leaves = (held.items,)
    return Made(
        freeze, 1, leaves, [], [], commits, reveals, seed, None, [], result, [], None
    )  # fmt: skip


def drawn_of(made: Made) -> Drawn:
    """The draw as the rules take it."""
    return Drawn(made.seed, made.freeze.purpose, made.leaves[0])


def outcome_of(scene: Scene, made: Made, **more: object) -> Outcome:
    """What the quotes come to, by the rules and not by the file."""
    quotes = tuple(
        Quote(held.hash, held.agency, Money(price) if isinstance(price, int) else None)
        for (held, _), price in zip(scene.sealed(), scene.prices, strict=True)
    )
    return choose(scene.terms, Given(quotes=quotes, drawn=drawn_of(made), **more))  # type: ignore[arg-type]


@cache
def whole_file() -> JsonObject:
    """A selection file with everything it can have: ciphertexts, releases, draw, journal."""
    scene = Scene()
    made = draw_of(scene, [held.hash for held, _ in scene.sealed()])
    inputs, log = scene.inputs(), Log()
    outcome = outcome_json(outcome_of(scene, made), given_hash(inputs))
    subject = scene.terms.subject
    notice = log.append("notice", seconds(0), subject, {"terms": b64u(scene.terms_hash)})
    journal, log = journal_of(made, Journaling(), log)
    result = log.append(
        "result", seconds(5000), subject, {"selection": b64u(digest(canonical(outcome)))}
    )
    proofs = [log.inclusion(index, at=seconds(5060)) for index in (notice, result)]
    return write_selection_file(inputs, outcome, draw=json_of(made, journal), journal=proofs)


def failed_file() -> JsonObject:
    """The file of a selection in which nobody enrolled: no quotes, no timekeepers, no draw."""
    held = terms(Mode.RANDOM)
    inputs = write_inputs(terms=terms_json(held), quotes=[])
    outcome = choose(held, Given(quotes=()))
    return write_selection_file(inputs, outcome_json(outcome, given_hash(inputs)))


def random_rows(scene: Scene, fault: Fault | None = None) -> list[JsonObject]:
    """Enrolments of a random draw, without prices; the last one with a fault."""
    held = [enrolled(label, terms_hash=scene.terms_hash) for label in "abcd"]
    return [
        quote_json(item, fault=fault.value if fault and item is held[-1] else None) for item in held
    ]
