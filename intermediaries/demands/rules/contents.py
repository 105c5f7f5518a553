"""What a demand says, piece by piece."""

from enum import StrEnum
from types import MappingProxyType
from typing import Final


class Section(StrEnum):
    """The pages on which an owner writes a demand, in their order; a return names them."""

    ITEM = "item"
    NEED = "need"
    MONEY = "money"
    TERMS = "terms"
    MODE = "mode"
    WINDOW = "window"
    CONTRACT = "contract"
    APPROVAL = "approval"
    DECLARATION = "declaration"


class ContractTemplate(StrEnum):
    """Which of the platform's contracts both sides will sign."""

    REPORT = "report"
    SURVEY = "survey"
    ADVICE = "advice"


TEMPLATES: Final = MappingProxyType(
    {
        ContractTemplate.REPORT: ("评估、论证报告编制合同", "contract for a report"),
        ContractTemplate.SURVEY: ("勘测、检测合同", "contract for survey or testing"),
        ContractTemplate.ADVICE: ("咨询、审查合同", "contract for advice or review"),
    }
)

DAYS_MOST: Final = 365  # working days
DELIVERABLES_MOST: Final = 20
ENROL_MOST: Final = 30  # working days
CHOOSE_MOST: Final = 10  # working days
PAY_MOST: Final = 365  # calendar days
