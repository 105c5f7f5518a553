"""From rows to the rule's own terms: faults, opened quotes, the outcome and its file."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from intermediaries.agencies import queries as agencies
from intermediaries.agencies.rules.standing import AskedItem, Bar, may_enrol
from intermediaries.demands import queries as demands
from intermediaries.offers.model import EnrolmentRow, Selection
from intermediaries.offers.rows import live, manifest_of, releases, terms_of
from intermediaries.rulebook.selection.choosing import Given, choose
from intermediaries.rulebook.selection.counting import needed, shortfall, sift
from intermediaries.rulebook.selection.lots import Drawn
from intermediaries.rulebook.selection.modes import Mode
from intermediaries.rulebook.selection.outcome import Outcome, Then
from intermediaries.rulebook.selection.quotes import Fault, Quote
from intermediaries.rulebook.selection.record import outcome_json
from intermediaries.rulebook.selection.rerun import draw_purpose
from market.kernel.money import Money
from market.protocol.encoding import JsonObject, Malformed, canonical, digest, parse
from market.protocol.enrolments import Enrolment, OpenedQuote, open_quote, read_enrolment
from market.protocol.offers import offer_json
from market.protocol.selection_files import (
    given_hash,
    quote_json,
    write_inputs,
    write_selection_file,
)
from market.protocol.timekeeping import TimeManifest, check_releases


@dataclass(frozen=True, slots=True)
class DrawGiven:
    """A published draw: its file as everybody has it, and its seed."""

    file: JsonObject
    seed: bytes


@dataclass(frozen=True, slots=True)
class Reckoned:
    """What the rule gives, its file, and by the key of each enrolment whose it is."""

    outcome: Outcome
    outcome_hash: bytes
    file: bytes
    holders: dict[bytes, EnrolmentRow]


def may_draw(session: Session, row: Selection) -> bool:
    """Whether a draw is frozen on the enrolments: enough came, and chance has a part in it.

    Sealed quotes are counted as they came; where nothing is sealed those that count are known.
    """
    terms = terms_of(row)
    if terms.mode is Mode.DIRECT:
        return False
    rows = live(session, row.id)
    if not row.sealed:
        quotes = [_bare(one, _fault(session, row, one)) for one in rows]
        return shortfall(terms, sift(terms, quotes)[0], is_extended=row.is_extended) is None
    return len(rows) >= max(needed(terms)[0], 1)


def is_extended_now(session: Session, row: Selection) -> bool:
    """Whether the rule lets enrolment go on for its one working day, now that it has closed."""
    if row.sealed:
        return False
    terms = terms_of(row)
    quotes = [_bare(one, _fault(session, row, one)) for one in live(session, row.id)]
    failure = shortfall(terms, sift(terms, quotes)[0], is_extended=row.is_extended)
    return failure is not None and failure.then is Then.EXTEND


def reckon(session: Session, row: Selection, draw: DrawGiven | None) -> Reckoned:
    """Open every quote, run the rule, write the file.

    `too-few-releases` before two timekeepers have released, where anything is sealed; what
    `choose` refuses.
    """
    terms, rows = terms_of(row), live(session, row.id)
    manifest, released = manifest_of(row), releases(session, row)
    is_sealed = row.sealed and manifest is not None and bool(rows)
    identities = check_releases(released) if is_sealed else {}
    quotes, shown = list[Quote](), list[JsonObject]()
    for one in rows:
        quote, item = _opened(session, row, one, manifest, identities)
        quotes.append(quote)
        shown.append(item)
    keys = tuple(one.act_hash for one in rows)
    drawn = None if draw is None else Drawn(draw.seed, draw_purpose(row.round), keys)
    outcome = choose(terms, Given(quotes=tuple(quotes), drawn=drawn, is_extended=row.is_extended))
    inputs = write_inputs(
        terms=parse(row.terms),
        quotes=shown,
        timekeepers=None if manifest is None else manifest.to_json(),
        releases=[held.json for held in released] if manifest is not None else [],
        is_extended=row.is_extended,
    )
    said = outcome_json(outcome, given_hash(inputs))
    made = write_selection_file(inputs, said, draw=None if draw is None else draw.file)
    return Reckoned(
        outcome, digest(canonical(said)), canonical(made), {one.act_hash: one for one in rows}
    )


def _opened(
    session: Session,
    row: Selection,
    one: EnrolmentRow,
    manifest: TimeManifest | None,
    identities: dict[int, str],
) -> tuple[Quote, JsonObject]:
    held, fault = read_enrolment(parse(one.act)), _fault(session, row, one)
    found: OpenedQuote | None = None
    if held.envelope is not None and manifest is not None:
        try:
            found = _open(held, one, manifest, identities)
        except Malformed as cause:
            if cause.code != Fault.ILL_SEALED:
                raise
            # The first thing to say of such a quote: nothing of what it held is known.
            fault = Fault.ILL_SEALED
    price = None if found is None or found.price is None else Money(found.price)
    item = quote_json(
        held,
        ciphertext=one.ciphertext,
        offer=None if found is None else offer_json(found.facts),
        fault=None if fault is None else fault.value,
    )
    return Quote(one.act_hash, one.uscc, price, fault=fault), item


def _open(
    held: Enrolment, one: EnrolmentRow, manifest: TimeManifest, identities: dict[int, str]
) -> OpenedQuote:
    if one.ciphertext is None:
        raise AssertionError("an enrolment with an envelope has its ciphertext")
    return open_quote(held, manifest, identities, [one.ciphertext], lambda _: _Nothing())


class _Nothing:
    """Where documents of a quote go: there are none to be read here."""

    def __call__(self, piece: bytes) -> int:
        """Take a piece."""
        return len(piece)


def _fault(session: Session, row: Selection, one: EnrolmentRow) -> Fault | None:
    """Why an enrolment does not count, by how the agency stood when enrolment closed."""
    view = agencies.view(session, one.agency, row.enrol_closes)
    item = demands.facts(session, row.demand_no).item
    if view is None:
        return Fault.NOT_ACTIVE
    bars: Sequence[Bar] = may_enrol(
        view, AskedItem(item.id, item.terms.requirement), row.enrol_closes
    )
    if Bar.NOT_ACTIVE in bars:
        return Fault.NOT_ACTIVE
    return Fault.NOT_QUALIFIED if bars else None


def _bare(one: EnrolmentRow, fault: Fault | None) -> Quote:
    return Quote(one.act_hash, one.uscc, fault=fault)
