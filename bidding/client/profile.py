"""A profile: the folder of one user with addresses, trust file and everything secret."""

from collections.abc import Callable, Mapping
from dataclasses import astuple, dataclass, field, replace
from pathlib import Path
from typing import Final

from bidding.client import files
from bidding.client.record import Record
from bidding.client.told import UNSEALED, Told
from bidding.client.wire import Line, anonymous_line, check_origin
from market.kernel.errors import BadInput, Refusal
from market.protocol.encoding import JsonObject
from market.protocol.members import Members
from market.protocol.trust import Trust, read_trust

KIND: Final = "client-profile"
RISK: Final = {
    "zh": "我知道没有见证人，平台可能给我看假的密钥",
    "en": "I know that no witness stands behind these keys and that they may be false",
}
"""What a person types to go on without a witness."""


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where the hosts are; empty where a profile has no use for one."""

    platform: str = ""
    anonymous: str = ""
    custodian: str = ""
    witness: str = ""


@dataclass(slots=True)
class Profile:
    """What every command works with.

    `typed` asks the person at the terminal; `environment` holds passwords and bearer tokens.
    """

    home: Path
    trust_path: Path | None
    addresses: Addresses
    language: str
    typed: Callable[[str], str]
    environment: Mapping[str, str]
    accepts_risk: bool = False
    told: Told = field(default_factory=Told)
    wait: float = 20
    _record: Record | None = None

    def trust(self) -> Trust:
        """The trust file; in a demonstration the unsealed warning is told."""
        if self.trust_path is None:
            raise BadInput(
                "no-trust-file",
                zh="缺少信任文件：用 --trust 指定，或先执行 setup",
                en="The trust file is missing: name it with --trust or run setup first",
            )
        trust = read_trust(files.read(self.trust_path))
        if trust.is_demo and UNSEALED not in self.told.warnings:
            self.told.warnings.append(UNSEALED)
        return trust

    def record(self) -> Record:
        """The record, read on to its newest witnessed checkpoint once in a command.

        Without a witness: refused, unless the person accepts the risk by typing the sentence.
        """
        if self._record is None:
            trust = self.trust()
            made = Record(self.anonymous(), trust, self.home)
            try:
                made.follow(self.wait)
            except (Refusal, BadInput) as refused:
                if refused.code != "not-witnessed" or not self.accepts_risk:
                    raise
                made = self._at_risk()
            self._record = made
        return self._record

    def platform(self) -> Line:
        """The signed-in line to the platform."""
        bearer = self.secret_word("MARKET_TOKEN", "平台访问令牌", "bearer token of the platform")
        return Line(
            _needed(self.addresses.platform, "platform"), bearer=bearer, language=self.language
        )

    def public(self) -> Line:
        """The line to the platform's public pages, signed in as nobody."""
        return Line(_needed(self.addresses.platform, "platform"), language=self.language)

    def anonymous(self) -> Line:
        """A fresh line to the anonymous host."""
        return anonymous_line(_needed(self.addresses.anonymous, "anonymous"))

    def witness(self) -> Line:
        """A fresh line to the witness that says nothing of its user."""
        return anonymous_line(_needed(self.addresses.witness, "witness"))

    def custodian_unnamed(self) -> Line:
        """A fresh line to the custodian that says nothing of its user."""
        return anonymous_line(_needed(self.addresses.custodian, "custodian"))

    def custodian(self, uscc: str, password_file: Path | None) -> Line:
        """Sign in at the custodian with what the bank gave; the signed-in line."""
        password = self.secret_word(
            "CUSTODIAN_PASSWORD", "托管方密码", "password at the custodian", password_file
        )
        origin = _needed(self.addresses.custodian, "custodian")
        door = Line(origin, language=self.language)
        answer = door.post("/sign-in", {"uscc": uscc, "password": password}).json()
        door.close()
        return Line(origin, bearer=Members({"t": answer.get("token")}).text("t", high=4096),
                    language=self.language)  # fmt: skip

    def secret_word(self, name: str, zh: str, en: str, path: Path | None = None) -> str:
        """A secret from a file, else from the environment; never from the command line."""
        if path is not None:
            return files.read_secret(path).decode("utf-8", "replace").strip()
        if self.environment.get(name):
            return self.environment[name]
        raise BadInput(
            "secret-missing",
            zh=f"缺少{zh}：用文件参数或环境变量 {name} 提供",
            en=f"The {en} is missing: give it in a file or in the variable {name}",
        )

    def _at_risk(self) -> Record:
        sentence = RISK[self.language]
        if self.typed(sentence).strip() != sentence:
            raise Refusal(
                "risk-not-accepted",
                zh="未逐字输入风险说明，未使用任何密钥",
                en="The sentence was not typed as shown; no key was used",
            )
        self.told.warn(
            "没有见证人：以下内容未经第三方见证", "No witness: nobody else vouches for this"
        )
        record = Record(self.anonymous(), self.trust(), self.home, without_witness=True)
        record.follow(self.wait)
        return record


def save(home: Path, trust_path: Path, addresses: Addresses, language: str) -> None:
    """Write down addresses, trust file and language, so that commands need not repeat them."""
    for origin in astuple(addresses):
        if origin:
            check_origin(origin)
    if addresses.anonymous and addresses.anonymous == addresses.platform:
        raise BadInput(
            "same-host",
            zh="匿名通道须与平台是不同的地址",
            en="The anonymous host must have another address than the platform",
        )
    read_trust(files.read(trust_path))
    files.keep_json(
        home / "profile.json",
        {
            "kind": KIND,
            "trust": str(trust_path.resolve()),
            "platform": addresses.platform,
            "anonymous": addresses.anonymous,
            "custodian": addresses.custodian,
            "witness": addresses.witness,
            "language": language,
        },
    )


def saved(home: Path) -> tuple[Path, Addresses, str] | None:
    """Trust file, addresses and language as `save` wrote them; None for a new profile."""
    value: JsonObject | None = files.read_json_or_none(home / "profile.json")
    if value is None:
        return None
    held = Members(value)
    held.choice("kind", (KIND,))
    addresses = Addresses(
        held.text("platform", 0, 300),
        held.text("anonymous", 0, 300),
        held.text("custodian", 0, 300),
        held.text("witness", 0, 300) if "witness" in value else "",
    )
    found = Path(held.text("trust", high=4096)), addresses, held.choice("language", ("zh", "en"))
    held.end()
    return found


def merged(known: Addresses, given: Addresses) -> Addresses:
    """The saved addresses with those given for one command."""
    changed = {
        name: value
        for name in ("platform", "anonymous", "custodian", "witness")
        if (value := getattr(given, name))
    }
    return replace(known, **changed)


def _needed(origin: str, name: str) -> str:
    if not origin:
        raise BadInput(
            "address-missing",
            zh=f"缺少地址 --{name}",
            en=f"The address --{name} is missing",
        )
    return origin
