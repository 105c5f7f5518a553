"""The card of the room of proofs."""

from typing import Final

from market.feature import Feature, Job
from market.proofs.releases import publish
from market.proofs.web import pages

FEATURE: Final = Feature(
    name="proofs",
    pages=(pages,),
    jobs=(Job("proofs.publish-scripts", publish),),
)
