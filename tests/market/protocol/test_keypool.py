import pyrage
import pytest

from market.kernel.errors import MarketError
from market.protocol import age
from market.protocol.encoding import canonical
from market.protocol.keypool import (
    KeyPool,
    new_passphrase,
    new_pool,
    open_pool,
    read_key_pool,
    seal_pool,
)
from market.protocol.officers import Organisation
from market.protocol.signing import public_bytes
from tests.support.protocol_cast import OFFICES, Tape, recorded, secret, signer

POOL = new_pool(3, Tape("pool"))
NOTARY = Organisation(OFFICES[3][1], OFFICES[3][2])
KEY = signer("organisation/notary")
PUBLIC = KeyPool("notary", NOTARY, secret("person"), tuple(age.recipient_of(i) for i in POOL))


def refused(code, call, *arguments):
    with pytest.raises(MarketError) as refusal:
        call(*arguments)
    assert refusal.value.code == code


def test_h22_a_pool_is_one_file_under_a_generated_passphrase():
    passphrase = new_passphrase(Tape("passphrase"))
    file = seal_pool(POOL, passphrase, work=4)
    assert open_pool(file, passphrase) == POOL
    refused("sealed-key", open_pool, file, passphrase[:-1] + "x")


def test_h22_any_age_program_takes_the_pool_as_identities():
    text = pyrage.passphrase.decrypt(seal_pool(POOL, "x", work=4), "x").decode()
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    sealed = age.write(age.recipient_of(POOL[1]), b"share")
    keys = [pyrage.x25519.Identity.from_str(line) for line in lines]
    assert pyrage.decrypt(sealed, keys) == b"share"


def test_o5_the_file_begins_with_a_warning_in_two_languages():
    text = age.read_passphrase("x", seal_pool(POOL, "x", work=4)).decode()
    assert "任何人" in text.splitlines()[0]
    assert "nobody" in text.splitlines()[1]


def test_h22_a_passphrase_has_a_hundred_bits_and_is_not_chosen():
    assert new_passphrase(recorded(bytes(range(20)))) == "0123-4567-89ab-cdef-ghjk"
    assert len({new_passphrase() for _ in range(50)}) == 50
    assert len(set(new_pool(50))) == 50


@pytest.mark.parametrize("text", [b"nothing", b"\xff\xfe", b"# only\nAGE-SECRET-KEY-1QQ\n"])
def test_a_file_that_is_no_pool_is_refused(text):
    file = age.write_passphrase("x", text, work=4)
    with pytest.raises(MarketError):
        open_pool(file, "x")


def test_the_public_half_is_signed_by_the_organisation():
    value = PUBLIC.sign(KEY)
    assert read_key_pool(value, public_bytes(KEY)) == PUBLIC
    refused("bad-signature", read_key_pool, value, public_bytes(signer("organisation/owner")))
    twice = [*value["recipients"], value["recipients"][0]]
    refused("malformed", read_key_pool, {**value, "recipients": twice}, public_bytes(KEY))
    bent = {**value, "recipients": ["age1x"]}
    refused("bad-key-text", read_key_pool, bent, public_bytes(KEY))


def test_no_secret_stands_in_the_public_half():
    """Positive control: the secret half holds every identity."""
    public = canonical(PUBLIC.sign(KEY)).decode()
    private = age.read_passphrase("x", seal_pool(POOL, "x", work=4)).decode()
    for identity in POOL:
        assert identity in private
        assert identity not in public
