"""Who may sit together: the checks a client makes before it seals to a manifest's officers.

Every one of them is made by client, platform and verifier alike (threat C3). Nobody but outside
parties can break the seal only if no organisation, and no group with one interest, holds k.
"""

from collections import Counter
from collections.abc import Collection, Iterable

from market.kernel.errors import Refusal
from market.protocol.manifest import Manifest
from market.protocol.officers import PLATFORM_PAGE, OrganisationKey, check_seat

_GROUPED_ROLES = (frozenset({"owner", "agent"}), frozenset({"operator", "centre"}))


def check_manifest(
    manifest: Manifest,
    registered: dict[str, OrganisationKey],
    pinned: Collection[str],
    groups: Iterable[Collection[str]] = (),
) -> None:
    """All checks of this module, in the order of their functions here.

    `registered`: organisations' signing keys by `key_id`; `pinned`: the `key_id`s of the reader's
    trust file; `groups`: credit codes known to share an interest (owner with agent, operator with
    centre), besides what the officers' roles say.
    """
    check_proofs(manifest, registered)
    check_recipients(manifest)
    known = tuple(groups)
    check_organisations(manifest)
    check_groups(manifest, known)
    check_outside(manifest, pinned, known)


def check_proofs(manifest: Manifest, registered: dict[str, OrganisationKey]) -> None:
    """Refuse as `officers.check_seat` does, for the first seat that is not proved."""
    for seat in manifest.seats:
        check_seat(manifest.tender, seat, registered)


def check_recipients(manifest: Manifest) -> None:
    """Refuse (`recipient-twice`) a sealing key that stands twice."""
    if len(set(manifest.recipients)) != len(manifest.recipients):
        raise Refusal(
            "recipient-twice",
            zh="同一把开标密钥出现两次",
            en="One sealing key stands twice in the manifest",
        )


def check_unseen(manifest: Manifest, seen: Collection[str]) -> None:
    """Refuse (`recipient-reused`) a sealing key that any manifest or rehearsal named before.

    Otherwise sealed shares of one tender could be opened in another (threat C1).
    """
    if any(recipient in seen for recipient in manifest.recipients):
        raise Refusal(
            "recipient-reused",
            zh="开标密钥曾用于另一次招标，换用密钥池中的新密钥",
            en="A sealing key served another tender; take a new one from the pool",
        )


def check_organisations(manifest: Manifest) -> None:
    """Refuse (`organisation-holds-k`) when one organisation holds k shares or more."""
    held = Counter(seat.organisation.uscc for seat in manifest.seats)
    if max(held.values()) >= manifest.k:
        raise Refusal(
            "organisation-holds-k",
            zh="一家单位持有的份额足以单独开标",
            en="One organisation holds enough shares to open bids alone",
        )


def check_groups(manifest: Manifest, groups: Iterable[Collection[str]] = ()) -> None:
    """Refuse (`group-holds-k`) when organisations with one interest hold k shares together."""
    for group in interest_groups(manifest, groups):
        if sum(seat.organisation.uscc in group for seat in manifest.seats) >= manifest.k:
            raise Refusal(
                "group-holds-k",
                zh="同一利益方持有的份额足以单独开标",
                en="One interest group holds enough shares to open bids alone",
            )


def check_outside(
    manifest: Manifest, pinned: Collection[str], groups: Iterable[Collection[str]] = ()
) -> None:
    """Refuse (`no-outside-organisation`) without one pinned organisation outside all groups."""
    inside = {uscc for group in interest_groups(manifest, groups) for uscc in group}
    if not any(
        seat.org_key_id in pinned and seat.organisation.uscc not in inside
        for seat in manifest.seats
    ):
        raise Refusal(
            "no-outside-organisation",
            zh="开标人中没有信任文件所列的外部单位",
            en="No officer belongs to an outside organisation of the trust file",
        )


def check_tools(manifest: Manifest) -> None:
    """Refuse (`too-many-platform-pages`) when k officers work on pages the platform serves.

    At least n - k + 1 use the client or a page of their own organisation (threat H20).
    """
    if sum(seat.key.tool == PLATFORM_PAGE for seat in manifest.seats) >= manifest.k:
        raise Refusal(
            "too-many-platform-pages",
            zh="使用本平台页面的开标人过多，须有足够人数使用客户端或本单位页面",
            en="Too many officers work on pages of the platform; more must use the client",
        )


def interest_groups(
    manifest: Manifest, groups: Iterable[Collection[str]] = ()
) -> tuple[frozenset[str], ...]:
    """Credit codes that count as one: by role, and as known; what overlaps is one group."""
    return grouped([(seat.role, seat.organisation.uscc) for seat in manifest.seats], groups)


def grouped(
    seats: Collection[tuple[str, str]], groups: Iterable[Collection[str]] = ()
) -> tuple[frozenset[str], ...]:
    """The same for seats that are only meant yet: pairs of a role and a credit code."""
    by_role = (frozenset(uscc for role, uscc in seats if role in roles) for roles in _GROUPED_ROLES)
    merged: list[frozenset[str]] = []
    for group in (*by_role, *(frozenset(known) for known in groups)):
        whole = group
        for other in [held for held in merged if held & whole]:
            merged.remove(other)
            whole |= other
        if whole:
            merged.append(whole)
    return tuple(merged)
