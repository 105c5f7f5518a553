"""The seats of a tender's officers and the manifest that names them, as tables of states."""

from enum import StrEnum
from typing import Final

from market.kernel.errors import Refusal
from market.kernel.law import platform_rule
from market.kernel.permissions import Permission
from market.kernel.transitions import Move, Table


class PanelState(StrEnum):
    """How far a tender's officers are: seats named, keys given, rehearsed, manifest journaled."""

    SEATING = "seating"
    REHEARSING = "rehearsing"
    REHEARSED = "rehearsed"
    READY = "ready"


class PanelAction(StrEnum):
    """What can happen to a tender's officers."""

    REHEARSE = "rehearse"
    RESEAT = "reseat"
    PASS = "pass"  # noqa: S105  an action, not a password
    SETTLE = "settle"


OFFICERS: Final = platform_rule("信任协议第三节", "trust protocol, section 3")
USUAL_SEATS: Final = 5
USUAL_K: Final = 3
SMALL_SEATS: Final = 3
SMALL_K: Final = 2

_S, _A = PanelState, PanelAction
_OWNER: Final = Permission.TENDERS_MANIFEST_MAKE
_OFFICER: Final = Permission.OFFICERS_SHARE_POST

PANEL_TABLE: Final = Table(
    "officers",
    start=_S.SEATING,
    moves=[
        Move(_S.SEATING, _A.REHEARSE, _S.REHEARSING, _OWNER, OFFICERS),
        Move(_S.REHEARSING, _A.RESEAT, _S.SEATING, _OWNER, OFFICERS),
        Move(_S.REHEARSING, _A.PASS, _S.REHEARSED, _OFFICER, OFFICERS),
        Move(_S.REHEARSED, _A.RESEAT, _S.SEATING, _OWNER, OFFICERS),
        Move(_S.REHEARSED, _A.SETTLE, _S.READY, _OWNER, OFFICERS),
    ],
)


def refuse_unless_all_keyed(seats: int, keyed: int) -> None:
    """Refuse (`keys-missing`) to rehearse before every officer has given a key."""
    if keyed < seats or seats < SMALL_SEATS:
        raise Refusal(
            "keys-missing",
            zh=f"共 {seats} 名开启人，{keyed} 人已交公钥；至少需要 {SMALL_SEATS} 人且全部交齐",
            en=f"{keyed} of {seats} officers gave a key; all must, and {SMALL_SEATS} at least",
        )


def refuse_unless_settled(state: PanelState) -> None:
    """Refuse (`manifest-not-ready`) to publish a tender whose officers are not settled."""
    if state is not PanelState.READY:
        raise Refusal(
            "manifest-not-ready",
            zh="开启人尚未演练，开标清单未公布",
            en="The officers have not rehearsed; the manifest is not published yet",
        )
