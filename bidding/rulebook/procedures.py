"""The ways to buy and the kinds of engineering work that numbers of law depend on."""

from enum import StrEnum


class Procedure(StrEnum):
    """How a supplier is found: by tender (open, invited) or without one."""

    OPEN_TENDER = "open_tender"
    INVITED_TENDER = "invited_tender"
    NEGOTIATION = "negotiation"
    CONSULTATION = "consultation"
    QUOTATION = "quotation"
    SINGLE_SOURCE = "single_source"

    @property
    def is_tender(self) -> bool:
        """Whether bids are sealed and opened together (招标)."""
        return self in (Procedure.OPEN_TENDER, Procedure.INVITED_TENDER)


class EngineeringKind(StrEnum):
    """What an engineering tender buys."""

    CONSTRUCTION = "construction"
    GOODS = "goods"
    SURVEY_OR_DESIGN = "survey_or_design"
    SUPERVISION = "supervision"
