"""What rooms above add to a page of a lower one: `Feature.parts`, read for one page."""

from collections.abc import Sequence

from market.web.site import moment, site


def parts_of(page: str, no: str) -> Sequence[tuple[str, object]]:
    """The templates that stand on a page, by its endpoint, each with what it shows as `part`.

    `no` is the number of the thing that the page is about; in the order of the features.
    """
    now = moment()
    wanted = [one for feature in site().features for one in feature.parts if one.page == page]
    if not wanted:
        return []
    office = site().office
    return office.read(
        lambda session: [
            (one.template, one.read(session, no, office.calendar(session), now)) for one in wanted
        ]
    )
