"""A timekeeper in a test's own hands."""

from dataclasses import dataclass, field
from datetime import datetime

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from market.protocol import age
from market.protocol.encoding import canonical, parse, stamp
from market.protocol.officers import Organisation as Named
from market.protocol.signing import signed
from market.protocol.timekeeping import Occasion, make_recipient, make_release, read_recipient


@dataclass
class TestKeeper:
    """A timekeeper in the test's own hands: key, identities, a clock that the test reads."""

    __test__ = False

    organisation: Named
    key: Ed25519PrivateKey
    identities: dict[Occasion, str] = field(default_factory=dict)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:1/{self.organisation.uscc}"

    def recipient(self, occasion: Occasion) -> bytes:
        identity = self.identities.setdefault(occasion, age.new_identity()[0])
        recipient = age.recipient_of(identity)
        return canonical(make_recipient(occasion, self.organisation, recipient, self.key))

    def release(self, occasion: Occasion, at: datetime) -> bytes:
        """What this keeper signs, also before the time: it may break its rule."""
        held = read_recipient(parse(self.recipient(occasion)))
        made = make_release(held, self.identities[occasion], occasion.opens_at, self.key)
        said = {name: value for name, value in made.items() if name != "signature"}
        return canonical(signed({**said, "released_at": stamp(at)}, self.key))
