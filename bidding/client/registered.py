"""What the record says of keys, manifests and amendments, each used only as the record has it."""

from dataclasses import dataclass
from datetime import datetime

from bidding.client.record import Record
from market.kernel.errors import Refusal
from market.protocol.amendments import Amendment, check_history, read_amendment
from market.protocol.bondkeys import (
    BID,
    BondKey,
    KeyRing,
    check_issuing,
    read_bond_key,
)
from market.protocol.encoding import JsonObject, Malformed, canonical, unb64u
from market.protocol.entries import Entry
from market.protocol.manifest import Manifest, read_manifest
from market.protocol.members import Members
from market.protocol.officers import OrganisationKey
from market.protocol.seating import check_manifest, check_unseen
from market.protocol.signing import key_id
from market.protocol.trust import Trust


def bond_keys(record: Record) -> KeyRing:
    """Every bond key of the record; `two-bond-keys` if one place has two (review H10)."""
    return KeyRing(read_bond_key(placed.entry.data) for placed in record.entries("bond-key"))


def issuing_key(record: Record, denomination: int) -> BondKey:
    """The newest key that issues tokens of an amount now, by the record's time."""
    issuing = list[BondKey]()
    for key in bond_keys(record).all():
        if (key.denomination, key.purpose) != (denomination, BID):
            continue
        try:
            check_issuing(key, record.now)
        except Refusal:
            continue
        issuing.append(key)
    if not issuing:
        raise Refusal(
            "no-issuing-key",
            zh="公开日志中没有此面额正在签发的公钥",
            en="The record holds no key that issues tokens of this amount now",
        )
    return max(issuing, key=lambda key: key.epoch)


def organisation_keys(record: Record) -> dict[str, OrganisationKey]:
    """Signing keys shown in clear and not revoked, by name."""
    held = dict[str, OrganisationKey]()
    for placed in record.entries("organisation-key"):
        data = placed.entry.data
        if "key" not in data:
            continue
        public, uscc = unb64u(str(data["key"]), 32), Members(dict(data)).uscc("uscc")
        name = key_id(public)
        if data.get("act") == "revoked":
            held.pop(name, None)
        else:
            held[name] = OrganisationKey(uscc, public)
    return held


def pinned_keys(trust: Trust) -> dict[str, OrganisationKey]:
    """Signing keys of the trust file, by name."""
    return {key_id(item.key): OrganisationKey(item.uscc, item.key) for item in trust.organisations}


@dataclass(frozen=True, slots=True)
class Terms:
    """What a bid for a tender must be made for, all of it from the record."""

    manifest: Manifest
    amendment: int
    deadline: datetime
    notice: JsonObject
    amendments: tuple[Amendment, ...]


def terms(record: Record, trust: Trust, tender: str) -> Terms:
    """The terms of a published tender, its officers checked.

    Refused: `not-in-record` (no notice, no manifest), `two-manifests` (the record shows one
    manifest to some and another to others), `bad-amendment`, and the rules of seating: proofs of
    organisations, k, groups of interest, one pinned outsider, no sealing key seen before.
    """
    said = [placed.entry.data for placed in record.entries("notice", tender)]
    notices = [data for data in said if data.get("type") == "yg/tender-notice/v1"]
    if not notices:
        raise _not_in_record("招标公告", "the notice of the tender")
    notice = notices[0]
    amendments = tuple(
        read_amendment(placed.entry.data) for placed in record.entries("amendment", tender)
    )
    named = unb64u(str(notice["manifest_hash"]), 32)
    check_history(named, amendments)
    manifest = sound_manifest(record, trust, tender, _groups(notice))
    current = amendments[-1].manifest_hash if amendments else named
    if manifest.hash != current:
        raise Malformed(
            "manifest-differs",
            zh="公告所指的开标清单不是日志中的开标清单",
            en="The notice names another manifest than the record holds",
        )
    deadline = amendments[-1].deadline if amendments else Members(dict(notice)).moment("deadline")
    version = amendments[-1].version if amendments else 0
    return Terms(manifest, version, deadline, notice, amendments)


def sound_manifest(
    record: Record, trust: Trust, tender: str, groups: tuple[frozenset[str], ...] = ()
) -> Manifest:
    """The one manifest that the record holds for a tender, checked."""
    found = {canonical(placed.entry.data) for placed in record.entries("manifest", tender)}
    if not found:
        raise _not_in_record("开标清单", "a manifest of the tender")
    if len(found) > 1:
        raise Malformed(
            "two-manifests",
            zh="日志中有两份不同的开标清单，不封装",
            en="The record holds two manifests of this tender; nothing is sealed",
        )
    manifest = read_manifest(found.pop())
    if manifest.tender != tender:
        raise _not_in_record("开标清单", "a manifest of the tender")
    registered = {**organisation_keys(record), **pinned_keys(trust)}
    check_manifest(manifest, registered, pinned_keys(trust).keys(), groups)
    check_unseen(manifest, _seen_elsewhere(record, tender))
    return manifest


def _groups(notice: JsonObject) -> tuple[frozenset[str], ...]:
    """Owner and agent have one interest."""
    return (frozenset(str(notice[name]) for name in ("owner", "agent") if notice.get(name)),)


def _seen_elsewhere(record: Record, tender: str) -> set[str]:
    """Sealing keys that manifests or rehearsals of other tenders named."""
    seen = set[str]()
    for placed in (*record.entries("manifest"), *record.entries("rehearsal")):
        if placed.entry.subject != tender:
            seen.update(_recipients(placed.entry))
    return seen


def _recipients(entry: Entry) -> list[str]:
    if entry.kind == "manifest":
        return list(read_manifest(canonical(entry.data)).recipients)
    named = entry.data.get("recipients")
    return [str(item) for item in named] if isinstance(named, list) else []


def _not_in_record(zh: str, en: str) -> Refusal:
    return Refusal(
        "not-in-record",
        zh=f"公开日志中没有{zh}；若刚刚发布，稍后再试",
        en=f"The record does not hold {en}; if it was published just now, try again shortly",
    )
