"""From rows to the rule's own terms: faults, opened quotes, the outcome and its file."""

from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction

from sqlalchemy.orm import Session

from intermediaries.offers.judging import HUNDREDTHS
from intermediaries.offers.model import EnrolmentRow, Selection, Shortlist
from intermediaries.offers.round_prices import offers_of
from intermediaries.offers.rows import live, manifest_of, releases, terms_of
from intermediaries.offers.rules.states import SelectionState
from intermediaries.offers.sheets import for_file, for_rule, sheets
from intermediaries.rulebook.selection.choosing import Given, choose
from intermediaries.rulebook.selection.counting import needed, shortfall, sift
from intermediaries.rulebook.selection.lots import Drawn
from intermediaries.rulebook.selection.modes import Mode
from intermediaries.rulebook.selection.outcome import Outcome, Then
from intermediaries.rulebook.selection.quotes import Fault, Offer, Pick, Quote
from intermediaries.rulebook.selection.record import outcome_json
from intermediaries.rulebook.selection.rerun import draw_purpose
from market.kernel.money import Money
from market.protocol.encoding import JsonObject, Malformed, canonical, digest, parse
from market.protocol.enrolments import Enrolment, OpenedQuote, open_quote, read_enrolment
from market.protocol.offers import offer_json
from market.protocol.round_prices import NamedPrice
from market.protocol.schemes import open_scheme
from market.protocol.selection_files import (
    HeldPick,
    given_hash,
    pick_json,
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
    if terms.mode is Mode.MULTIROUND:
        counting = [_bare(one) for one in rows if one.fault is None]
        return shortfall(terms, counting, is_extended=row.is_extended) is None
    if not row.sealed:
        quotes = [_bare(one) for one in rows]
        return shortfall(terms, sift(terms, quotes)[0], is_extended=row.is_extended) is None
    return len(rows) >= max(needed(terms)[0], 1)


def is_drawn_from(session: Session, row: Selection) -> bool:
    """Whether the draw this round needs is frozen, or it needs none: quotes may be opened."""
    return row.state is not SelectionState.CLOSED or not may_draw(session, row)


def is_extended_now(session: Session, row: Selection) -> bool:
    """Whether the rule lets enrolment go on for its one working day, now that it has closed."""
    if row.sealed:
        return False
    terms = terms_of(row)
    quotes = [_bare(one) for one in live(session, row.id)]
    failure = shortfall(terms, sift(terms, quotes)[0], is_extended=row.is_extended)
    return failure is not None and failure.then is Then.EXTEND


def reckon(
    session: Session, row: Selection, draw: DrawGiven | None, *, as_of: datetime | None = None
) -> Reckoned:
    """Open every quote, run the rule, write the file; with the owner's pick where there is one.

    `as_of`: the moment, where the rule turns on it. In a choice by credit the outcome waits for
    the owner until then; in one by scheme no sheet counts any more.
    `too-few-releases` before two timekeepers have released, where anything is sealed; what
    `choose` refuses.
    """
    terms, rows = terms_of(row), live(session, row.id)
    manifest, released = manifest_of(row), releases(session, row)
    quotes, shown = opened(session, row)
    locked = sheets(session, row.id) if row.mode is Mode.SCHEME and as_of is None else ()
    keys = tuple(one.act_hash for one in rows)
    drawn = None if draw is None else Drawn(draw.seed, draw_purpose(row.round), keys)
    pick = _pick(session, row)
    outcome = choose(
        terms,
        Given(
            quotes=tuple(quotes),
            drawn=drawn,
            is_extended=row.is_extended,
            pick=pick,
            as_of=as_of,
            sheets=for_rule(locked),
        ),
    )
    inputs = write_inputs(
        terms=parse(row.terms),
        quotes=shown,
        timekeepers=None if manifest is None else manifest.to_json(),
        releases=[held.json for held in released] if manifest is not None else [],
        sheets=for_file(locked),
        pick=None if pick is None else pick_json(HeldPick(pick.key, pick.reason, pick.at)),
        as_of=as_of,
        is_extended=row.is_extended,
    )
    said = outcome_json(outcome, given_hash(inputs))
    made = write_selection_file(inputs, said, draw=None if draw is None else draw.file)
    return Reckoned(
        outcome, digest(canonical(said)), canonical(made), {one.act_hash: one for one in rows}
    )


def opened(session: Session, row: Selection) -> tuple[list[Quote], list[JsonObject]]:
    """Every enrolment of a round, opened, as the rule takes it and as the file writes it.

    Of a scheme beside a price the file has the hash alone; that it opens is found out here.
    """
    rows, manifest = live(session, row.id, sealed=True), manifest_of(row)
    is_sealed = row.sealed and manifest is not None and bool(rows)
    identities = check_releases(releases(session, row)) if is_sealed else {}
    offers = offers_of(session, row)
    quotes, shown = list[Quote](), list[JsonObject]()
    for one in rows:
        named, scheme = offers.get(one.act_hash, ()), row.mode is Mode.SCHEME
        quote, item = _opened(one, manifest, identities, named, has_scheme=scheme)
        quotes.append(quote)
        shown.append(item)
    return quotes, shown


def _opened(
    one: EnrolmentRow,
    manifest: TimeManifest | None,
    identities: dict[int, str],
    named: tuple[NamedPrice, ...],
    *,
    has_scheme: bool,
) -> tuple[Quote, JsonObject]:
    held, fault = read_enrolment(parse(one.act)), one.fault
    found: OpenedQuote | None = None
    if held.envelope is not None and manifest is not None:
        try:
            found = _open(held, one, manifest, identities)
        except Malformed as cause:
            if cause.code != Fault.ILL_SEALED:
                raise
            # Nothing of what it held is known. A fault that the closing found stays what it is.
            fault = fault or Fault.ILL_SEALED
        if has_scheme and fault is None and not _scheme_opens(held, one, manifest, identities):
            fault = Fault.SCHEME_UNREADABLE
    price = None if found is None or found.price is None else Money(found.price)
    item = quote_json(
        held,
        # An envelope of price and scheme together would be everybody's to read.
        ciphertext=None if has_scheme and held.scheme is None else one.ciphertext,
        offer=None if found is None else offer_json(found.facts),
        fault=None if fault is None else fault.value,
        credit=one.credit,
        offers=named,
    )
    points = None if one.credit is None else Fraction(one.credit, HUNDREDTHS)
    offers = tuple(Offer(each.at, Money(each.price)) for each in named)
    return Quote(one.act_hash, one.uscc, price, points, offers, fault), item


def _scheme_opens(
    held: Enrolment, one: EnrolmentRow, manifest: TimeManifest, identities: dict[int, str]
) -> bool:
    """Whether an enrolment's scheme is there and opens; its documents go nowhere."""
    if held.scheme is None or one.scheme is None:
        return False
    try:
        open_scheme(held, manifest, identities, [one.scheme], lambda _: _Nothing())
    except Malformed as cause:
        if cause.code != Fault.ILL_SEALED:
            raise
        return False
    return True


def _pick(session: Session, row: Selection) -> Pick | None:
    """The owner's pick from the short list, where there is one."""
    held = session.get(Shortlist, row.id)
    if held is None or held.picked is None or held.reason is None or held.picked_at is None:
        return None
    return Pick(held.picked, held.reason, held.picked_at)


def _open(
    held: Enrolment, one: EnrolmentRow, manifest: TimeManifest, identities: dict[int, str]
) -> OpenedQuote:
    if one.ciphertext is None:
        raise AssertionError("an enrolment with an envelope has its ciphertext")
    return open_quote(held, manifest, identities, [one.ciphertext], lambda _: _Nothing())


class _Nothing:
    """Where documents go that nobody reads here."""

    def __call__(self, piece: bytes) -> int:
        """Take a piece."""
        return len(piece)


def _bare(one: EnrolmentRow) -> Quote:
    return Quote(one.act_hash, one.uscc, fault=one.fault)
