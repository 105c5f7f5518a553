"""A scheme beside its price: whose it is, what opens it, and that it is not another's."""

from dataclasses import replace

import pytest

from market.kernel.errors import MarketError
from market.protocol import age
from market.protocol.binding import Kind, share_text
from market.protocol.encoding import parse
from market.protocol.enrolments import (
    Enrolment,
    check_sealed,
    open_quote,
    quote_binding,
    read_enrolment,
)
from market.protocol.envelopes import SealedShare
from market.protocol.schemes import open_scheme, seal_scheme
from market.protocol.timekeeping import check_releases, read_release
from tests.support.sealed_offers import SealedOffer, sealed_offer
from tests.support.timekeeping_cast import (
    OCCASION,
    agency_key,
    enrolled,
    release_json,
    time_manifest,
)

PAPER = b"%PDF-1.7 scheme of "
PAIRS = ((1, 2), (1, 3), (2, 3), (1, 2, 3))


def identities(*numbers: int) -> dict[int, str]:
    read = [read_release(release_json(number), time_manifest()) for number in numbers]
    return check_releases(read)


def offered(label: str, **changed: object) -> tuple[Enrolment, SealedOffer]:
    """An agency's signed enrolment with price and scheme; `changed` members come before signing."""
    manifest = time_manifest()
    bound = quote_binding(OCCASION.subject, manifest.hash, 0, agency_key(label))
    named = changed.pop("named", None)
    papers = changed.pop("papers", 1)
    made = sealed_offer(
        bound, manifest, 5_000_000, scheme=PAPER + label.encode(), named=named, papers=papers
    )
    members = {"envelope": made.price, "manifest_hash": manifest.hash, "scheme": made.scheme}
    return enrolled(label, **(members | changed)), made


def price_of(held: Enrolment, made: SealedOffer, numbers: tuple[int, ...] = (1, 2)) -> int | None:
    found = open_quote(
        held, time_manifest(), identities(*numbers), [made.ciphertext], lambda _: len
    )
    return found.price


def scheme_of(held: Enrolment, raw: bytes, numbers: tuple[int, ...] = (1, 2)) -> bytes:
    found = dict[str, bytearray]()
    documents = open_scheme(
        held,
        time_manifest(),
        identities(*numbers),
        [raw],
        lambda name: found.setdefault(name, bytearray()).extend,
    )
    return bytes(found[documents[0].name])


def refusal(call, *arguments) -> str:
    with pytest.raises(MarketError) as refused:
        call(*arguments)
    return refused.value.code


@pytest.mark.parametrize("numbers", PAIRS)
def test_any_two_of_three_open_price_and_scheme_each_with_its_own_ciphertext(numbers):
    held, made = offered("a")
    assert price_of(held, made, numbers) == 5_000_000
    assert scheme_of(held, made.hidden, numbers) == PAPER + b"a"
    assert refusal(scheme_of, held, made.ciphertext) == "ciphertext-differs"
    assert refusal(price_of, held, replace(made, ciphertext=made.hidden)) == "ciphertext-differs"


def test_price_and_scheme_are_one_act_and_one_leaf_and_neither_is_put_off_it():
    held, _ = offered("a")
    value = parse(held.raw)
    again = read_enrolment(value)
    assert (again, again.hash) == (held, held.hash)
    bare = {name: item for name, item in value.items() if name != "scheme"}
    other = parse(offered("a")[0].raw)["scheme"]
    for odd in (bare, {**value, "scheme": other}):
        assert refusal(read_enrolment, odd) == "bad-signature"
    assert refusal(read_enrolment, {**value, "scheme": None}) == "malformed"


def test_an_enrolment_without_a_scheme_is_written_as_it_always_was():
    assert "scheme" not in parse(enrolled("a").raw)
    assert read_enrolment(parse(enrolled("a").raw)).scheme is None


def test_a_scheme_needs_its_price_and_an_envelope_of_its_kind():
    held, made = offered("a")
    for odd in (
        enrolled("a", scheme=made.scheme),
        enrolled("a", envelope=made.price, manifest_hash=held.manifest_hash, scheme=made.price),
        enrolled("a", envelope=made.scheme, manifest_hash=held.manifest_hash),
    ):
        assert refusal(read_enrolment, parse(odd.raw)) == "malformed"
    assert (made.price.kind, made.scheme.kind) == (Kind.QUOTE, Kind.SCHEME)


def test_a_scheme_is_sealed_to_exactly_the_timekeepers_of_its_price():
    held, made = offered("a")
    shares = made.scheme.shares
    for odd in (shares[:2], shares[::-1], (*shares, shares[0])):
        other = replace(made.scheme, shares=odd)
        act = enrolled("a", envelope=made.price, manifest_hash=held.manifest_hash, scheme=other)
        assert refusal(check_sealed, act, time_manifest()) == "wrong-envelopes"
    check_sealed(held, time_manifest())


def test_another_agencys_scheme_in_ones_own_name_opens_neither_scheme_nor_price():
    _, theirs = offered("b")
    swapped, made = offered("a", scheme=theirs.scheme, named=theirs.scheme)
    # The price names the foreign scheme and is sealed by the rule: the scheme's shares tell.
    check_sealed(swapped, time_manifest())
    assert refusal(price_of, swapped, made) == "ill-sealed"
    assert refusal(scheme_of, swapped, theirs.hidden) == "ill-sealed"
    # Positive control: in its own name it opens.
    own, made = offered("b")
    assert (price_of(own, made), scheme_of(own, made.hidden)) == (5_000_000, PAPER + b"b")


def test_a_price_that_names_another_scheme_than_the_one_beside_it_does_not_count():
    first = offered("a")[1]
    held, made = offered("a", named=first.scheme)
    assert refusal(price_of, held, made) == "ill-sealed"
    assert scheme_of(held, made.hidden) == PAPER + b"a"
    lonely, made = offered("a", scheme=None)
    assert refusal(price_of, lonely, made) == "ill-sealed"


def test_an_altered_scheme_is_not_the_one_that_was_signed():
    held, made = offered("a")
    for odd in (made.hidden[:-1], made.hidden[:-1] + bytes([made.hidden[-1] ^ 1]), b""):
        assert refusal(scheme_of, held, odd) == "ciphertext-differs"


def test_a_scheme_sealed_badly_to_one_timekeeper_takes_the_price_with_it():
    held, made = offered("a")
    shares = list(made.scheme.shares)
    wrong = share_text(held.scheme_binding, 1, bytes(74) + bytes([1]))
    sealed = age.write(shares[0].recipient, wrong)
    shares[0] = SealedShare(shares[0].recipient, sealed, shares[0].commitment)
    scheme = replace(made.scheme, shares=tuple(shares))
    odd = enrolled("a", envelope=made.price, manifest_hash=held.manifest_hash, scheme=scheme)
    assert refusal(price_of, odd, made, (1, 2)) == "ill-sealed"
    assert price_of(odd, made, (2, 3)) == 5_000_000


def test_an_envelope_without_a_document_is_no_scheme():
    held, made = offered("a", papers=0)
    assert price_of(held, made) == 5_000_000
    assert refusal(scheme_of, held, made.hidden) == "ill-sealed"


def test_a_price_cannot_pass_as_a_scheme_nor_a_scheme_as_a_price():
    manifest, kept = time_manifest(), bytearray()
    bound = quote_binding(OCCASION.subject, manifest.hash, 0, agency_key("a"))
    scheme = seal_scheme(bound, manifest, [], kept.extend)
    posing = replace(scheme, kind=Kind.QUOTE)
    held = enrolled("a", envelope=posing, manifest_hash=manifest.hash)
    # A share names its kind, so that even its length is another.
    assert refusal(check_sealed, held, manifest) == "wrong-envelopes"
    assert refusal(price_of, held, SealedOffer(posing, bytes(kept), None, None)) == (
        "wrong-envelopes"
    )
