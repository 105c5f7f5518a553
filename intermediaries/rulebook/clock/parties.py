"""Who can hold the ball, and who can be charged."""

from enum import StrEnum
from typing import Final


class Party(StrEnum):
    """One of the six; `STATUTORY` and `PLATFORM` are nobody's time and never scored."""

    OWNER = "owner"
    AGENCY = "agency"
    DEPARTMENT = "department"
    EXPERT = "expert"
    STATUTORY = "statutory"
    PLATFORM = "platform"

    @property
    def zh(self) -> str:
        """The party in Chinese."""
        return _NAMES[self][0]

    @property
    def en(self) -> str:
        """The party in English, as it stands inside a sentence."""
        return _NAMES[self][1]


_NAMES: Final[dict[Party, tuple[str, str]]] = {
    Party.OWNER: ("业主", "the owner"),
    Party.AGENCY: ("中介机构", "the agency"),
    Party.DEPARTMENT: ("审批部门", "the department"),
    Party.EXPERT: ("评审专家", "the experts"),
    Party.STATUTORY: ("法定程序", "a statutory procedure"),
    Party.PLATFORM: ("平台", "the platform"),
}
