"""Opening from a mirror: k officers with a copy of the files, and no platform.

The folder holds `manifest.json`, `closing.json` (the proof file of the closing), `acts/*.json`,
`batches/*.json` and `ciphertexts/<hash in base64url>`. Each officer adds a signed batch; once k of
a round are there, what the round opens is written under `opened/`. An envelope that does not open
is named with its cause; the others open all the same.
"""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Final

from bidding.client import files
from bidding.client.officerbook import OfficerBook
from bidding.client.officers import identity_of
from bidding.client.openings import Sheet, check_acts, make_batch
from bidding.client.organisations import OrganisationSecret
from bidding.client.profile import Profile
from market.kernel.errors import MarketError, Refusal
from market.protocol.acts import Act
from market.protocol.binding import Kind, check_bind
from market.protocol.encoding import Json, JsonObject, b64u, canonical, parse
from market.protocol.envelopes import commitments, open_ciphertext, rebuild
from market.protocol.inclusions import check_inclusion
from market.protocol.manifest import Manifest, read_manifest
from market.protocol.members import Members
from market.protocol.officers import OrganisationKey
from market.protocol.opening import (
    BATCH_LIMIT,
    Closing,
    ShareBatch,
    check_batch_place,
    check_batch_shares,
    read_closing,
    read_share_batch,
    wanted_shares,
)
from market.protocol.payload import unpack
from market.protocol.seating import check_manifest
from market.protocol.signing import key_id, public_bytes
from market.protocol.trust import Trust

PIECE: Final = 256 * 1024


def open_mirror(
    profile: Profile,
    folder: Path,
    round_no: int,
    signer: OrganisationSecret,
    pool: dict[str, str],
) -> None:
    """Add this officer's batch of a round; with k of them open everything the round opens."""
    trust = profile.trust()
    manifest = read_manifest(files.read(folder / "manifest.json"))
    closing = _closing(folder, trust, manifest)
    paths = files.listed(folder / "acts", ".json")
    acts = check_acts([files.read(path) for path in paths], manifest)
    seat, recipient = _own_seat(manifest, pool)
    OfficerBook(profile.home).refuse_other_closing(manifest.tender, closing.hash)
    sheet = Sheet(manifest, closing, round_no, seat, acts)
    batch = make_batch(sheet, recipient, identity_of(pool, recipient))
    name = f"{round_no}-{seat}.json"
    files.keep(folder / "batches" / name, canonical(batch.sign(signer.key)))
    batches = _batches(folder, sheet, _keys(folder, manifest, trust, signer))
    profile.told.facts = {
        "tender": manifest.tender,
        "round": round_no,
        "seat": seat,
        "batches": len(batches),
        "needed": manifest.k,
    }
    profile.told.say(
        f"已写入 batches/{name}；本轮 {len(batches)} 批，需要 {manifest.k} 批",
        f"Written to batches/{name}; {len(batches)} batches of this round, {manifest.k} needed",
    )
    if len(batches) >= manifest.k:
        _open_all(profile, folder, sheet, batches)


def _closing(folder: Path, trust: Trust, manifest: Manifest) -> Closing:
    found = check_inclusion(parse(files.read(folder / "closing.json")), trust)
    if found.entry.kind != "closing" or found.entry.subject != manifest.tender:
        raise Refusal(
            "closing-differs", zh="截标记录属于另一个项目", en="The closing is of another tender"
        )
    closing = read_closing(found.entry.data)
    if closing.manifest_hash != manifest.hash:
        raise Refusal(
            "closing-differs", zh="截标记录与清单不符", en="The closing is of another manifest"
        )
    return closing


def _keys(
    folder: Path, manifest: Manifest, trust: Trust, signer: OrganisationSecret
) -> dict[str, OrganisationKey]:
    """Signing keys of the officers' organisations: pinned, one's own, or of `organisations.json`.

    That file is a list of public keys by credit code; a manifest proves nothing without them.
    """
    held = {key_id(item.key): OrganisationKey(item.uscc, item.key) for item in trust.organisations}
    own = public_bytes(signer.key)
    held[key_id(own)] = OrganisationKey(signer.uscc, own)
    value = files.read_json_or_none(folder / "organisations.json") or {}
    for name, item in value.items():
        if isinstance(item, dict):
            held[name] = _key(item)
    check_manifest(manifest, held, {key_id(item.key) for item in trust.organisations})
    return held


def _batches(folder: Path, sheet: Sheet, keys: dict[str, OrganisationKey]) -> dict[int, ShareBatch]:
    """The good batches of the round, by officer; a bad one is left out, for it names nobody."""
    held = dict[int, ShareBatch]()
    for path in files.listed(folder / "batches", ".json"):
        raw = files.read(path)
        try:
            number = parse(raw, limit=BATCH_LIMIT).get("i")
            place = number if isinstance(number, int) else 0
            if not 1 <= place <= sheet.manifest.n:
                continue
            public = keys[sheet.manifest.seats[place - 1].org_key_id].public
            batch = read_share_batch(raw, public)
            check_batch_place(batch, sheet.manifest, sheet.closing.hash, sheet.round)
            wanted = wanted_shares(sheet.acts, sheet.manifest, sheet.round, batch.i)
            check_batch_shares(batch, wanted)
        except MarketError:
            continue
        held[batch.i] = batch
    return held


def _open_all(profile: Profile, folder: Path, sheet: Sheet, batches: dict[int, ShareBatch]) -> None:
    rows = list[Json]()
    for place, act in enumerate(sheet.acts, start=1):
        for kind in sheet.manifest.round_of(sheet.round).opens:
            out = folder / "opened" / f"{place:04d}" / kind.value
            try:
                main = _open(folder, out, sheet, batches, act, kind)
            except MarketError as no:
                rows.append({"bid": place, "kind": kind.value, "cause": no.code})
                profile.told.warn(f"第 {place} 份 {kind} 未能开启：{no.zh}",
                                  f"Bid {place}, {kind}: not opened. {no.en}")  # fmt: skip
                continue
            files.keep(out / "main.json", canonical(main))
            rows.append({"bid": place, "kind": kind.value, "cause": None})
    profile.told.facts = {**profile.told.facts, "opened": rows}
    profile.told.say(
        "已开启，内容在 opened 文件夹", "Opened; the contents are in the folder opened"
    )


def _open(
    folder: Path,
    out: Path,
    sheet: Sheet,
    batches: dict[int, ShareBatch],
    act: Act,
    kind: Kind,
) -> JsonObject:
    """One envelope, all n commitments checked before anything is decrypted."""
    shares = {
        i: item.share
        for i, batch in batches.items()
        for item in batch.shares
        if (item.bid_pub, item.kind) == (act.bid_pub, kind)
    }
    if len(shares) < sheet.manifest.k:
        raise Refusal("shares-missing", zh="份额不足", en="Too few shares of it were given")
    envelope, binding = act.envelope(kind), act.binding(kind)
    seats = [seat.recipients for seat in sheet.manifest.seats]
    identity = rebuild(binding, commitments(envelope, seats), shares, sheet.manifest.k)
    source = folder / "ciphertexts" / b64u(envelope.ciphertext_hash)
    if not source.exists():
        raise Refusal(
            "ciphertext-missing", zh="镜像中没有此密文", en="The mirror lacks its ciphertext"
        )
    pieces = open_ciphertext(identity, envelope, _pieces(source))
    sinks = list[IO[bytes]]()
    try:
        payload = unpack(kind, pieces, _sinks(out, sinks))
    finally:
        for sink in sinks:
            sink.close()
    check_bind(payload.bind, binding)
    return payload.main


def _sinks(out: Path, opened: list[IO[bytes]]) -> Callable[[str], Callable[[bytes], object]]:
    def sink_for(name: str) -> Callable[[bytes], object]:
        path = out / name  # the payload's reader lets only documents/NNNN.ext through
        files.make_folder(path.parent)
        file = path.open("wb")
        opened.append(file)
        return file.write

    return sink_for


def _pieces(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while piece := file.read(PIECE):
            yield piece


def _own_seat(manifest: Manifest, pool: dict[str, str]) -> tuple[int, str]:
    for i, seat in enumerate(manifest.seats, start=1):
        for recipient in seat.recipients:
            if recipient in pool:
                return i, recipient
    raise Refusal(
        "key-not-in-pool", zh="密钥池中没有此项目的密钥", en="The pool holds no key of this tender"
    )


def _key(item: JsonObject) -> OrganisationKey:
    given = Members(item)
    return OrganisationKey(given.uscc(), given.octets("key", 32))
