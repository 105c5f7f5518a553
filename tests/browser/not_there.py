"""What the demonstration's first morning lacks: pages nothing leads to, forms nobody is shown.

Each with its reason; a key that ends with an ellipsis speaks of all that begin so. What comes to be
there after all may stand here until somebody takes it out; what is neither there nor here fails the
sweep.
"""

from collections.abc import Iterable, Mapping
from typing import Final

OBJECTING: Final = "it is shown to other agencies within a working day of a result"
COMPLAINING: Final = "it is shown to whoever objected, once that was dismissed or left too long"
NO_PENALTY: Final = "no case of credit of the seed waits for it"
NO_REVIEW: Final = "no expert of the seed was drawn for a review"
OFFICE: Final = "shown to the centre's management office, once somebody of it is appointed"
ENROLLING: Final = "it is shown to an agency that enrols, or once one was chosen"
NOT_DRAWN: Final = "enrolment has not closed on the first morning"
SECOND: Final = "it waits for a second person, and the seed leaves nothing half done"

UNREACHED: Final[Mapping[str, str]] = {
    "/demands/<no>/enrol": ENROLLING,
    "/demands/<no>/enrol/receipt": ENROLLING,
    "/demands/<no>/pick": NOT_DRAWN,
    "/demands/<no>/rounds": NOT_DRAWN,
    "/desk/agency/qualifications/<uuid:key>": "no certificate of the seed was sent back",
    "/desk/credit/<no>…": NO_PENALTY,
    "/desk/credit/bonus": OFFICE,
    "/desk/credit/notice": OFFICE,
    "/desk/credit/own/<no>…": NO_PENALTY,
    "/desk/orders/<no>/expert-opinion": NO_REVIEW,
    "/desk/reviews/<uuid:seat>…": NO_REVIEW,
    "/desk/schemes/<no>…": NO_REVIEW,
    "/desk/tenders/<no>/panel/again": "no draw of the seed was stopped",
    "/orders/<no>/result-complaint…": COMPLAINING,
    "/orders/<no>/result-objection": OBJECTING,
}
"""Routes that no page leads to."""

UNSENT: Final[Mapping[str, str]] = {
    "/administration/authorities/<uuid:key>/approve": SECOND,
    "/administration/calendar/<uuid:key>/approve": SECOND,
    "/administration/calendar/<uuid:key>/drop": SECOND,
    "/administration/people/<uuid:key>/<any(block, unblock, 'clear-second-factor'):act>": (
        "somebody has to be searched for first"
    ),
    "/desk/agency/qualifications/<uuid:key>": "no certificate of the seed was sent back",
    "/desk/credit/<no>…": NO_PENALTY,
    "/desk/credit/bonus": OFFICE,
    "/desk/credit/notice": OFFICE,
    "/desk/credit/own/<no>…": NO_PENALTY,
    "/administration/selection-rules/<uuid:key>/adopt": SECOND,
    "/administration/selection-rules/<uuid:key>/drop": SECOND,
    "/demands/<no>/pick": NOT_DRAWN,
    "/demands/<no>/rounds": NOT_DRAWN,
    "/desk/enrolments/<no>/reviewers": NO_REVIEW,
    "/desk/evaluations/<no>/corrections": "nothing is to be voted on",
    "/desk/orders/<no>/expert-opinion": NO_REVIEW,
    "/desk/reviews/<uuid:seat>…": NO_REVIEW,
    "/desk/schemes/<no>…": NO_REVIEW,
    "/desk/tenders/<no>/officers/manifest": "no draft of the seed has all its officers' keys",
    "/desk/tenders/<no>/officers/rehearsal": "no draft of the seed has all its officers' keys",
    "/desk/tenders/<no>/panel/again": "no draw of the seed was stopped",
    "/desk/tenders/<no>/publication": "no draft of the seed is complete",
    "/orders/<no>/result-complaint…": COMPLAINING,
    "/orders/<no>/result-objection": OBJECTING,
    "/organisation": "whoever acts for one organisation chooses none",
    "/organisation/people/<uuid:key>/approve": SECOND,
    "/projects/<code>/return": "no project of the seed waits to be let in",
    "/register/<uscc>/capacities/<uuid:key>/approve": SECOND,
    "/register/<uscc>/restore": "no organisation of the seed is suspended",
    "/register/<uscc>/roles/<uuid:key>/approve": SECOND,
    "/register/<uscc>/withdraw": "no organisation of the seed may be withdrawn",
    "/sign-out": "a button at the head of every page",
    "/supervision/draws/<uuid:lapse>/noted": "no party of the seed let a draw lapse",
}
"""Ways of sending that no page has a form for."""


def unexplained(missing: Iterable[str], known: Mapping[str, str]) -> list[str]:
    """What is missing without a reason."""
    begun = tuple(key.removesuffix("…") for key in known if key.endswith("…"))
    return sorted(one for one in missing if one not in known and not one.startswith(begun))
