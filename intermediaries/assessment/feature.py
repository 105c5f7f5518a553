"""What the room of assessment hands to the factory."""

from typing import Final

from intermediaries.assessment.jobs import compute_due
from intermediaries.assessment.web import pages
from market.feature import Feature, Job

FEATURE: Final = Feature(
    "assessment",
    pages=(pages,),
    jobs=(Job("assessment.compute", compute_due),),
)
