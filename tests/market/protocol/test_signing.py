import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from market.protocol.encoding import Malformed, b64u, canonical, digest, structure, unb64u
from market.protocol.signing import (
    check_signature,
    key_id,
    load_private,
    load_public,
    message,
    new_key,
    private_bytes,
    public_bytes,
    signed,
)

# RFC 8032 section 7.1, test 1.
SECRET = bytes.fromhex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60")
PUBLIC = bytes.fromhex("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a")
EMPTY_SIGNED = bytes.fromhex(
    "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46b"
    "d25bf5f0595bbe24655141438e7a100b"
)
ORDER = 2**252 + 27742317777372353535851937790883648493
FIELD = 2**255 - 19


def test_keys_are_those_of_rfc_8032():
    key = load_private(SECRET)
    assert public_bytes(key) == PUBLIC
    assert private_bytes(key) == SECRET
    assert key.sign(b"") == EMPTY_SIGNED


def test_the_signed_bytes_are_prefix_type_and_the_rest_without_the_signature():
    value = structure("permit", epoch="2026Q4")
    wanted = b'yg/sig/v1\nyg/permit/v1\n{"epoch":"2026Q4","suite":"intl-1","type":"yg/permit/v1"}'
    assert message(value) == wanted
    assert message(signed(value, new_key())) == wanted


def test_a_signature_holds_for_its_key_and_content_only():
    key, other = new_key(), new_key()
    value = signed(structure("permit", epoch="2026Q4"), key)
    check_signature(value, public_bytes(key))
    for changed, public in (
        ({**value, "epoch": "2026Q3"}, public_bytes(key)),
        ({**value, "type": "yg/surrender/v1"}, public_bytes(key)),
        ({**value, "more": 1}, public_bytes(key)),
        (value, public_bytes(other)),
    ):
        with pytest.raises(Malformed) as refusal:
            check_signature(changed, public)
        assert refusal.value.code == "bad-signature"


def test_every_flipped_bit_of_a_signature_is_refused():
    key = load_private(SECRET)
    value = signed(structure("permit", epoch="2026Q4"), key)
    raw = unb64u(str(value["signature"]))
    for place in range(512):
        bent = bytearray(raw)
        bent[place // 8] ^= 1 << place % 8
        with pytest.raises(Malformed):
            check_signature({**value, "signature": b64u(bytes(bent))}, PUBLIC)


@pytest.mark.parametrize("held", [None, 5, "", "AAAA", b64u(bytes(64)), b64u(bytes(65))])
def test_what_is_no_signature_is_refused(held):
    value = {**structure("permit"), "signature": held}
    with pytest.raises(Malformed) as refusal:
        check_signature(value, PUBLIC)
    assert refusal.value.code == "bad-signature"


def test_a_second_form_of_the_same_signature_is_refused():
    value = signed(structure("permit"), load_private(SECRET))
    raw = unb64u(str(value["signature"]))
    more = int.from_bytes(raw[32:], "little") + ORDER
    with pytest.raises(Malformed):
        check_signature(
            {**value, "signature": b64u(raw[:32] + more.to_bytes(32, "little"))}, PUBLIC
        )


def small_order_keys():
    heights = [0, 1, FIELD - 1, FIELD, FIELD + 1]
    heights.append(
        int.from_bytes(
            bytes.fromhex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"),
            "little",
        )
    )
    heights.append(
        int.from_bytes(
            bytes.fromhex("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a"),
            "little",
        )
    )
    for height in heights:
        for sign in (0, 1 << 255):
            yield (height | sign).to_bytes(32, "little")


@pytest.mark.parametrize("public", list(small_order_keys()))
def test_a_key_under_which_anybody_could_sign_is_refused(public):
    with pytest.raises(Malformed) as refusal:
        load_public(public)
    assert refusal.value.code == "bad-key"


def test_a_key_of_small_order_would_verify_a_signature_nobody_made():
    """The positive control: the library alone takes it, for about one message in eight."""
    public, forged = bytes([1]) + bytes(31), bytes([1]) + bytes(63)
    Ed25519PublicKey.from_public_bytes(public).verify(forged, b"anything")
    value = {**structure("permit"), "signature": b64u(forged)}
    with pytest.raises(Malformed):
        check_signature(value, public)


@pytest.mark.parametrize("length", [0, 31, 33])
def test_keys_of_another_length_are_refused(length):
    with pytest.raises(Malformed):
        load_public(bytes(length))
    with pytest.raises(Malformed):
        load_private(bytes(length))


def test_a_key_is_named_by_the_hash_of_its_bytes():
    assert key_id(PUBLIC) == b64u(digest(PUBLIC))
    assert len(key_id(PUBLIC)) == 43


def test_two_signatures_can_stand_in_one_structure():
    first, second = new_key(), new_key()
    value = signed(structure("permit"), first)
    both = signed(value, second, "countersignature")
    check_signature(both, public_bytes(second), "countersignature")
    check_signature(value, public_bytes(first))
    assert canonical(both)
