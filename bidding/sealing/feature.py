"""What the room of the sealing page hands to the factory."""

from typing import Final

from bidding.sealing.page import sealing_page
from bidding.sealing.releases import PublishPage, is_published, publish_page
from bidding.sealing.web import anonymous_pages
from market.command import HOUSE, Office
from market.feature import Feature, Job
from market.settings import Settings


def publish(office: Office, settings: Settings) -> int:
    """Journal the page of this version, once."""
    del settings  # the page is the same in every deployment
    held = sealing_page().hash
    if office.read(lambda session: is_published(session, held)):
        return 0
    return int(office.run(publish_page, PublishPage(held), HOUSE))


FEATURE: Final = Feature(
    "sealing",
    anonymous_pages=(anonymous_pages,),
    jobs=(Job("sealing.publish", publish),),
)
