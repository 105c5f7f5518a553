import json
from dataclasses import replace
from math import gcd
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.hashes import SHA384

from market.protocol import blind, blindkeys
from market.protocol.encoding import Malformed
from tests.support.protocol_cast import Tape, recorded
from tests.support.protocol_keys import ADMISSION_KEY, BID_KEY, REFUND_KEY

VECTORS = json.loads((Path(__file__).parents[2] / "vectors" / "rfc9474.json").read_text())
COMMON = {name: bytes.fromhex(text) for name, text in VECTORS["common"].items()}
RFC_N = int.from_bytes(COMMON["n"], "big")
RFC_KEY = blind.PrivateKey(
    blind.PublicKey(RFC_N, int.from_bytes(COMMON["e"], "big")),
    int.from_bytes(COMMON["p"], "big"),
    int.from_bytes(COMMON["q"], "big"),
    int.from_bytes(COMMON["d"], "big"),
)
PUBLIC = BID_KEY.public
PREPARED = bytes(range(64))


def refused(code, call, *arguments):
    with pytest.raises(Malformed) as refusal:
        call(*arguments)
    assert refusal.value.code == code


def bought(label="m1"):
    blinding = blind.blind(PUBLIC, PREPARED, Tape(label))
    answer = blind.sign_blinded(BID_KEY, blinding.blinded)
    return blinding, answer, blind.finalize(PUBLIC, PREPARED, answer, blinding.inv)


@pytest.mark.parametrize("case", VECTORS["cases"], ids=lambda case: case["section"])
def test_the_chain_of_rfc_9474_appendix_a_is_computed(case):
    """A.1 (Randomized, the protocol's variant) and A.3 (Deterministic: no prefix)."""
    want = {name: bytes.fromhex(case[name]) for name in case if name not in ("section", "variant")}
    prepared = want["msg_prefix"] + COMMON["msg"]
    assert blind.encode(prepared, 4096, COMMON["salt"]) == want["encoded_msg"]
    r = pow(int.from_bytes(COMMON["inv"], "big"), -1, RFC_N)
    tape = recorded(COMMON["salt"] + r.to_bytes(512, "big"))
    blinding = blind.blind(RFC_KEY.public, prepared, tape)
    assert blinding == blind.Blinding(want["blinded_msg"], COMMON["inv"])
    assert blind.sign_blinded(RFC_KEY, blinding.blinded) == want["blind_sig"]
    sigma = blind.finalize(RFC_KEY.public, prepared, want["blind_sig"], blinding.inv)
    assert sigma == want["sig"]
    assert blind.link_blinded(sigma, blinding.inv, RFC_KEY.public) == blinding.blinded


def test_a_token_signature_is_an_ordinary_pss_signature():
    _, _, sigma = bought()
    blind.verify(PUBLIC, PREPARED, sigma)
    refused("bad-token-signature", blind.verify, PUBLIC, PREPARED[:-1] + b"\0", sigma)
    refused("bad-token-signature", blind.verify, REFUND_KEY.public, PREPARED, sigma)


def test_the_signer_sees_nothing_that_two_tokens_share():
    """The same message blinded twice gives values whose quotient is a random e-th power."""
    first, second = (blind.blind(PUBLIC, PREPARED) for _ in range(2))
    assert first.blinded != second.blinded
    assert first.inv != second.inv


def test_h1_the_link_equation_gives_back_what_was_signed():
    blinding, _, sigma = bought()
    assert blind.link_blinded(sigma, blinding.inv, PUBLIC) == blinding.blinded


def test_h1_whoever_knows_another_answer_can_point_at_its_deposit():
    """Why the organisation's signature is needed besides: a link alone proves too little."""
    _, _, sigma = bought("mine")
    other, answer, _ = bought("theirs")
    stolen = blind.recover_inv(sigma, answer, PUBLIC)
    assert blind.link_blinded(sigma, stolen, PUBLIC) == other.blinded


def test_h18_a_lost_inv_comes_back_from_the_answer():
    blinding, answer, sigma = bought()
    assert blind.recover_inv(sigma, answer, PUBLIC) == blinding.inv
    refused("bad-blind-signature", blind.recover_inv, sigma, bytes(384), PUBLIC)
    refused("bad-blind-signature", blind.recover_inv, sigma[1:], answer, PUBLIC)


@pytest.mark.parametrize("salt_length", [0, 32, 47, 49, padding.PSS.MAX_LENGTH])
def test_m1_a_signature_with_another_salt_length_is_refused(salt_length):
    numbers = serialization.load_der_private_key(blindkeys.write_private(BID_KEY), None)
    sigma = numbers.sign(PREPARED, padding.PSS(padding.MGF1(SHA384()), salt_length), SHA384())
    refused("bad-token-signature", blind.verify, PUBLIC, PREPARED, sigma)


def test_m1_other_forms_of_a_signature_are_refused():
    _, _, sigma = bought()
    number = int.from_bytes(sigma, "big")
    for bad in (b"", sigma[1:], b"\0" + sigma, bytes(384), sigma[:-1] + bytes([sigma[-1] ^ 1])):
        refused("bad-token-signature", blind.verify, PUBLIC, PREPARED, bad)
    if number + PUBLIC.n < 1 << 3072:
        more = (number + PUBLIC.n).to_bytes(384, "big")
        refused("bad-token-signature", blind.verify, PUBLIC, PREPARED, more)


@pytest.mark.parametrize("value", [0, PUBLIC.n, PUBLIC.n + 1, BID_KEY.p, BID_KEY.q * 2], ids=str)
def test_m1_the_signer_refuses_values_nobody_could_have_blinded(value):
    refused("bad-blinded", blind.sign_blinded, BID_KEY, value.to_bytes(384, "big"))


@pytest.mark.parametrize("length", [0, 383, 385])
def test_m1_the_signer_refuses_values_of_another_length(length):
    refused("bad-blinded", blind.sign_blinded, BID_KEY, b"\1" * length)


@pytest.mark.parametrize("name", ["p", "q", "d"])
def test_m1_a_fault_while_signing_gives_nothing_out(name):
    blinding, _, _ = bought()
    broken = replace(BID_KEY, **{name: getattr(BID_KEY, name) - 2})
    with pytest.raises((blind.SigningFault, ZeroDivisionError)):
        blind.sign_blinded(broken, blinding.blinded)


def test_m1_a_fault_in_one_half_would_have_betrayed_a_factor():
    """The positive control: the wrong answer, had it left, gives p to whoever divides."""
    blinding, answer, _ = bought()
    value, wrong = int.from_bytes(blinding.blinded, "big"), int.from_bytes(answer, "big")
    wrong = (wrong + BID_KEY.p) % PUBLIC.n  # right modulo p, wrong modulo q
    assert gcd(pow(wrong, PUBLIC.e, PUBLIC.n) - value, PUBLIC.n) == BID_KEY.p


def test_m1_an_answer_that_is_not_good_is_noticed_before_secrets_are_erased():
    blinding, answer, _ = bought()
    bent = answer[:-1] + bytes([answer[-1] ^ 1])
    for bad in (bent, bytes(384), answer[1:], b"\xff" * 384):
        refused("bad-blind-signature", blind.finalize, PUBLIC, PREPARED, bad, blinding.inv)
    other = blind.sign_blinded(REFUND_KEY, blind.blind(REFUND_KEY.public, PREPARED).blinded)
    refused("bad-blind-signature", blind.finalize, PUBLIC, PREPARED, other, blinding.inv)


@pytest.mark.parametrize(
    "inv", [bytes(384), PUBLIC.n.to_bytes(384, "big"), BID_KEY.p.to_bytes(384, "big"), b"\1" * 383]
)
def test_m1_an_inv_out_of_range_is_refused(inv):
    _, _, sigma = bought()
    refused("bad-link", blind.link_blinded, sigma, inv, PUBLIC)


def test_m1_r_is_drawn_again_until_it_is_in_range():
    too_large, good = b"\xff" * 384, b"\1" * 384
    tape = recorded(bytes(48) + too_large + bytes(384) + good)
    blinding = blind.blind(PUBLIC, PREPARED, tape)
    r = int.from_bytes(good, "big")
    assert int.from_bytes(blinding.inv, "big") * r % PUBLIC.n == 1


def test_a_broken_generator_does_not_hang():
    with pytest.raises(RuntimeError):
        blind.blind(PUBLIC, PREPARED, bytes)


def test_m1_a_key_is_read_only_in_its_one_form():
    spki = blindkeys.write_public(PUBLIC)
    assert blindkeys.read_public(spki) == PUBLIC
    assert len(spki) == 422
    for bad in (b"", spki[:-1], spki + b"\0", b"\x30" + spki):
        refused("bad-bond-key", blindkeys.read_public, bad)


def der(tag, content):
    length = len(content)
    size = bytes([length]) if length < 128 else b"\x82" + length.to_bytes(2, "big")
    return bytes([tag]) + size + content


@pytest.mark.parametrize("algorithm", ["06092a864886f70d010101", "06092a864886f70d01010a"])
def test_m1_the_same_key_written_otherwise_is_refused(algorithm):
    """Without parameters, or for PSS only; the library takes both."""
    spki = blindkeys.write_public(PUBLIC)
    bits = spki[spki.index(b"\x03\x82") :]
    other = der(0x30, der(0x30, bytes.fromhex(algorithm)) + bits)
    assert serialization.load_der_public_key(other).public_numbers().n == PUBLIC.n
    refused("bad-bond-key", blindkeys.read_public, other)


def test_m1_a_key_in_pkcs_1_or_of_another_kind_is_refused():
    plain = serialization.load_der_public_key(blindkeys.write_public(PUBLIC))
    pkcs1 = plain.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.PKCS1)
    refused("bad-bond-key", blindkeys.read_public, pkcs1)
    curve = ec.generate_private_key(ec.SECP256R1()).public_key()
    point = curve.public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    refused("bad-bond-key", blindkeys.read_public, point)


@pytest.mark.parametrize(
    "key",
    [
        blind.PublicKey(PUBLIC.n, 3),
        blind.PublicKey(PUBLIC.n, 65_539),
        blind.PublicKey(RFC_N, 65_537),
        blind.PublicKey(PUBLIC.n + 1, 65_537),
        blind.PublicKey((1 << 3071) + 1, 65_537),
        blind.PublicKey(65_521 * ((1 << 3056) + 1), 65_537),
    ],
    ids=["e=3", "e=65539", "4096 bits", "even", "factor 3", "factor 65521"],
)
def test_m1_a_key_that_somebody_shaped_is_refused(key):
    refused("bad-bond-key", blindkeys.check_public, key)


def test_m1_a_modulus_of_3071_bits_is_refused():
    shorter = PUBLIC.n >> 1 | 1
    assert shorter.bit_length() == 3071
    refused("bad-bond-key", blindkeys.check_public, blind.PublicKey(shorter, 65_537))


def test_m1_keys_that_share_a_factor_are_refused():
    shared = blind.PublicKey(BID_KEY.p * REFUND_KEY.q, 65_537)
    blindkeys.check_moduli([PUBLIC, REFUND_KEY.public, ADMISSION_KEY.public])
    for pair in ([PUBLIC, shared], [shared, REFUND_KEY.public], [PUBLIC, PUBLIC]):
        refused("bad-bond-key", blindkeys.check_moduli, pair)


def test_the_signers_key_is_written_and_read():
    assert blindkeys.read_private(blindkeys.write_private(BID_KEY)) == BID_KEY
    refused("bad-bond-key", blindkeys.read_private, b"nothing")
    small = rsa.generate_private_key(65_537, 2048).private_bytes(
        serialization.Encoding.DER,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    refused("bad-bond-key", blindkeys.read_private, small)


def test_a_fresh_key_is_fit_and_signs():
    made = blindkeys.new_private()
    blindkeys.check_public(made.public)
    blinding = blind.blind(made.public, PREPARED)
    answer = blind.sign_blinded(made, blinding.blinded)
    assert blind.finalize(made.public, PREPARED, answer, blinding.inv)
