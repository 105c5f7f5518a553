"""What an owner's chapters need of others: projects let in, officers at their programs, questions.

Officers act by the functions of the client, within the run: their key files are the ones that
stand on their pages in the demonstration.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from bidding.client.officerbook import unlock_pool
from bidding.client.officers import join, rehearse
from bidding.client.organisations import OrganisationSecret, open_organisation_key
from bidding.client.profile import Addresses, Profile
from market.demo.media import KEY_FILE, PASSPHRASE
from market.demo.people.kinds import Duty, Person
from market.demo.people.kinds import OrganisationKind as Part
from market.demo.play.driver import Page
from market.demo.seed.house import account_of
from tests.support.exchange import Exchange
from tests.support.story_owner import centre, fine

SEATS: Final = (
    ("owner", Part.PURCHASER),
    ("supervisor", Part.SUPERVISOR),
    ("notary", Part.NOTARY),
)
"""Three officers of three organisations, two of whom open."""


@dataclass(frozen=True)
class Sitting:
    """An officer with the files and the programs of the own desk."""

    role: str
    person: Person
    names: dict[str, str]
    profile: Profile
    signer: OrganisationSecret
    pool: dict[str, str]

    @property
    def account(self) -> str:
        """The officer's sign-in name."""
        return account_of(self.person)

    def join(self, no: str) -> None:
        """Give a key to the seat."""
        join(self.profile, no, self.role, self.account, self.signer, self.pool, renew=False)

    def rehearse(self, no: str) -> None:
        """Open the sealed test."""
        rehearse(self.profile, no, self.signer, self.pool)


def sitting(exchange: Exchange) -> Sequence[Sitting]:
    """The officers of the chapters, each with a key file opened once."""
    return [_officer(exchange, role, part) for role, part in SEATS]


def _officer(exchange: Exchange, role: str, part: Part) -> Sitting:
    person = exchange.person(part, Duty.OPENING_OFFICER)
    its = exchange.cast.the(part)
    names = {"zh": its.name_zh, "en": its.name_en}
    home = exchange.var / "people" / account_of(person)
    where = Addresses(exchange.platform, exchange.anonymous, exchange.custodian)
    known = {"MARKET_TOKEN": exchange.token(person)}
    profile = Profile(home, exchange.trust, where, "en", lambda _: "", known, wait=60)
    key = exchange.organisation_key(person.organisation)
    pool = unlock_pool(home / KEY_FILE, (home / PASSPHRASE).read_text())
    return Sitting(role, person, names, profile, open_organisation_key(profile, key, None), pool)


def admits(exchange: Exchange, code: str) -> None:
    """The trading centre lets a project in."""
    fine(centre(exchange).get(f"/projects/{code}").submit(action="/admit"))


def asks(exchange: Exchange, no: str, words: str) -> None:
    """Somebody asks about a tender without a name, at the anonymous host."""
    page = Page(exchange.anonymous)
    fine(page.get(f"/tenders/{no}/question").submit({"text": words}, has="text"))
