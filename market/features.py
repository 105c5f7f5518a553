"""Every room of both businesses, in the order in which its pages are put on the hosts."""

from typing import Final

from bidding.bids.feature import FEATURE as BIDS
from bidding.bonds.feature import FEATURE as BONDS
from bidding.casefile.feature import FEATURE as CASEFILE
from bidding.complaints.feature import FEATURE as COMPLAINTS
from bidding.contracts.feature import FEATURE as CONTRACTS
from bidding.evaluation.feature import FEATURE as EVALUATION
from bidding.officers.feature import FEATURE as OFFICERS
from bidding.opening.feature import FEATURE as OPENING
from bidding.panels.feature import FEATURE as PANELS
from bidding.sealing.feature import FEATURE as SEALING
from bidding.tenders.feature import FEATURE as TENDERS
from intermediaries.agencies.feature import FEATURE as AGENCIES
from intermediaries.assessment.feature import FEATURE as ASSESSMENT
from intermediaries.catalogue.feature import FEATURE as CATALOGUE
from intermediaries.cityrules.feature import FEATURE as CITYRULES
from intermediaries.credit.feature import FEATURE as CREDIT
from intermediaries.demands.feature import FEATURE as DEMANDS
from intermediaries.offers.feature import FEATURE as OFFERS
from intermediaries.orders.feature import FEATURE as ORDERS
from market.accounts.feature import FEATURE as ACCOUNTS
from market.approvals.feature import FEATURE as APPROVALS
from market.calendars.feature import FEATURE as CALENDARS
from market.draws.feature import FEATURE as DRAWS
from market.experts.feature import FEATURE as EXPERTS
from market.feature import Feature
from market.glossary.feature import FEATURE as GLOSSARY
from market.messages.feature import FEATURE as MESSAGES
from market.notices.feature import FEATURE as NOTICES
from market.projects.feature import FEATURE as PROJECTS
from market.proofs.feature import FEATURE as PROOFS
from market.reviews.feature import FEATURE as REVIEWS
from market.web.record import FEATURE as RECORD

FEATURES: Final[tuple[Feature, ...]] = (
    RECORD,
    MESSAGES,
    ACCOUNTS,
    CALENDARS,
    PROJECTS,
    APPROVALS,
    DRAWS,
    EXPERTS,
    REVIEWS,
    NOTICES,
    SEALING,
    TENDERS,
    OFFICERS,
    PANELS,
    BONDS,
    BIDS,
    OPENING,
    EVALUATION,
    CONTRACTS,
    COMPLAINTS,
    CASEFILE,
    CITYRULES,
    CATALOGUE,
    AGENCIES,
    DEMANDS,
    CREDIT,
    ASSESSMENT,
    OFFERS,
    ORDERS,
    PROOFS,
    GLOSSARY,
)
